"""Readers of the log: each at its own pace, and whoever was away ends with what is now."""

from __future__ import annotations

import json
import random
from datetime import datetime, timedelta
from typing import Any

import pytest

from healthrelay.core.delivery.progress import Progress
from healthrelay.core.errors import BadRequest
from healthrelay.core.measurements.reading import Delta
from healthrelay.core.measurements.records import Record
from healthrelay.core.measurements.snapshot import by_series
from healthrelay.flows.delivery.events import MAX_READERS, Page, acknowledge, cursor, events
from healthrelay.flows.delivery.poll import new_poll_key, poll
from healthrelay.flows.delivery.snapshots import Form, Snapshots
from healthrelay.ports.store import Store
from tests.chaos.receivers import State, follow
from tests.flows.delivery.fakes import NOW, add, weight


def logged(number: int, day: int, kg: str = "82.4") -> Record:
    at = weight(day).when
    return Record("weight", str(number), at, {"logId": number, "date": at, "weight": kg})


def change(store: Store, now: datetime = NOW, **parts: tuple[Record, ...]) -> None:
    store.records.apply("jack", Delta(**parts), now)


def page_of(store: Store, after: int, limit: int = 100) -> dict[str, Any]:
    return events("jack", Page(after, limit), log=store.log, records=store.records)


def walk(store: Store, state: State, after: int = 0, limit: int = 7) -> int:
    """Do what a program does with page after page, to the end; returns the last number."""
    while True:
        page = page_of(store, after, limit)
        if page["snapshot"]:
            state.clear()
            state.update(page["series"])
        for one in page.get("events", []):
            follow(state, one)
        if page["next"] == after:
            return after
        after = page["next"]


def now_there(store: Store) -> State:
    found: State = {}
    for record in store.records.everything("jack"):
        found.setdefault(record.series, {})[record.key] = dict(record.data)
    return found


def held(state: State) -> State:
    return {series: elements for series, elements in state.items() if elements}


def test_an_event_says_what_changed_with_the_values_of_now(store: Store) -> None:
    change(store, added=(weight(1), weight(2)))
    change(store, added=(weight(3),), changed=(weight(2, "80"),), removed=(weight(1),))

    assert page_of(store, 1) == {
        "user": "jack",
        "after": 1,
        "head": 2,
        "next": 2,
        "snapshot": False,
        "events": [
            {
                "sequence": 2,
                "at": "2026-11-01T12:00:00+00:00",
                "added": {
                    "body-weight": {"2026-11-04": {"dateTime": "2026-11-04", "value": "82.4"}}
                },
                "changed": {
                    "body-weight": {"2026-11-03": {"dateTime": "2026-11-03", "value": "80"}}
                },
                "removed": {"body-weight": ["2026-11-02"]},
            }
        ],
    }
    # What is no longer there is not named as added.
    added = {"2026-11-03": {"dateTime": "2026-11-03", "value": "80"}}
    assert page_of(store, 0)["events"][0]["added"] == {"body-weight": added}


def test_pages_end_where_the_next_begins(store: Store) -> None:
    add(store, *range(5))

    assert [page_of(store, after, 2)["next"] for after in (0, 2, 4, 5)] == [2, 4, 5, 5]
    page = {"user": "jack", "after": 5, "head": 5, "next": 5, "snapshot": False, "events": []}
    assert page_of(store, 5) == page


def test_two_readers_have_two_cursors(store: Store) -> None:
    add(store, *range(5))

    assert acknowledge("jack", "node-red", 4, store.log, NOW) == 4
    assert acknowledge("jack", "script", 2, store.log, NOW) == 2
    assert acknowledge("jack", "node-red", 1, store.log, NOW) == 4

    assert [cursor("jack", name, store.log) for name in ("node-red", "script", "new")] == [4, 2, 0]


def test_what_is_acknowledged_already_is_not_written_again(store: Store) -> None:
    add(store, 1)
    acknowledge("jack", "igor", 1, store.log, NOW)
    acknowledge("jack", "igor", 1, store.log, NOW + timedelta(days=1))

    progress = store.log.following("jack").progress("reader:igor")
    assert progress == Progress(1, at=NOW)


