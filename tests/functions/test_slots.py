"""Who waits, and who holds back what they send, takes no slot that somebody else needs."""

from __future__ import annotations

import socket
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, closing
from pathlib import Path
from typing import NamedTuple

import pytest
import requests
from flask import Flask

from healthrelay import config
from healthrelay.adapters.sqlite.store import SqliteStore
from healthrelay.assembly.services import Services
from healthrelay.flows.delivery.poll import new_poll_key
from healthrelay.web import relay
from tests.flows.delivery.fakes import add
from tests.peers.functions import FunctionProcess

pytestmark = pytest.mark.peer

CROWD = 40
THREADS = 4
SECONDS = 30
HELD_BACK = [
    "POST / HTTP/1.1",
    "POST /?user=jack HTTP/1.1",
    "POST /?user=jack&key=wrong HTTP/1.1",
    "GET /?user=jack HTTP/1.1",
    "POST /ack HTTP/1.1",
    "POST /ack?user=jack HTTP/1.1",
    "POST /ack?user=jack&key=wrong&cursor=1 HTTP/1.1",
    "POST /events HTTP/1.1",
]
LENGTHS = ["Content-Length: 100", "Content-Length: 10000000", "Transfer-Encoding: chunked"]


class Deployed(NamedTuple):
    """The two functions over one store, and jack's key."""

    relay: FunctionProcess
    events: FunctionProcess
    key: str

    def poll(self) -> requests.Response:
        query = {"user": "jack", "key": self.key}
        return requests.get(self.relay.url, params=query, timeout=SECONDS)

    def read(self, **query: str) -> requests.Response:
        everything = {"user": "jack", "key": self.key, "after": "2", **query}
        return requests.get(self.events.url, params=everything, timeout=SECONDS)


@pytest.fixture
def deployed(tmp_path: Path) -> Iterator[Deployed]:
    path = tmp_path / "healthrelay.db"
    with closing(SqliteStore(str(path))) as store:
        store.identities.save("jack", {})
        add(store, 1, 2)
        key = new_poll_key("jack", store.identities)
    env = {"HEALTHRELAY_STORE": f"sqlite:///{path}", "THREADS": str(THREADS)}
    with FunctionProcess("relay", env=env) as relay, FunctionProcess("events", env=env) as events:
        yield Deployed(relay, events, key)


def hold_back(port: int, number: int) -> socket.socket:
    """Open a connection on which the body that is announced never comes."""
    lines = [
        HELD_BACK[number % len(HELD_BACK)],
        "Host: relay.example",
        LENGTHS[number % len(LENGTHS)],
        "Content-Type: application/x-www-form-urlencoded",
    ]
    connection = socket.create_connection(("127.0.0.1", port), SECONDS)
    connection.sendall("\r\n".join([*lines, "", "us"]).encode())
    return connection


def test_forty_readers_and_forty_strangers_delay_nobody(deployed: Deployed) -> None:
    assert deployed.poll().status_code == 200
    assert deployed.read().status_code == 200
    with ThreadPoolExecutor(CROWD) as pool, ExitStack() as stack:
        waiting = [pool.submit(deployed.read, wait="8") for _ in range(CROWD)]
        for function in (deployed.relay, deployed.events):
            for number in range(CROWD):
                stack.enter_context(closing(hold_back(function.port, number)))
        polled = deployed.poll()
        read = deployed.read()
        first = [one.result() for one in waiting if one.done()]
        answers = [one.result() for one in waiting]

    assert (polled.status_code, read.status_code) == (200, 200)
    # None of those that wait had to end first, which they do after eight seconds.
    assert 200 not in {answer.status_code for answer in first}
    statuses = [answer.status_code for answer in answers]
    assert set(statuses) == {200, 429}
    # Half of the threads are for those who wait, and half of these for one person.
    assert statuses.count(200) == THREADS // 2 // 2
    refused = next(answer for answer in answers if answer.status_code == 429)
    assert refused.headers["Retry-After"] == "25"
    assert "Too many readers wait" in refused.json()["error"]


def test_a_stranger_is_refused_before_the_body_comes(deployed: Deployed) -> None:
    for number in range(len(HELD_BACK) * len(LENGTHS)):
        with closing(hold_back(deployed.relay.port, number)) as connection:
            answer = connection.recv(100)
        assert int(answer.split()[1]) in (400, 401, 405, 411, 413, 415), (number, answer)


def test_without_a_front_end_who_stops_within_the_headers_takes_a_slot(deployed: Deployed) -> None:
    """What `docs/security.md` warns of; when gunicorn bounds it the warning may go."""
    assert deployed.poll().status_code == 200
    query = {"user": "jack", "key": deployed.key}
    with ExitStack() as stack:
        for _ in range(THREADS):
            connection = socket.create_connection(("127.0.0.1", deployed.relay.port), SECONDS)
            stack.enter_context(closing(connection))
            connection.sendall(b"GET / HTTP/1.1\r\nHost: a\r\n")
        with pytest.raises(requests.ReadTimeout):
            requests.get(deployed.relay.url, params=query, timeout=1)
    assert deployed.poll().status_code == 200


def test_who_has_the_key_has_five_seconds_for_the_body(deployed: Deployed) -> None:
    line = f"POST /ack?user=jack&key={deployed.key} HTTP/1.1"
    head = f"{line}\r\nHost: a\r\nContent-Length: 8\r\n"
    form = "Content-Type: application/x-www-form-urlencoded\r\n\r\n"
    address = ("127.0.0.1", deployed.relay.port)
    with socket.create_connection(address, SECONDS) as late:
        late.sendall(f"{head}{form}cur".encode())
        assert b" 408 " in late.recv(100)
    with socket.create_connection(address, SECONDS) as slow:
        slow.sendall(f"{head}{form}cur".encode())
        time.sleep(0.5)
        slow.sendall(b"sor=2")
        assert b" 200 " in slow.recv(100)


def test_who_does_not_take_the_answer_is_given_up() -> None:
    ours, theirs = socket.socketpair()
    with ours, theirs, Flask("slots").test_request_context("/") as context:
        context.request.environ["gunicorn.socket"] = ours
        relay.view(
            context.request, Services(config.load({"HEALTHRELAY_STORE": "sqlite:///:memory:"}))
        )

        # From here on `sendall`, as a server uses it, raises after so many seconds in all.
        assert ours.gettimeout() == 60


def test_relay_leads_readers_to_their_function(deployed: Deployed) -> None:
    query = {"user": "jack", "key": deployed.key}
    url = f"{deployed.relay.url}/events"

    answer = requests.get(url, params=query, timeout=SECONDS, allow_redirects=False)

    assert answer.status_code == 308
    assert answer.headers["Location"] == f"/events?user=jack&key={deployed.key}"
    assert answer.headers["Cache-Control"] == "no-store"
    path = f"{deployed.events.url}/relay/events"
    assert requests.get(path, params=query, timeout=SECONDS).json()["next"] == 2
