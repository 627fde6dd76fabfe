"""How many a deployment answers at once, and who takes whose place."""

from __future__ import annotations

import socket
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, closing
from urllib.parse import urlsplit

from tests.rehearsal.cloud import REHEARSAL, Cloud

pytestmark = REHEARSAL

CROWD = 40


def test_readers_that_wait_delay_no_poll(cloud: Cloud) -> None:
    cloud.owner("user", "add", "mia")
    mine = {"user": "mia", "key": cloud.owner("user", "key", "mia")}
    for function in ("relay", "events"):
        assert cloud.get(function, **mine).status_code in (200, 503)
    with ThreadPoolExecutor(CROWD) as pool:
        waiting = [pool.submit(cloud.get, "events", **mine, wait="15") for _ in range(CROWD)]
        time.sleep(5)
        polled = cloud.get("relay", **mine)
        first = {one.result().status_code for one in waiting if one.done()}
        statuses = [one.result().status_code for one in waiting]

    assert polled.json()["error"] == "Nothing has been recorded yet."
    assert 200 not in first  # none of those that wait had to end before
    assert set(statuses) == {200, 429}


def test_who_stops_within_the_headers_is_the_front_ends_matter(cloud: Cloud) -> None:
    cloud.owner("user", "add", "lea")
    mine = {"user": "lea", "key": cloud.owner("user", "key", "lea")}
    assert cloud.get("relay", **mine).status_code == 503
    plain = urlsplit(cloud.gateway.url)
    with ExitStack() as stack:
        for _ in range(CROWD):
            connection = socket.create_connection((plain.hostname, plain.port))
            stack.enter_context(closing(connection))
            connection.sendall(b"GET /relay?user=lea HTTP/1.1\r\nHost: a\r\n")
        started = time.monotonic()
        polled = cloud.get("relay", **mine)
        took = time.monotonic() - started

    assert polled.json()["error"] == "Nothing has been recorded yet."
    assert took < 10


def test_the_platform_turns_away_whom_it_has_no_slot_for(cloud: Cloud) -> None:
    taken = [cloud.gateway.take("relay") for _ in range(cloud.deployment.slots())]

    answer = cloud.get("relay", user="mia")

    for release in taken:
        release()
    assert (answer.status_code, answer.text) == (429, "Rate exceeded.")
    assert cloud.get("relay", user="mia").status_code == 401
