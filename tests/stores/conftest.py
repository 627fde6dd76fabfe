"""Stores for every test here: Firestore with a person in it, and either store."""

from __future__ import annotations

import pytest

from healthrelay.ports.store import Store
from tests.peers.emulated import EmulatedStore
from tests.peers.firestore import MakeFirestore


@pytest.fixture
def store(make_firestore: MakeFirestore) -> EmulatedStore:
    made = make_firestore()
    made.identities.save("jack", {"period": "1w"})
    return made


@pytest.fixture
def either_store(either_store: Store) -> Store:
    """SQLite or Firestore with jack."""
    either_store.identities.save("jack", {})
    return either_store
