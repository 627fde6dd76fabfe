"""The cloud's store against Google's emulator: the contract, and what Firestore adds to it."""

from __future__ import annotations

from datetime import timedelta

import pytest

from healthrelay.core.measurements.records import Delta
from tests.peers.emulated import EmulatedStore
from tests.peers.firestore import MakeFirestore
from tests.stores.contract import NOW, StoreContract, weight

pytestmark = pytest.mark.peer


class TestFirestore(StoreContract):
    """Every promise of a store."""

    @pytest.fixture
    def empty(self, make_firestore: MakeFirestore) -> EmulatedStore:
        return make_firestore()


def test_used_round_is_remembered_until_its_time_and_no_longer(store: EmulatedStore) -> None:
    until = NOW + timedelta(minutes=10)
    assert store.handshakes.use("nonce", until, NOW)

    assert not store.handshakes.use("nonce", until, until)
    assert store.handshakes.use("nonce", until, until + timedelta(microseconds=1))


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
