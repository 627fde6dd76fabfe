"""Delivering: one PUT for all that waits, and nothing forgotten."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest

from healthrelay.adapters.sqlite import SqliteStore
from healthrelay.core.delivery.progress import SCHEDULE, Dead, Progress
from healthrelay.core.errors import HealthrelayError, Misconfigured, TryLater
from healthrelay.core.measurements.records import Delta, Record
from healthrelay.flows.delivery.context import Courier, Delivery, summed
from healthrelay.flows.delivery.deliver import deliver, deliver_due, due, prune
from healthrelay.ports.peers import Hook

NOW = datetime(2026, 11, 1, 12, tzinfo=UTC)


def weight(day: int) -> Record:
    at = f"2026-11-{day:02}"
    return Record("body-weight", at, at, {"dateTime": at, "value": "82.4"})


class Home:
    """A sink that keeps what it gets, and may refuse or do something meanwhile."""

    name = "igor"

    def __init__(self) -> None:
        self.got: list[bytes] = []
        self.tried: list[str] = []
        self.trouble: HealthrelayError | None = None
        self.meanwhile: Callable[[], None] = lambda: None

    def put(self, user: str, body: bytes) -> None:
        self.tried.append(user)
        if self.trouble:
            raise self.trouble
        self.meanwhile()
        self.got.append(body)


class Clock:
    """Tells the time that a test sets."""

    def __init__(self) -> None:
        self.now = NOW

    def __call__(self) -> datetime:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def home() -> Home:
    return Home()


@pytest.fixture
def courier(store: SqliteStore, home: Home, clock: Clock) -> Courier:
    return Courier(
        store=store,
        sink=home,
        hooks=lambda user: [],
        queue=None,
        now=clock,
        jitter=lambda: 0.0,
        public_url="https://relay.example",
        days=365,
        kept=30,
    )


@pytest.fixture
def store() -> SqliteStore:
    store = SqliteStore(":memory:")
    store.identities.save("jack", {})
    return store


def add(store: SqliteStore, day: int) -> None:
    store.records.apply("jack", Delta(added=(weight(day),)), NOW)


def brought(courier: Courier, *, knock: bool = False) -> Delivery:
    return deliver("jack", courier, knock=knock)["igor"]


def test_without_a_home_nothing_waits(store: SqliteStore, courier: Courier) -> None:
    add(store, 1)
    nowhere = courier._replace(sink=None)

    assert deliver("jack", nowhere) == {}
    assert summed({}.values()) == Delivery()
    assert due(nowhere) == []


def test_several_changes_make_one_put(store: SqliteStore, courier: Courier, home: Home) -> None:
    for day in (1, 2, 3):
        add(store, day)

    assert brought(courier) == Delivery(delivered=3, waiting=0)

    assert len(home.got) == 1
    assert home.got[0].count(b"dateTime") == 3


def test_nothing_new_makes_no_put(store: SqliteStore, courier: Courier, home: Home) -> None:
    add(store, 1)
    brought(courier)

    assert brought(courier) == Delivery()
    assert deliver_due(courier) == {}
    assert len(home.got) == 1


def test_without_records_not_even_a_knock_puts(courier: Courier, home: Home) -> None:
    assert brought(courier, knock=True) == Delivery()
    assert home.got == []


@pytest.mark.parametrize("trouble", [TryLater("x"), Misconfigured("x")])
def test_refused_changes_wait_and_go_together_later(
    store: SqliteStore,
    courier: Courier,
    home: Home,
    clock: Clock,
    trouble: HealthrelayError,
) -> None:
    home.trouble = trouble
    for day in (1, 2):
        add(store, day)
        told = brought(courier)
        assert (told.delivered, told.waiting) == (0, day)
        assert told.trouble is not None
        assert (told.trouble.sentence, told.trouble.who) == ("x", trouble.who)
        assert told.paused is isinstance(trouble, Misconfigured)
    home.trouble = None

    assert brought(courier).waiting == 2
    clock.now += timedelta(hours=1)
    assert deliver_due(courier) == {"jack": {"igor": Delivery(delivered=2, waiting=0)}}
    assert len(home.got) == 1


def test_who_knocks_is_heard_at_once(store: SqliteStore, courier: Courier, home: Home) -> None:
    home.trouble = Misconfigured("x")
    add(store, 1)
    brought(courier)
    assert brought(courier, knock=True).paused
    home.trouble = None

    assert brought(courier, knock=True) == Delivery(delivered=1, waiting=0)


def test_an_absent_home_is_tried_by_the_schedule_and_then_daily(
    store: SqliteStore, courier: Courier, home: Home, clock: Clock
) -> None:
    """Thirty days, looked at every minute; every day brings a change."""
    home.trouble = TryLater("away")
    for minute in range(30 * 24 * 60):
        clock.now = NOW + timedelta(minutes=minute)
        if minute % (24 * 60) == 0:
            add(store, minute // (24 * 60) + 1)
        # Asking everybody is what happens each time; asking jack alone shows the same.
        if due(courier):
            deliver_due(courier)

    progress = store.log.following("jack").progress("igor")
    assert len(home.tried) == len(SCHEDULE) + 26
    assert (progress.state, progress.since) == ("failing", NOW)
    assert progress.dead == (Dead(1, 4),)
    home.trouble = None
    clock.now += timedelta(days=1)

    assert deliver_due(courier) == {"jack": {"igor": Delivery(delivered=30, waiting=0)}}

    assert len(home.got) == 1
    assert home.got[0].count(b"dateTime") == 30
    assert store.log.following("jack").progress("igor") == Progress(30, at=clock.now)


def test_a_home_that_forgets_is_told_again_every_day(
    store: SqliteStore, courier: Courier, home: Home, clock: Clock
) -> None:
    add(store, 1)
    for _ in range(7 * 24):
        deliver_due(courier)
        clock.now += timedelta(hours=1)

    assert len(home.got) == 7
    assert set(home.got) == {home.got[0]}


@pytest.mark.parametrize(("hours", "puts"), [(6, 28), (48, 4), (24 * 30, 1)])
def test_the_owner_says_how_often(
    store: SqliteStore, courier: Courier, home: Home, clock: Clock, hours: int, puts: int
) -> None:
    add(store, 1)
    for _ in range(7 * 24):
        deliver_due(courier._replace(repeat=timedelta(hours=hours)))
        clock.now += timedelta(hours=1)

    assert len(home.got) == puts


def test_one_persons_trouble_is_nobody_elses(
    store: SqliteStore, courier: Courier, home: Home
) -> None:
    """Of three, one is removed while Igor is told of them, and one's targets cannot be read."""
    trouble = TryLater("The store could not be read.")
    for user in ("amy", "gone", "zoe"):
        store.identities.save(user, {})
        store.records.apply(user, Delta(added=(weight(1),)), NOW)
    store.log.save("amy", "node-red", Progress())

    def removed() -> None:
        if home.tried[-1] == "gone":
            store.identities.remove("gone")

    home.meanwhile = removed

    def hooks(_user: str) -> list[Hook]:
        raise trouble

    told = deliver_due(courier._replace(hooks=hooks))

    assert told == {
        "amy": {"store": Delivery(waiting=1, trouble=trouble)},
        "zoe": {"igor": Delivery(delivered=1)},
    }


