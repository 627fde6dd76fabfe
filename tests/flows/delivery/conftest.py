"""One person's log, a home in which targets follow it, and a queue."""

from __future__ import annotations

import pytest

from healthrelay.adapters.sqlite.store import SqliteStore
from tests.flows.delivery.fakes import FakeQueue, Home


@pytest.fixture
def store() -> SqliteStore:
    store = SqliteStore(":memory:")
    store.identities.save("jack", {})
    return store


@pytest.fixture
def home(store: SqliteStore) -> Home:
    return Home(store)


@pytest.fixture
def queue() -> FakeQueue:
    return FakeQueue()
