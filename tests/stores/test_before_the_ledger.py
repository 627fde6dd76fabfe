"""A store that was written before there was a ledger: every day that was covered is open again.

It holds jack with Google Health and anna with Fitbit, from whose covered steps the 5th to the 18th
of November are missing; mia, whose weights were read in pounds until the 9th and in kilograms
after that; and noah, who had not connected.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing
from datetime import date, timedelta
from pathlib import Path

import pytest

from healthrelay.adapters.sqlite.store import SqliteStore
from healthrelay.core.delivery.following import Following
from healthrelay.core.delivery.progress import Progress
from healthrelay.core.measurements.ledger import Days, Ledger, Look
from healthrelay.core.measurements.reading import Delta
from healthrelay.flows.transfer.person import read_person
from healthrelay.ports.store import Store
from tests.household import START
from tests.peers.emulated import contents_of
from tests.stores.contract import LEDGER, NOW
from tests.stores.earlier import write_firestore, write_sqlite

PEOPLE = ("anna", "jack", "mia", "noah")
FIRST = date(2026, 10, 15)
OPEN = Days(FIRST, "o" * 45, {FIRST + timedelta(days): Look(2) for days in range(45)})
"""The 15th of October to the 28th of November: 17 and 28 days. They were read once, so that another
reading of nothing says that there is nothing."""
COVERED = {
    "anna": {"activities-steps", "weight"},
    "jack": {"activities-steps", "body-weight", "weight"},
    "mia": {"body-weight"},
    "noah": set(),
}
HOLE = {(date(2026, 11, 5) + timedelta(day)).isoformat() for day in range(14)}


class Earlier:
    """What was written, and today's store over it, opened as often as wanted."""

    def __init__(self, open_store: Callable[[], Store], raw: Callable[[], object]) -> None:
        self.open = open_store
        self.raw = raw
        """Return all that the store holds, read without it."""


@pytest.fixture(params=["sqlite", pytest.param("firestore", marks=pytest.mark.peer)])
def earlier(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Earlier]:
    if request.param == "firestore":
        project = request.getfixturevalue("firestore_project")
        write_firestore("before_ledger", project)
        make = request.getfixturevalue("make_firestore")
        yield Earlier(make, lambda: contents_of(project))
        return
    path = tmp_path / "healthrelay.db"
    write_sqlite("before_ledger", path)
    with ExitStack() as stack:
        yield Earlier(lambda: stack.enter_context(closing(SqliteStore(str(path)))), path.read_bytes)


@pytest.fixture
def store(earlier: Earlier) -> Store:
    return earlier.open()


@pytest.mark.parametrize("user", PEOPLE)
def test_every_covered_day_is_open_and_nothing_else_is_known(store: Store, user: str) -> None:
    assert store.records.ledger(user) == Ledger(days=dict.fromkeys(COVERED[user], OPEN))


def test_records_have_no_origin_and_are_as_they_were(store: Store) -> None:
    # On one day jack wore nothing.
    for user, missing in (("anna", 14), ("jack", 15)):
        steps = [r for r in store.records.everything(user) if r.series == "activities-steps"]
        assert len(steps) == 45 - missing
        assert HOLE.isdisjoint(record.key for record in steps)
        assert {record.origin for record in steps} == {""}
    weights = {r.key: r.data["value"] for r in store.records.everything("mia")}
    assert (weights["2026-10-15"], weights["2026-11-28"]) == ("162.26", "75.1")


def test_nothing_is_told_to_a_target(store: Store) -> None:
    told = Progress(2, at=START)

    assert store.log.followings() == {
        "anna": Following(2, {"igor": told}),
        "jack": Following(2, {"igor": told, "node-red": told}),
        "mia": Following(2, {"igor": told}),
        "noah": Following(),
    }


def test_whoever_reads_it_writes_nothing(earlier: Earlier) -> None:
    first = [read_person(earlier.open(), user) for user in PEOPLE]
    before = earlier.raw()

    assert [read_person(earlier.open(), user) for user in PEOPLE] == first
    assert earlier.raw() == before
    assert all(first)


@pytest.mark.parametrize("user", PEOPLE)
def test_the_first_ledger_takes_the_place_of_what_was_covered(earlier: Earlier, user: str) -> None:
    head = earlier.open().log.head(user)
    assert earlier.open().records.apply(user, Delta(), NOW, LEDGER) == head

    assert earlier.open().records.ledger(user) == LEDGER
    assert earlier.open().log.head(user) == head


@pytest.mark.parametrize("user", PEOPLE)
def test_a_new_epoch_begins_with_nothing_known(earlier: Earlier, user: str) -> None:
    earlier.open().records.renew(user)

    renewed = earlier.open().records.ledger(user)
    assert renewed == Ledger(epoch=renewed.epoch)
