"""Delivering: one PUT for all that waits, and nothing forgotten."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime

import pytest

from healthrelay.adapters.sqlite import SqliteStore
from healthrelay.core.errors import HealthrelayError, Misconfigured, TryLater
from healthrelay.core.records import Delta, Record
from healthrelay.flows.relay import Delivery, deliver

NOW = datetime(2026, 11, 1, 12, tzinfo=UTC)


def weight(day: int) -> Record:
    at = f"2026-11-{day:02}"
    return Record("body-weight", at, at, {"dateTime": at, "value": "82.4"})


class Home:
    """A sink that keeps what it gets, and may refuse or do something meanwhile."""

    name = "igor"

    def __init__(self) -> None:
        self.got: list[bytes] = []
        self.trouble: HealthrelayError | None = None
        self.meanwhile: Callable[[], None] = lambda: None

    def put(self, user: str, body: bytes) -> None:
        if self.trouble:
            raise self.trouble
        self.meanwhile()
        self.got.append(body)


@pytest.fixture
def store() -> SqliteStore:
    store = SqliteStore(":memory:")
    store.identities.save("jack", {})
    return store


def add(store: SqliteStore, day: int) -> None:
    store.records.apply("jack", Delta(added=(weight(day),)), NOW)


def test_without_a_home_nothing_waits(store: SqliteStore) -> None:
    add(store, 1)

    assert deliver("jack", store, None) == Delivery()


def test_several_changes_make_one_put(store: SqliteStore) -> None:
    home = Home()
    for day in (1, 2, 3):
        add(store, day)

    assert deliver("jack", store, home) == Delivery(delivered=3, waiting=0)

    assert len(home.got) == 1
    assert home.got[0].count(b"dateTime") == 3


def test_nothing_new_makes_no_put(store: SqliteStore) -> None:
    home = Home()
    add(store, 1)
    deliver("jack", store, home)

    assert deliver("jack", store, home) == Delivery()
    assert len(home.got) == 1


@pytest.mark.parametrize("trouble", [TryLater("x"), Misconfigured("x")])
def test_refused_changes_wait_and_go_together_later(
    store: SqliteStore, trouble: HealthrelayError
) -> None:
    home = Home()
    home.trouble = trouble
    for day in (1, 2):
        add(store, day)
        assert deliver("jack", store, home) == Delivery(0, day, trouble)
    home.trouble = None

    assert deliver("jack", store, home) == Delivery(delivered=2, waiting=0)
    assert len(home.got) == 1


def test_change_during_the_put_goes_after_it(store: SqliteStore) -> None:
    home = Home()
    add(store, 1)

    def once() -> None:
        home.meanwhile = lambda: None
        add(store, 2)

    home.meanwhile = once

    assert deliver("jack", store, home) == Delivery(delivered=2, waiting=0)
    assert [body.count(b"dateTime") for body in home.got] == [1, 2]


def test_a_storm_of_changes_leaves_the_rest_for_the_next_call(store: SqliteStore) -> None:
    home = Home()
    days = iter(range(2, 30))
    home.meanwhile = lambda: add(store, next(days))
    add(store, 1)

    delivery = deliver("jack", store, home)

    assert (delivery.delivered, delivery.waiting) == (3, 1)


def test_home_is_never_sent_an_empty_snapshot(store: SqliteStore) -> None:
    home = Home()
    add(store, 1)
    store.records.apply("jack", Delta(removed=(weight(1),)), NOW)

    assert deliver("jack", store, home) == Delivery(delivered=2, waiting=0)
    assert home.got == []
