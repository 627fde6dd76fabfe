"""Removing a person while others write, or not to the end: nothing is seen, nothing comes back."""

from __future__ import annotations

import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from healthrelay.adapters.firestore.buckets import MAX_BYTES
from healthrelay.adapters.firestore.database import FirestoreDatabase
from healthrelay.adapters.firestore.documents import Write
from healthrelay.adapters.firestore.log import FirestoreLog
from healthrelay.adapters.firestore.measurements import FirestoreRecords
from healthrelay.adapters.firestore.people import FirestoreIdentities, FirestoreTokens
from healthrelay.core.delivery.progress import Progress
from healthrelay.core.errors import Unknown
from healthrelay.core.measurements.reading import Delta
from healthrelay.ports.store import Store
from tests.peers.emulated import EmulatedStore, PatientDatabase
from tests.peers.firestore import MakeFirestore
from tests.stores.contract import DOCUMENT, NOW, add_weights, entry, weight

pytestmark = pytest.mark.peer


def test_nothing_brings_back_who_is_removed_meanwhile(store: EmulatedStore) -> None:
    def other() -> FirestoreDatabase:
        store.identities.save("jack", {})
        return store.interrupted(lambda: store.identities.remove("jack"))

    late: list[Callable[[], object]] = [
        lambda: FirestoreRecords(other(), MAX_BYTES).apply("jack", add_weights("2026-11-01"), NOW),
        lambda: FirestoreTokens(other()).save("jack", DOCUMENT, 0),
        lambda: FirestoreLog(other()).save("jack", "igor", Progress(1)),
        lambda: FirestoreIdentities(other()).save_poll_key("jack", "hash"),
    ]
    for write in late:
        with pytest.raises(Unknown):
            write()
        assert store.contents() == {}


def test_of_two_who_remove_the_same_person_one_learns_that_it_did(store: EmulatedStore) -> None:
    other = store.interrupted(lambda: store.identities.remove("jack"))

    assert not FirestoreIdentities(other).remove("jack")

    assert store.contents() == {}


def test_removal_cut_short_shows_nothing_and_is_finished_by_another(store: EmulatedStore) -> None:
    store.records.apply("jack", add_weights("2025-11-01", "2026-11-01"), NOW)
    _cut_short(store.project)
    left = store.contents()

    assert len(left) == 3
    assert store.identities.names() == []
    assert store.records.everything("jack") == []
    assert store.log.head("jack") == 0
    assert store.identities.remove("jack")
    assert store.contents() == {}
    assert not store.identities.remove("jack")


def test_person_created_again_has_nothing_of_the_one_before(store: EmulatedStore) -> None:
    store.records.apply("jack", add_weights("2025-11-01", "2026-11-01"), NOW)
    store.records.apply("jack", Delta(added=(entry(1, "2025-11-01"),)), NOW)
    _cut_short(store.project)

    store.identities.save("jack", {})
    assert store.records.everything("jack") == []
    new = Delta(added=(weight("2026-11-02"), entry(1, "2026-11-02")))
    assert store.records.apply("jack", new, NOW) == 1

    assert store.records.everything("jack") == [weight("2026-11-02"), entry(1, "2026-11-02")]
    assert store.identities.remove("jack")
    assert store.contents() == {}


def test_what_a_new_person_writes_survives_a_late_removal(store: EmulatedStore) -> None:
    store.records.apply("jack", add_weights("2025-11-01", "2026-11-01"), NOW)
    _cut_short(store.project)

    def born_again() -> None:
        store.identities.save("jack", {})
        store.records.apply("jack", add_weights("2026-11-02"), NOW)

    # The remover has seen the old buckets; before it deletes them, one of them is new.
    assert FirestoreIdentities(store.interrupted(born_again)).remove("jack")

    assert store.records.everything("jack") == [weight("2026-11-02")]
    assert store.log.head("jack") == 1
    assert set(store.contents()) == {
        "identities/jack",
        "identities/jack/plugindata/fitbit",
        "identities/jack/log/0000000001",
        "sensors/fitbit/jack/body-weight.2026",
    }


def test_more_than_a_batch_is_removed(store: EmulatedStore) -> None:
    life = PatientDatabase(store.project)
    for first in (0, 500):
        paths = [f"identities/jack/log/{number:010}" for number in range(first, first + 500)]
        life.commit(*(Write(path, {"life": "an earlier one"}) for path in paths))
    before = store.meter.writes

    assert store.identities.remove("jack")

    assert store.meter.writes - before == 1002
    assert not store.identities.remove("jack")
    life.close()


def test_writer_and_remover_at_once_leave_nothing(make_firestore: MakeFirestore) -> None:
    def write(store: Store) -> int:
        for number in range(1, 10_000):
            try:
                store.records.apply("jack", add_weights(f"20{number % 9 + 10}-11-01"), NOW)
                store.log.save("jack", "igor", Progress(number))
            except Unknown:
                return number
        return 0

    writer, remover = make_firestore(), make_firestore()
    for _ in range(3):
        writer.identities.save("jack", {})
        with ThreadPoolExecutor(1) as pool:
            written = pool.submit(write, writer)
            while remover.log.head("jack") < 3:
                time.sleep(0.01)
            assert remover.identities.remove("jack")
            assert written.result() >= 3
        assert writer.contents() == {}


def _cut_short(project: str) -> None:
    """Remove jack as far as the first commit."""

    class Cut(Exception):
        pass

    class Stopped(PatientDatabase):
        def listing(self, wanted: object) -> Any:
            raise Cut

    with pytest.raises(Cut):
        FirestoreIdentities(Stopped(project)).remove("jack")
