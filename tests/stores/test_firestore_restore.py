"""A person restored in several commits: cut short at any of them, overtaken, or very large."""

from __future__ import annotations

from datetime import date, timedelta
from itertools import count

import pytest

from healthrelay.adapters.firestore.documents import CommitConflict, Write
from healthrelay.adapters.firestore.restore import restore
from healthrelay.core.errors import Duplicate, Refused
from healthrelay.core.measurements.records import Record
from tests.peers.emulated import EmulatedStore, PatientDatabase
from tests.peers.firestore import MakeFirestore
from tests.stores.contract import PERSON, entry, stored_person, weight

pytestmark = pytest.mark.peer
LIMIT = 5_000
DAYS = [(date(2024, 1, 1) + timedelta(n)).isoformat() for n in range(1_200)]
LONG = PERSON._replace(
    records=[
        *(Record("activities-heart-intraday", day, day, {"dateTime": day}) for day in DAYS[:900]),
        *map(weight, DAYS),
        *(entry(n, f"{day}T07:12:00") for n, day in enumerate(DAYS)),
    ]
)
"""More documents than two commits take; each year of weights is split."""


class Stopped(Exception):
    """The process ends here."""


class Troubled(PatientDatabase):
    """A database whose commit number *last* is never sent, or lands without an answer."""

    def __init__(self, project: str, last: int, trouble: type[Exception]) -> None:
        super().__init__(project)
        self._left = last
        self._trouble = trouble

    def commit(self, *writes: Write) -> None:
        self._left -= 1
        if self._left == -1 and self._trouble is Stopped:
            raise Stopped
        super().commit(*writes)
        if self._left == -1:
            raise self._trouble


@pytest.fixture
def store(make_firestore: MakeFirestore) -> EmulatedStore:
    return make_firestore(limit=LIMIT)


def test_cut_short_before_any_commit_nobody_is_there_and_the_next_one_ends_right(
    store: EmulatedStore,
) -> None:
    for last in count():
        stopping = Troubled(store.project, last, Stopped)
        try:
            restore(stopping, "jack", LONG, LIMIT)
        except Stopped:
            assert store.identities.names() == []
            assert store.identities.settings("jack") is None
            assert store.records.everything("jack") == []
            assert store.log.after("jack", 0, 10) == []
            continue
        break

    assert last > 4
    assert stored_person(store) == LONG
    assert len({fields.get("life") for path, fields in store.contents().items()} - {None}) == 1


@pytest.mark.parametrize("last", [0, 1, 4])
def test_a_commit_whose_answer_is_lost_costs_nothing(store: EmulatedStore, last: int) -> None:
    restore(Troubled(store.project, last, CommitConflict), "jack", LONG, LIMIT)

    assert stored_person(store) == LONG


@pytest.mark.parametrize("earlier", range(4))
def test_of_two_at_the_same_time_one_wins_whole(store: EmulatedStore, earlier: int) -> None:
    other = PERSON._replace(settings={"period": "1m"}, records=[weight("2020-01-01")])

    class Overtaken(PatientDatabase):
        left = earlier

        def commit(self, *writes: Write) -> None:
            self.left -= 1
            if self.left == -1:
                store.restore("jack", other)
            super().commit(*writes)

    with pytest.raises(Duplicate):
        restore(Overtaken(store.project), "jack", LONG, LIMIT)

    assert stored_person(store) == other


def test_years_of_large_nights_and_of_days_by_the_minute_fit(make_firestore: MakeFirestore) -> None:
    nights = [
        Record("sleep", str(n), day, {"logId": n, "dateOfSleep": day, "levels": "x" * 8_000})
        for n, day in enumerate(DAYS[:400])
    ]
    hearts = [
        Record("activities-heart-intraday", day, day, {"dateTime": day, "dataset": "x" * 50_000})
        for day in DAYS[:150]
    ]
    large = PERSON._replace(records=[*hearts, *map(weight, DAYS[:400]), *nights])
    store = make_firestore()

    store.restore("jack", large)

    assert stored_person(store) == large


def test_what_no_document_holds_is_refused_before_anything_is_written(store: EmulatedStore) -> None:
    day = "2026-11-01"
    texts = [f"{n:07}" for n in range(200_000)]
    heart = Record("activities-heart-intraday", day, day, {"dateTime": day, "dataset": texts})  # type: ignore[dict-item]

    with pytest.raises(Refused):
        store.restore("jack", PERSON._replace(records=[heart]))

    assert store.contents() == {}
