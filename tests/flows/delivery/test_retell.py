"""The unit system changes: targets are told everything again, once, and no record is written."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from healthrelay.adapters.sqlite.store import SqliteStore
from healthrelay.core.delivery.progress import READER, Progress, reader_key
from healthrelay.core.errors import TryLater
from healthrelay.core.grants.token import Account
from healthrelay.core.measurements.ledger import Days, Ledger
from healthrelay.core.measurements.reading import Delta
from healthrelay.core.measurements.records import Record
from healthrelay.flows.delivery.deliver import deliver
from healthrelay.flows.delivery.events import Page, events
from healthrelay.flows.delivery.poll import new_poll_key, poll
from healthrelay.flows.delivery.snapshots import Form, Snapshots
from healthrelay.flows.delivery.sweep import deliver_due, due
from healthrelay.ports.store import Store
from tests.chaos.receivers import State, follow
from tests.flows.delivery.fakes import NOW, FakeTarget, Home
from tests.flows.grants.issuer import grant, grants_of

ORIGIN = "google_health 1a2b3c4d"
DAYS = ("2026-11-01", "2026-11-02", "2026-11-03")
# 1 lb = 0.45359237 kg, 1 st = 14 lb, 1 mi = 1.609344 km.
WEIGHTS = {
    "metric": ["82.5", "82.4", "80"],
    "en_US": ["181.88", "181.66", "176.37"],
    "en_GB": ["12.992", "12.976", "12.598"],
}
WAYS = {"metric": [5.01], "en_US": [3.11], "en_GB": [5.01]}


@pytest.fixture
def store(either_store: Store) -> Store:
    either_store.identities.save("jack", {})
    return either_store


def weights(*values: str, origin: str = ORIGIN) -> tuple[Record, ...]:
    return tuple(
        Record("body-weight", day, day, {"dateTime": day, "value": value}, origin)
        for day, value in zip(DAYS, values, strict=False)
    )


def run(origin: str = ORIGIN) -> Record:
    data = {"logId": 7, "startDate": DAYS[0], "startTime": "18:05", "distance": 5.01}
    return Record("activities", "7", f"{DAYS[0]}T18:05", data, origin)


def in_system(home: Home, system: str) -> Home:
    home.context = home.context._replace(system=system)
    return home


def home_of(store: Store, system: str = "metric") -> Home:
    """Return jack's home with both kinds of targets, up to date in *system*."""
    home = in_system(Home(store), system)
    store.log.save("jack", "node-red", Progress())
    home.apply(added=(*weights(*WEIGHTS["metric"]), run()))
    deliver("jack", home.context)
    for target in (home.igor, home.receiver):
        target.messages.clear()
    return home


def values(series: Any) -> list[Any]:
    """Return the weights in *series*, a list or by key."""
    elements = series["body-weight"]
    return [e["value"] for e in (elements.values() if isinstance(elements, dict) else elements)]


def igors(home: Home) -> Any:
    return json.loads(home.igor.bodies[-1])["jack"]


def stored(store: Store) -> list[str]:
    """Return all records to the byte, in the order of their members."""
    return [repr(record) for record in store.records.everything("jack")]


def test_the_first_time_the_system_is_only_stored(store: Store) -> None:
    home = home_of(store)

    assert store.log.following("jack").system == "metric"
    assert store.log.head("jack") == 1
    assert due(home.context) == []


@pytest.mark.parametrize("system", ["en_US", "en_GB"])
def test_another_system_tells_every_target_everything_once(store: Store, system: str) -> None:
    home, before = home_of(store), stored(store)
    lines: list[dict[str, object]] = []
    home.context = home.context._replace(
        log_event=lambda severity, event, **facts: lines.append({"event": event, **facts})
    )

    in_system(home, system)
    assert due(home.context) == ["jack"]
    first, second = deliver_due(home.context), deliver_due(home.context)

    assert (first["jack"]["igor"].delivered, first["jack"]["node-red"].delivered) == (1, 1)
    assert second == {}
    assert values(igors(home)) == WEIGHTS[system]
    (body,) = home.receiver.bodies
    whole = json.loads(body)["data"]["whole"]
    assert whole.keys() == {"body-weight", "activities"}
    assert values(whole) == WEIGHTS[system]
    assert [run["distance"] for run in whole["activities"].values()] == WAYS[system]
    assert len(home.igor.bodies) == 1
    assert stored(store) == before
    assert store.log.head("jack") == 2
    said = {"event": "system", "user": "jack", "before": "metric", "system": system}
    assert [line for line in lines if line["event"] == "system"] == [said]


