"""The Firestore in this process keeps every promise that the emulator's does."""

from __future__ import annotations

import pytest

from healthrelay.ports.store import Store
from tests.stores.contract import StoreContract
from tests.years.firestore import Documents, open_store


class TestFirestoreInProcess(StoreContract):
    @pytest.fixture
    def empty(self) -> Store:
        return open_store(Documents())
