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

UNCOUNTED = (
    "benchmarks",
    "browser",
    "chaos",
    "contract",
    "e2e",
    "igor",
    "infra",
    "kills",
    "oauth",
    "peers",
    "rehearsal",
    "sandbox",
    "adapters/fitbit_rows/test_both_providers.py",
    "adapters/google_health/test_activity_household.py",
    "stores/test_firestore_like_sqlite.py",
    "stores/test_firestore_races.py",
    "stores/test_refresh_race.py",
    "stores/test_targets_race.py",
    "web/test_fetch_broken_off.py",
)
"""They go over and over what other tests go through once: counting its statements there would
cost two fifths of their time, and find none that are new."""


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Leave the uncounted out of the coverage, and deal groups out as one."""
    here = Path(__file__).parent
    for item in items:
        if any(item.path.is_relative_to(here / room) for room in UNCOUNTED):
            item.add_marker(pytest.mark.no_cover)
        _group(item)


def _group(item: pytest.Item) -> None:
    """See that what is marked with one `xdist_group` runs in one process: it makes its Igor once.

    pytest-xdist 3.8 writes the group into a name that pytest 9.2 no longer reads.
    """
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
