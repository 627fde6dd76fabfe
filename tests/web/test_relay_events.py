"""``/events`` and ``/relay/ack``: the log for programs; and the forms of a poll."""

from __future__ import annotations

import gzip
import json
import threading
import time
from collections.abc import Mapping
from typing import Any

import pytest
import requests

from healthrelay.core.measurements.reading import Delta
from healthrelay.core.measurements.records import Record
from tests.flows.delivery.fakes import weight
from tests.household import SECONDS, Household, run_command

NAMES = {"user", "after", "head", "next", "snapshot", "events"}


def change(household: Household, *records: Record) -> None:
    services = household.services
    services.store.records.apply("jack", Delta(added=records), services.now())


PATHS = {"events": "events", "ack": "relay/ack", "x": "relay/x", "": "relay"}


@pytest.fixture
def key(household: Household) -> str:
    household.add("jack")
    for day in range(3):
        change(household, weight(day))
    return household.poll_key()


def get(household: Household, path: str, key: str, **query: str) -> requests.Response:
    return household.get(PATHS[path], {"user": "jack", "key": key, **query})


def test_events_come_with_their_values(household: Household, key: str) -> None:
    answer = get(household, "events", key, after="1", limit="1")

    assert answer.status_code == 200
    assert answer.headers["Cache-Control"] == "no-store"
    page = answer.json()
    assert page.keys() == NAMES
    assert (page["after"], page["next"], page["head"], page["snapshot"]) == (1, 2, 3, False)
    (event,) = page["events"]
    added = {"2026-11-02": {"dateTime": "2026-11-02", "value": "82.4"}}
    assert event["added"] == {"body-weight": added}


@pytest.mark.parametrize("path", ["events", "ack"])
def test_the_key_is_needed(household: Household, key: str, path: str) -> None:
    cursor = {"user": "jack", "cursor": "1"}

    assert household.get(PATHS[path], cursor).status_code == 401
    assert get(household, path, "x", cursor="1").status_code == 401
    assert household.get(PATHS[path], {**cursor, "user": "nobody"}, key).status_code == 401
    assert household.get(PATHS[path], cursor, key).status_code == 200


@pytest.mark.parametrize(
    ("path", "query"),
    [
        ("events", {"after": "-1"}),
        ("events", {"after": "x"}),
        ("events", {"after": "9" * 40}),
        ("events", {"limit": "0"}),
        ("events", {"limit": "1001"}),
        ("events", {"wait": "26"}),
        ("events", {"reader": "a b"}),
        ("ack", {}),
        ("ack", {"cursor": "4"}),
        ("ack", {"cursor": "x"}),
        ("ack", {"cursor": "1", "reader": "../x"}),
        ("", {"days": "0"}),
        ("", {"days": "x"}),
        ("", {"format": "csv"}),
        ("", {"cursor": "yes"}),
    ],
)
def test_bad_words(household: Household, key: str, path: str, query: Mapping[str, str]) -> None:
    assert get(household, path, key, **query).status_code == 400


def test_two_readers_go_on_where_each_has_been(household: Household, key: str) -> None:
    for reader, last in (("node-red", "3"), ("script", "1")):
        words = {"user": "jack", "reader": reader, "cursor": last}
        page = household.post("relay/ack", key, json=words)
        assert page.json() == words | {"cursor": int(last)}

    pages = [get(household, "events", key, reader=name).json() for name in ("node-red", "script")]

    assert [page["after"] for page in pages] == [3, 1]
    assert [len(page["events"]) for page in pages] == [0, 2]


def test_igor_acknowledges_with_a_get_and_the_owner_sees_it(household: Household, key: str) -> None:

    assert get(household, "ack", key, cursor="2").json()["cursor"] == 2

    assert "jack\treader:igor\tok\tlacks 1 of 3 entries" in run_command("relay", "status").out


def test_who_waits_is_told_when_something_happens(household: Household, key: str) -> None:
    started = time.monotonic()
    later = threading.Timer(0.5, change, (household, weight(9)))
    later.start()

    page = get(household, "events", key, after="3", wait="20").json()

    later.join()
    assert [event["sequence"] for event in page["events"]] == [4]
    assert 0.4 < time.monotonic() - started < 20


def test_who_waits_in_vain_is_told_so_in_time(household: Household, key: str) -> None:
    started = time.monotonic()

    page = get(household, "events", key, after="3", wait="1").json()

    assert (page["events"], page["next"]) == ([], 3)
    assert 1 <= time.monotonic() - started < 20


@pytest.mark.parametrize(("path", "method"), [("events", "POST"), ("ack", "PUT"), ("x", "POST")])
def test_other_methods(household: Household, key: str, path: str, method: str) -> None:
    answer = requests.request(method, f"{household.url}/{PATHS[path]}", timeout=SECONDS)

    assert answer.status_code == 405


def raw(household: Household, key: str, accept: str, **query: str) -> tuple[bytes, Any]:
    """The body as it came over the wire."""
    with requests.get(
        f"{household.url}/relay",
        params={"user": "jack", "key": key, **query},
        headers={"Accept-Encoding": accept},
        timeout=SECONDS,
        stream=True,
    ) as answer:
        return answer.raw.read(decode_content=False), answer.headers


def test_a_poll_is_zipped_for_who_can_read_it(household: Household, key: str) -> None:
    change(household, *map(weight, range(3, 28)))
    plain, _ = raw(household, key, "identity")

    body, headers = raw(household, key, "gzip, deflate")

    assert (headers["Content-Encoding"], headers["Vary"]) == ("gzip", "Accept-Encoding")
    assert gzip.decompress(body) == plain
    assert len(body) < len(plain) / 3
    assert body == raw(household, key, "gzip")[0]
    assert "Content-Encoding" not in raw(household, key, "gzip;q=0")[1]


def test_a_small_poll_stays_as_it_is(household: Household, key: str) -> None:
    body, headers = raw(household, key, "gzip")

    assert "Content-Encoding" not in headers
    assert list(json.loads(body)) == ["jack"]


def test_poll_as_xml(household: Household, key: str) -> None:
    body, headers = raw(household, key, "identity", format="xml", days="2", cursor="1")

    assert headers["Content-Type"].startswith("application/xml")
    assert body.decode() == (
        "<jack>"
        "<body-weight><dateTime>2026-11-02</dateTime><value>82.4</value></body-weight>"
        "<body-weight><dateTime>2026-11-03</dateTime><value>82.4</value></body-weight>"
        "<relay><cursor>3</cursor></relay></jack>"
    )


def test_poll_with_the_cursor_of_its_newest_change(household: Household, key: str) -> None:
    page = household.get("relay", {"user": "jack", "key": key, "cursor": "1"}).json()

    assert page["jack"]["relay"] == {"cursor": "3"}
    assert "relay" not in household.poll(key=key).json()["jack"]


def test_the_window_is_the_owners_and_the_callers(household: Household, key: str) -> None:
    change(household, Record("body-weight", "2025-11-03", "2025-11-03", {"dateTime": "2025-11-03"}))

    def days(**query: str) -> int:
        page = household.get("relay", {"user": "jack", "key": key, **query})
        return len(page.json()["jack"]["body-weight"])

    assert (days(), days(days="366"), days(days="1")) == (3, 4, 1)