def test_nobody_can_acknowledge_what_is_not_there(store: Store) -> None:
    with pytest.raises(BadRequest, match="ends at 0"):
        acknowledge("jack", "script", 1, store.log, NOW)


def test_readers_are_not_without_number(store: Store) -> None:
    add(store, 1)
    for number in range(MAX_READERS):
        acknowledge("jack", f"r{number}", 1, store.log, NOW)

    with pytest.raises(BadRequest, match="readers already"):
        acknowledge("jack", "another", 1, store.log, NOW)
    assert acknowledge("jack", "r3", 1, store.log, NOW) == 1


def test_a_reader_older_than_the_log_begins_with_a_snapshot(store: Store) -> None:
    for day in range(6):
        change(store, NOW + timedelta(days=day), added=(weight(day),))
    store.log.prune("jack", NOW + timedelta(days=3))

    page = page_of(store, 2)

    assert (page["snapshot"], page["next"]) == (True, 6)
    assert page["series"] == now_there(store)
    assert page_of(store, 3)["snapshot"] is False


def test_a_reader_from_before_an_erasure_begins_with_a_snapshot(store: Store) -> None:
    add(store, 1)

    page = page_of(store, 9)

    assert (page["snapshot"], page["next"], page["series"]) == (True, 1, now_there(store))


def test_a_change_too_large_to_name_its_keys_replaces_the_series(store: Store) -> None:
    from healthrelay.core.delivery.entries import Entry
    from healthrelay.core.delivery.events import event, index_records

    add(store, 1)
    entry = Entry.from_document(1, NOW, {"whole": ["body-weight", "weight"]})

    change_event = event(entry, index_records(store.records.everything("jack")))

    assert change_event["whole"] == {**now_there(store), "weight": {}}
    state: State = {"weight": {"1": {}}, "body-weight": {"old": {}}}
    follow(state, change_event)
    assert state == {**now_there(store), "weight": {}}


def life(store: Store, days: int, luck: random.Random) -> None:
    """A month as it is: new days, corrections, entries that go and come again, twice a day."""
    for half in range(2 * days):
        known = store.records.everything("jack")
        gone = tuple(r for r in known if luck.random() < 0.02)
        kept = [r for r in known if r not in gone]
        changed = tuple(
            r._replace(data={**r.data, "weight": str(half)}) for r in kept if luck.random() < 0.05
        )
        there = {record.name for record in kept}
        new = (weight(half // 2), logged(half % 17, half // 2, str(half)))
        added = tuple(r for r in new if r.name not in there)
        store.records.apply("jack", Delta(added, changed, gone), NOW + half * timedelta(hours=12))


@pytest.mark.parametrize("seed", range(5))
def test_after_thirty_days_away_a_poll_and_a_walk_give_the_same(store: Store, seed: int) -> None:
    luck = random.Random(seed)
    state: State = {}
    life(store, 3, luck)
    before = walk(store, state)
    assert held(state) == now_there(store)

    life(store, 30, luck)

    last = walk(store, state, before)
    key = new_poll_key("jack", store.identities)
    sent = poll("jack", key, store, Form(365, cursor=True), Snapshots())
    polled = json.loads(sent.body)["jack"]
    assert held(state) == now_there(store)
    assert polled.pop("relay") == {"cursor": str(last)}
    assert polled == by_series(store.records.everything("jack"))
    assert {s: list(e.values()) for s, e in now_there(store).items()} == polled


@pytest.mark.parametrize("seed", range(5))
def test_after_two_months_away_a_snapshot_and_a_walk_do_too(store: Store, seed: int) -> None:
    luck = random.Random(seed)
    state: State = {}
    life(store, 3, luck)
    before = walk(store, state)
    life(store, 60, luck)
    assert store.log.prune("jack", NOW + timedelta(days=30)) > 0

    last = walk(store, state, before)

    assert last == store.log.head("jack")
    assert held(state) == now_there(store)