@pytest.mark.parametrize("system", ["en_US", "en_GB", "metric"])
def test_whoever_asks_gets_the_system_at_once(store: Store, system: str) -> None:
    home_of(store)
    key = new_poll_key("jack", store.identities)

    snapshot = json.loads(poll("jack", key, store, Form(365, system=system), Snapshots()).body)[
        "jack"
    ]
    xml = poll("jack", key, store, Form(365, system=system, xml=True), Snapshots()).body.decode()
    page: Any = events("jack", Page(0, 9), log=store.log, records=store.records, system=system)
    too_old: Any = events("jack", Page(9, 9), log=store.log, records=store.records, system=system)

    assert values(snapshot) == values(too_old["series"]) == WEIGHTS[system]
    assert values(page["events"][0]["added"]) == WEIGHTS[system]
    assert all(f"<value>{value}</value>" in xml for value in WEIGHTS[system])
    assert f"<distance>{WAYS[system][0]}</distance>" in xml


def test_a_target_that_is_away_is_told_later(store: Store) -> None:
    home = home_of(store)
    home.receiver.trouble = TryLater("away")
    deliver_due(in_system(home, "en_US").context)
    home.receiver.trouble = None

    deliver("jack", home.context, force=True)

    assert [values(json.loads(b)["data"]["whole"]) for b in home.receiver.bodies] == [
        WEIGHTS["en_US"]
    ]
    assert store.log.head("jack") == 2


def test_a_reader_finds_everything_behind_its_cursor(store: Store) -> None:
    home = home_of(store)
    store.log.save("jack", reader_key("script"), Progress(1))

    deliver_due(in_system(home, "en_US").context)

    page: Any = events("jack", Page(1, 9), log=store.log, records=store.records, system="en_US")
    assert [values(event["whole"]) for event in page["events"]] == [WEIGHTS["en_US"]]
    assert store.log.following("jack").of_kind(READER) == [reader_key("script")]


def test_nobody_is_told_who_has_nothing(store: Store) -> None:
    home = in_system(Home(store), "en_US")

    assert (due(home.context), deliver_due(home.context)) == ([], {})
    assert deliver("jack", home.context)["igor"].delivered == 0
    assert store.log.head("jack") == 0


def test_what_an_earlier_version_stored_keeps_its_units(store: Store) -> None:
    """It has no origin: it is in pounds, as it was set; what is read from now on is metric."""
    pounds, metric = weights("181.88", origin=""), weights("82.5", "82.4")[1:]
    home = in_system(Home(store), "en_US")
    home.apply(added=pounds)
    deliver("jack", home.context)
    assert (values(igors(home)), store.records.ledger("jack").units) == (["181.88"], "en_US")

    home.apply(added=metric)
    deliver("jack", home.context)
    assert values(igors(home)) == ["181.88", "181.66"]
    before = stored(store)
    deliver_due(in_system(home, "metric").context)

    # 181.88 lb × 0.45359237
    assert values(igors(home)) == ["82.499", "82.4"]
    assert store.records.ledger("jack").units == "en_US"
    assert stored(store) == before


def test_what_is_read_again_shows_the_units_of_an_earlier_version(store: Store) -> None:
    """The setting was changed together with the version: what is there is in kilograms."""
    home = in_system(Home(store), "en_US")
    store.log.save("jack", "node-red", Progress(1))
    home.apply(added=(*weights("82.5", origin=""), *weights("0", "82.4", "80")[1:]))

    deliver("jack", home.context)

    assert values(igors(home)) == WEIGHTS["en_US"]
    assert [values(json.loads(b)["data"]["whole"]) for b in home.receiver.bodies] == [
        WEIGHTS["en_US"]
    ]
    assert store.records.ledger("jack").units == "metric"
    assert deliver_due(home.context) == {}


def test_whoever_will_be_read_again_is_not_judged_before(store: Store) -> None:
    home = in_system(Home(store), "en_US")
    home.apply(added=weights("82.5", origin=""))
    covered = Ledger(days={"body-weight": Days(date(2026, 11, 1), "o")})
    store.records.apply("jack", Delta(), NOW, ledger=covered)
    grants_of(store).connect("jack", grant(1), Account("1"), NOW)

    deliver_due(home.context)
    assert (values(igors(home)), store.log.following("jack").system) == (["82.5"], "")

    read = store.records.ledger("jack")._replace(read_at="2026-11-01T12:00:00+00:00")
    store.records.apply("jack", Delta(added=weights("0", "82.4")[1:]), NOW, ledger=read)
    deliver_due(home.context)
    assert values(igors(home)) == WEIGHTS["en_US"][:2]
    assert store.log.following("jack").system == "en_US"


