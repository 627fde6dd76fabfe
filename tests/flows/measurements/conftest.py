"""A store of jack's own for every test of measurements."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from healthrelay.adapters.sqlite.store import SqliteStore
from healthrelay.ports.store import Store


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    store = SqliteStore(f"{tmp_path}/healthrelay.db")
    store.identities.save("jack", {})
    yield store
    store.close()
