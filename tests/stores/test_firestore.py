"""The cloud's store against Google's emulator: the contract, and what Firestore adds to it."""

from __future__ import annotations

from contextlib import closing
from datetime import timedelta

import pytest

from healthrelay.adapters.firestore.documents import SCHEDULER, Write
from healthrelay.core.errors import Misconfigured
from healthrelay.core.measurements.reading import Delta
from tests.peers.emulated import EmulatedStore, PatientDatabase
from tests.peers.firestore import MakeFirestore
from tests.stores.contract import NOW, StoreContract, weight
from tests.stores.overview_contract import OverviewContract

pytestmark = pytest.mark.peer


class TestFirestore(StoreContract, OverviewContract):
    """Every promise of a store."""

    @pytest.fixture
    def empty(self, make_firestore: MakeFirestore) -> EmulatedStore:
        return make_firestore()


def test_used_round_is_remembered_until_its_time_and_no_longer(store: EmulatedStore) -> None:
    until = NOW + timedelta(minutes=10)
    assert store.handshakes.use("nonce", until, NOW)

    assert not store.handshakes.use("nonce", until, until)
    assert store.handshakes.use("nonce", until, until + timedelta(microseconds=1))


def test_a_lease_is_for_one_process_until_it_runs_out_or_is_given_back(
    store: EmulatedStore,
) -> None:
    other = EmulatedStore(store.project)
    store.scheduler_lease.take(NOW)
    store.scheduler_lease.take(NOW + timedelta(minutes=2))
    for minutes in (2, 4):
        with pytest.raises(Misconfigured, match="Another `healthrelay serve`"):
            other.scheduler_lease.take(NOW + timedelta(minutes=minutes))

    # Three minutes after its last sign the first one counts as gone, and learns it.
    other.scheduler_lease.take(NOW + timedelta(minutes=5))
    with pytest.raises(Misconfigured):
        store.scheduler_lease.take(NOW + timedelta(minutes=5))
    store.scheduler_lease.release()  # gives nothing back that is another's
    with pytest.raises(Misconfigured):
        store.scheduler_lease.take(NOW + timedelta(minutes=5))
    other.scheduler_lease.release()
    other.close()
    store.scheduler_lease.take(NOW + timedelta(minutes=5))


@pytest.mark.parametrize("until", ["", "soon", "2026-11-28", (NOW + timedelta(days=1)).isoformat()])
def test_a_lease_that_nobody_can_have_written_is_nobodys(store: EmulatedStore, until: str) -> None:
    with closing(PatientDatabase(store.project)) as database:
        database.commit(Write(SCHEDULER, {"holder": "other", "until": until}))

    store.scheduler_lease.take(NOW)


def test_names_that_firestore_keeps_for_itself_are_names(store: EmulatedStore) -> None:
    names = ["__jack__", "_jack", "jack", "jack.2", "~"]
    for name in names:
        store.identities.save(name, {"period": name})
        store.records.apply(name, Delta(added=(weight("2026-11-01"),)), NOW)

    assert store.identities.names() == sorted(names)
    assert [store.log.head(name) for name in names] == [1, 1, 1, 1, 1]
    assert store.handshakes.use("__nonce__", NOW, NOW)


def test_databases_of_one_project_are_apart(make_firestore: MakeFirestore) -> None:
    store, other = make_firestore(), make_firestore(database="healthrelay")
    store.identities.save("jack", {})

    assert other.identities.names() == []
    assert store.identities.names() == ["jack"]


def test_closed_store_opens_again(store: EmulatedStore) -> None:
    store.close()

    assert store.identities.names() == ["jack"]