def test_two_units_of_an_earlier_version_stay_as_they_are(store: Store) -> None:
    home = in_system(Home(store), "en_US")
    home.apply(added=(*weights("82.5", "181.66", origin=""), *weights("0", "0", "80")[2:]))
    deliver("jack", home.context)
    assert values(igors(home)) == ["82.5", "181.66", "176.37"]

    deliver_due(in_system(home, "metric").context)

    assert values(igors(home)) == ["82.5", "181.66", "80"]


class Killed(BaseException):
    """The process ends here."""


STEPS = ("before the entry", "after the entry", "igor", "node-red")


@pytest.mark.parametrize("step", STEPS)
@pytest.mark.parametrize("times", [1, 2])
def test_stopped_anywhere_the_next_run_does_the_rest(store: Store, step: str, times: int) -> None:
    home = home_of(store)
    in_system(home, "en_US")

    for _ in range(times):
        stop_at(home, step)
        with pytest.raises(Killed):
            deliver_due(home.context)
        home.context = home.context._replace(store=store)
        home.igor.meanwhile = home.receiver.meanwhile = lambda: None
        # A later sweep looks at everybody again; what was told is known by its number.
        if step != "before the entry":
            break
    deliver_due(home.context)

    assert values(igors(home)) == WEIGHTS["en_US"]
    ids = [message.id for message in home.receiver.messages]
    assert (len(ids), len(set(ids))) == (1, 1)
    assert store.log.head("jack") == 2
    assert deliver_due(home.context) == {}


def stop_at(home: Home, step: str) -> None:
    """Have the process end at *step*, once."""
    if step in ("before the entry", "after the entry"):
        home.context = home.context._replace(store=_Stopping(home.store, step))
    else:
        target = home.igor if step == "igor" else home.receiver
        target.meanwhile = _end


def _end() -> None:
    raise Killed


class _Stopping:
    """A store whose `retell` ends the process before or after it has written."""

    def __init__(self, store: Store, step: str) -> None:
        self._store, self._step = store, step
        self.log = self

    def __getattr__(self, name: str) -> Any:
        inner = self._store.log if hasattr(self._store.log, name) else self._store
        return getattr(inner, name)

    def retell(self, *words: Any) -> None:
        if self._step == "after the entry":
            self._store.log.retell(*words)
        raise Killed


Move = Callable[[Home], object]


def add(home: Home, number: int) -> None:
    day = f"2026-11-{4 + number % 20:02}"
    data = {"dateTime": day, "value": str(70 + number % 20)}
    known = {record.name for record in home.store.records.everything("jack")}
    one = Record("body-weight", day, day, data, ORIGIN)
    home.apply(**{"changed" if one.name in known else "added": (one,)})


def away(target: FakeTarget) -> None:
    target.trouble = None if target.trouble else TryLater("away")


MOVES: list[Move] = [
    lambda home: in_system(home, "metric"),
    lambda home: in_system(home, "en_US"),
    lambda home: in_system(home, "en_GB"),
    lambda home: add(home, len(home.store.records.everything("jack"))),
    lambda home: away(home.igor),
    lambda home: away(home.receiver),
    lambda home: deliver_due(home.context),
    lambda home: deliver("jack", home.context, force=True),
]


@given(st.lists(st.sampled_from(MOVES), max_size=25))
def test_whatever_happens_all_end_in_the_one_system(moves: list[Move]) -> None:
    store = SqliteStore(":memory:")
    store.identities.save("jack", {})
    home, seen = home_of(store), [0]
    held: State = {}
    before = events("jack", Page(0, 99), log=store.log, records=store.records)
    for event in before["events"]:  # type: ignore[union-attr]
        follow(held, event)  # type: ignore[arg-type]

    def receive() -> None:
        for message in home.receiver.messages[seen[0] :]:
            follow(held, json.loads(message.body)["data"])
        seen[0] = len(home.receiver.messages)

    for move in moves:
        records = stored(store)
        move(home)
        assert move is MOVES[3] or stored(store) == records
        receive()
    home.igor.trouble = home.receiver.trouble = None
    deliver("jack", home.context, force=True)
    deliver("jack", home.context, force=True)
    receive()

    key = new_poll_key("jack", store.identities)
    now = json.loads(
        poll("jack", key, store, Form(365, system=home.context.system), Snapshots()).body
    )["jack"]
    assert values(now)[:3] == WEIGHTS[home.context.system]
    assert {series: list(elements.values()) for series, elements in held.items()} == now
    if home.igor.bodies:
        assert igors(home) == now
