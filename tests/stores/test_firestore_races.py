"""Somebody else writes between reading and writing: what then, step by step and in a crowd."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest

from healthrelay.adapters.firestore.buckets import MAX_BYTES
from healthrelay.adapters.firestore.documents import CommitConflict, StoredDocument, Write
from healthrelay.adapters.firestore.measurements import FirestoreRecords
from healthrelay.adapters.firestore.people import FirestoreIdentities, FirestoreTokens
from healthrelay.core.errors import Conflict, TryLater
from healthrelay.core.measurements.reading import Delta
from healthrelay.core.measurements.records import Record
from tests.peers.emulated import EmulatedStore, PatientDatabase
from tests.peers.firestore import MakeFirestore
from tests.stores.contract import DOCUMENT, NOW, add_weights, entry, weight

pytestmark = pytest.mark.peer


class Unanswered(PatientDatabase):
    """A database whose first commit lands, but the answer is lost and the client asks again."""

    _lost = False

    def commit(self, *writes: Write) -> None:
        super().commit(*writes)
        if not self._lost:
            self._lost = True
            raise CommitConflict


class Torn(PatientDatabase):
    """A database that shows a person beside buckets from before *meanwhile*, once.

    Google's emulator does, once in hundreds of times.
    """

    def __init__(self, project: str, meanwhile: Callable[[], object]) -> None:
        super().__init__(project)
        self._meanwhile = [meanwhile]

    def get(self, *paths: str) -> dict[str, StoredDocument]:
        documents = super().get(*paths)
        if not self._meanwhile:
            return documents
        self._meanwhile.pop()()
        return documents | {path: now for path, now in super().get(*paths).items() if _person(path)}


def _person(path: str) -> bool:
    return path.startswith("identities/")


def test_change_that_was_overtaken_is_made_again(store: EmulatedStore) -> None:
    other = store.interrupted(lambda: store.records.apply("jack", add_weights("2026-11-01"), NOW))

    assert FirestoreRecords(other, MAX_BYTES).apply("jack", add_weights("2026-11-02"), NOW) == 2

    assert store.log.head("jack") == 2
    assert store.records.everything("jack") == [weight("2026-11-01"), weight("2026-11-02")]


@pytest.mark.parametrize("earlier", [(), ("2026-10-01",)], ids=["no bucket", "a bucket"])
def test_buckets_that_are_older_than_their_head_are_read_again(
    store: EmulatedStore, earlier: tuple[str, ...]
) -> None:
    store.records.apply("jack", add_weights(*earlier), NOW)
    torn = Torn(
        store.project,
        lambda: store.records.apply("jack", add_weights("2026-11-01", "2025-01-01"), NOW),
    )

    FirestoreRecords(torn, MAX_BYTES).apply("jack", add_weights("2026-11-02"), NOW)

    days = sorted({*earlier, "2025-01-01", "2026-11-01", "2026-11-02"})
    assert store.records.everything("jack") == [weight(day) for day in days]
    torn.close()


def test_a_bucket_that_was_packed_has_nothing_left_of_it(make_firestore: MakeFirestore) -> None:
    store = make_firestore(limit=300)
    store.identities.save("jack", {})
    series, day = "activities-heart-intraday", "2026-11-01"
    many, few = (
        Record(series, day, day, {"dateTime": day, "dataset": [60] * number}) for number in (400, 4)
    )
    store.records.apply("jack", Delta(added=(many,)), NOW)
    assert store.records.everything("jack") == [many]

    store.records.apply("jack", Delta(changed=(few,)), NOW)

    assert store.records.everything("jack") == [few]


def test_entry_that_moved_meanwhile_is_still_there_once(store: EmulatedStore) -> None:
    store.records.apply("jack", Delta(added=(entry(1, "2024-11-01"),)), NOW)
    moved = Delta(changed=(entry(1, "2025-11-01"),))
    other = store.interrupted(lambda: store.records.apply("jack", moved, NOW))

    again = Delta(changed=(entry(1, "2026-11-01"),))
    FirestoreRecords(other, MAX_BYTES).apply("jack", again, NOW)

    assert store.records.everything("jack") == [entry(1, "2026-11-01")]


def test_change_whose_answer_is_lost_lands_once(store: EmulatedStore) -> None:
    records = FirestoreRecords(Unanswered(store.project), MAX_BYTES)

    assert records.apply("jack", add_weights("2026-11-01"), NOW) == 1
    assert store.log.head("jack") == 1


def test_grant_whose_answer_is_lost_is_saved(store: EmulatedStore) -> None:
    version = FirestoreTokens(Unanswered(store.project)).save("jack", DOCUMENT, 0)

    stored = store.tokens.load("jack")
    assert stored is not None
    assert stored.version == version


def test_new_settings_are_no_conflict_for_a_grant(store: EmulatedStore) -> None:
    version = store.tokens.save("jack", DOCUMENT, 0)
    other = store.interrupted(lambda: store.identities.save("jack", {"period": "1w"}))

    FirestoreTokens(other).save("jack", DOCUMENT | {"sealed": "v1.k.y"}, version)

    stored = store.tokens.load("jack")
    assert stored is not None
    assert stored.document["sealed"] == "v1.k.y"
    assert store.identities.settings("jack") == {"period": "1w"}


def test_grant_that_was_overtaken_is_a_conflict(store: EmulatedStore) -> None:
    other = store.interrupted(lambda: store.tokens.save("jack", DOCUMENT, 0))

    with pytest.raises(Conflict):
        FirestoreTokens(other).save("jack", DOCUMENT | {"sealed": "v1.k.y"}, 0)


def test_two_who_make_the_same_person_make_one(store: EmulatedStore) -> None:
    other = store.interrupted(lambda: store.identities.save("second", {"a": "1"}))

    FirestoreIdentities(other).save("second", {"a": "2"})

    assert store.identities.settings("second") == {"a": "2"}


def test_two_processes_worth_of_writers_leave_no_gap(make_firestore: MakeFirestore) -> None:
    stores = [make_firestore() for _ in range(2)]
    stores[0].identities.save("jack", {})

    def write(number: int) -> int:
        day = f"2026-11-{number + 1:02}"
        return stores[number % 2].records.apply("jack", add_weights(day), NOW)

    with ThreadPoolExecutor(4) as pool:
        numbers = sorted(pool.map(write, range(12)))

    assert numbers == list(range(1, 13))
    assert len(stores[1].records.everything("jack")) == 12


def test_who_is_always_overtaken_gives_up(firestore_project: str) -> None:
    class Overtaken(PatientDatabase):
        def commit(self, *writes: Write) -> None:
            raise CommitConflict

    with pytest.raises(TryLater, match="same document"):
        FirestoreIdentities(Overtaken(firestore_project)).save("jack", {})
