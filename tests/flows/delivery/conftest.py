"""One person's log, a snapshot target and a log target that follow it."""

from __future__ import annotations

import pytest

from healthrelay.adapters.sqlite import SqliteStore
from tests.flows.delivery.fakes import Clock, FakeQueue, FakeTarget, log_target, snapshot_target


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def store() -> SqliteStore:
    store = SqliteStore(":memory:")
    store.identities.save("jack", {})
    return store


@pytest.fixture
def igor(clock: Clock) -> FakeTarget:
    return snapshot_target(clock)


@pytest.fixture
def receiver(clock: Clock) -> FakeTarget:
    return log_target(clock)


@pytest.fixture
def queue() -> FakeQueue:
    return FakeQueue()