def test_change_during_the_put_goes_after_it(
    store: SqliteStore, courier: Courier, home: Home
) -> None:
    add(store, 1)

    def once() -> None:
        home.meanwhile = lambda: None
        add(store, 2)

    home.meanwhile = once

    assert brought(courier) == Delivery(delivered=2, waiting=0)
    assert [body.count(b"dateTime") for body in home.got] == [1, 2]


def test_an_older_snapshot_that_arrives_last_is_followed_by_the_newest(
    store: SqliteStore, courier: Courier, home: Home
) -> None:
    add(store, 1)

    def overtaken() -> None:
        home.meanwhile = lambda: None
        add(store, 2)
        brought(courier)

    home.meanwhile = overtaken

    brought(courier)

    assert [body.count(b"dateTime") for body in home.got] == [2, 1, 2]
    assert store.log.following("jack").progress("igor").sequence == 2


def test_a_storm_of_changes_leaves_the_rest_for_the_next_call(
    store: SqliteStore, courier: Courier, home: Home
) -> None:
    days = iter(range(2, 30))
    home.meanwhile = lambda: add(store, next(days))
    add(store, 1)

    delivery = brought(courier)

    assert (delivery.delivered, delivery.waiting) == (3, 1)


def test_home_is_never_sent_an_empty_snapshot(
    store: SqliteStore, courier: Courier, home: Home
) -> None:
    add(store, 1)
    store.records.apply("jack", Delta(removed=(weight(1),)), NOW)

    assert brought(courier) == Delivery(delivered=2, waiting=0)
    assert home.got == []


def test_old_entries_are_forgotten_after_their_time(
    store: SqliteStore, courier: Courier, clock: Clock
) -> None:
    for day in range(1, 6):
        store.records.apply("jack", Delta(added=(weight(day),)), NOW + timedelta(days=day))
    clock.now = NOW + timedelta(days=33)

    assert prune(courier) == 2
    assert [entry.sequence for entry in store.log.after("jack", 0, 9)] == [3, 4, 5]


def test_many_targets_are_told_as_one() -> None:
    away, wrong = TryLater("away"), Misconfigured("wrong key")

    assert summed([Delivery(3, 0), Delivery(0, 2, away), Delivery(0, 1, wrong, True)]) == Delivery(
        3, 2, wrong, True
    )
