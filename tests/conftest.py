"""Fixtures for every room: a sandbox, and a household that uses it."""

from __future__ import annotations

import gc
import os
import signal
from collections.abc import Generator, Iterator
from pathlib import Path

import hypothesis
import pytest
from coverage import Coverage

from sandbox import Sandbox
from tests.household import Clock, Household, household_at

# Examples are for finding faults, not for racing: no deadline on a busy machine.
hypothesis.settings.register_profile("house", deadline=None, max_examples=60)
hypothesis.settings.load_profile("house")

# Whoever runs us in the background has control-C ignored, and every process that we start with us.
if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)

pytest_plugins = ["tests.peers.firestore", "tests.peers.igor_fixtures"]

FOR_CHILDREN = "COVERAGE_PROCESS_CONFIG"
"""By it a process that is started learns to count."""

UNCOUNTED = (
    "benchmarks",
    "browser",
    "chaos",
    "contract",
    "e2e",
    "igor",
    "infra",
    "crash",
    "fuzz",
    "oauth",
    "peers",
    "receivers",
    "rehearsal",
    "sandbox",
    "adapters/fitbit_rows/test_both_providers.py",
    "adapters/google_health/test_activity_household.py",
    "flows/transfer/test_transfer.py::test_stopped_before_any_step",
    "flows/test_fanout.py::test_each_is_fetched_once_an_interval[firestore",
    "flows/test_gather.py::test_more_than_memory_should_hold",
    "functions/test_processes.py",
    "stores/test_firestore_like_sqlite.py",
    "stores/test_firestore_races.py",
    "stores/test_refresh_race.py",
    "stores/test_targets_race.py",
    "web/test_fetch_broken_off.py",
    "years",
)
"""They go over and over what other tests go through once: counting its statements there, and in
the processes they start, would cost a third of the time of all, and find none that are new."""

COUNTED = ("e2e/test_side_by_side.py::test_sixty_generated_days", "igor/test_push_request.py")
"""What goes a way of its own in these rooms."""


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Deal groups out as one."""
    for item in items:
        _group(item)


def pytest_collection_finish() -> None:
    """What is loaded stays: to look through it for garbage again and again would take long."""
    gc.collect()
    gc.freeze()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_protocol(item: pytest.Item) -> Generator[None, bool, bool]:
    """Count no statement of the uncounted, nor of their fixtures and the processes they start."""
    name = item.nodeid.removeprefix("tests/")
    if not name.startswith(UNCOUNTED) or name.startswith(COUNTED):
        return (yield)
    told = os.environ.pop(FOR_CHILDREN, None)
    # A process of pytest-xdist counts twice: as one that was started, and by its plugin.
    resting = []
    while counting := Coverage.current():
        counting.stop()
        resting.append(counting)
    try:
        return (yield)
    finally:
        for counting in reversed(resting):
            counting.start()
        if told:
            os.environ[FOR_CHILDREN] = told


def _group(item: pytest.Item) -> None:
    """See that what is marked with one `xdist_group` runs in one process: it makes its Igor once.

    pytest-xdist 3.8 writes the group into a name that pytest 9.2 no longer reads.
    """
    grouped = vars(item).get("_nodeid")
    if grouped and grouped != item.nodeid and hasattr(item, "_id"):
        item._id = type(item._id).parse(grouped)


@pytest.fixture
def household_clock() -> Clock:
    """The one clock of `sandbox` and `household`."""
    return Clock()


@pytest.fixture
def sandbox(household_clock: Clock) -> Iterator[Sandbox]:
    """Both providers over one generated wearer."""
    with Sandbox(clock=household_clock.seconds) as running:
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
    household_clock: Clock,
    provider: str,
    settings: dict[str, str],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> Iterator[Household]:
    """All functions served over real HTTP, against the sandbox, with an empty SQLite file."""
    chosen = {"HEALTHRELAY_PROVIDER": provider} | settings
    with household_at(tmp_path, sandbox, chosen, household_clock, monkeypatch) as ready:
        yield ready
