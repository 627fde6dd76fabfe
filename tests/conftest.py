"""Fixtures for every room: a sandbox, and a household that uses it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import hypothesis
import pytest

from sandbox import Sandbox
from tests.household import Household, household_at

# Examples are for finding faults, not for racing: no deadline on a busy machine.
hypothesis.settings.register_profile("house", deadline=None, max_examples=60)
hypothesis.settings.load_profile("house")

pytest_plugins = ["tests.peers.igor_fixtures"]


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Deal a group (`xdist_group`) out as one: a real Igor, a deployment is then made once.

    pytest-xdist 3.8 writes the group into a name that pytest 9.2 no longer reads.
    """
    for item in items:
        grouped = vars(item).get("_nodeid")
        if grouped and grouped != item.nodeid and hasattr(item, "_id"):
            item._id = type(item._id).parse(grouped)


@pytest.fixture
def sandbox() -> Iterator[Sandbox]:
    """Both providers over one generated wearer."""
    with Sandbox() as running:
        yield running


@pytest.fixture
def provider() -> str:
    """The provider of `household`; a test names another with parametrize."""
    return "google_health"


@pytest.fixture
def settings() -> dict[str, str]:
    """More settings for `household`; a test overrides this fixture or parametrizes it."""
    return {}


@pytest.fixture
def household(
    sandbox: Sandbox,
    provider: str,
    settings: dict[str, str],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> Iterator[Household]:
    """All functions served over real HTTP, against the sandbox, with an empty SQLite file."""
    chosen = sandbox.settings | {"HEALTHRELAY_PROVIDER": provider} | settings
    with household_at(tmp_path, chosen, monkeypatch) as ready:
        yield ready
