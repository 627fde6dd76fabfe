"""Stores for every test here: Firestore with a person in it, and either store."""

from __future__ import annotations

import pytest

from healthrelay.adapters.firestore import FirestoreStore
from healthrelay.adapters.sqlite import SqliteStore
from healthrelay.ports.store import Store
from tests.peers.firestore import MakeFirestore


@pytest.fixture
def store(make_firestore: MakeFirestore) -> FirestoreStore:
    """Firestore with jack."""
    made = make_firestore()
    made.identities.save("jack", {"period": "1w"})
    return made


@pytest.fixture(params=["sqlite", pytest.param("firestore", marks=pytest.mark.peer)])
def either_store(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Store:
    """SQLite or Firestore with jack."""
    if request.param == "firestore":
        firestore: Store = request.getfixturevalue("store")
        return firestore
    made = SqliteStore(str(tmp_path_factory.mktemp("store") / "healthrelay.db"))
    made.identities.save("jack", {})
    return made
