"""A household at home, and what ends with its test."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from tests.household import Household
from tests.local.serving import Home


@pytest.fixture
def home(tmp_path: Path) -> Home:
    return Home.make(tmp_path)


@pytest.fixture
def stack() -> Iterator[ExitStack]:
    with ExitStack() as stack:
        yield stack


@pytest.fixture
def unset(household: Household, monkeypatch: pytest.MonkeyPatch) -> Household:
    """The household, whose commands find no client in the environment."""
    for name in ("HEALTHRELAY_CLIENT_ID", "HEALTHRELAY_CLIENT_SECRET"):
        monkeypatch.delenv(name)
    household.rebuild()
    return household
