"""What a start and a fetch may cost, in numbers that no busy machine changes."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from benchmarks import reading
from benchmarks.counters import LIGHT, Load, fetches, first_answer, loaded
from benchmarks.household import Household, household
from benchmarks.questions import MEASURED
from benchmarks.walk import Door, rows, second_fetch

pytestmark = [pytest.mark.peer, pytest.mark.xdist_group("benchmarks")]


@pytest.fixture(scope="module")
def home() -> Iterator[Household]:
    with household() as ready:
        yield ready


@pytest.fixture(scope="module")
def empty(home: Household) -> Load:
    """Return what the framework loads for a function that does nothing."""
    return loaded(home, "empty")


@pytest.mark.parametrize("name", LIGHT)
def test_who_is_waited_for_loads_nothing_heavy(home: Household, empty: Load, name: str) -> None:
    assert loaded(home, name).heavy(empty) == []


def test_a_poll_loads_nothing_of_the_other_ways_out(home: Household) -> None:
    ours = {name for name in loaded(home, "relay").modules if name.startswith("healthrelay.")}

    assert "healthrelay.flows.delivery.poll" in ours
    assert not ours & {
        "healthrelay.flows.delivery.deliver",
        "healthrelay.flows.delivery.events",
        "healthrelay.web.events",
    }


@pytest.mark.parametrize("name", MEASURED)
def test_no_function_loads_what_the_command_line_needs_alone(home: Household, name: str) -> None:
    ours = {module for module in loaded(home, name).modules if module.startswith("healthrelay.")}

    alone = ("healthrelay.commands", "healthrelay.local", "healthrelay.adapters.probing")
    assert not [module for module in ours if module.startswith(alone) or "probe" in module]
    assert "healthrelay.core.grants.shape" not in ours


def test_what_is_heavy_is_noticed_where_it_is_used(home: Household, empty: Load) -> None:
    assert "cryptography" in loaded(home, "fetch").heavy(empty)


@pytest.mark.parametrize("name", MEASURED)
def test_a_start_compiles_none_of_our_sources(home: Household, name: str) -> None:
    assert loaded(home, name).compiled == ()


def test_a_start_without_bytecode_is_noticed(home: Household, tmp_path: Path) -> None:
    compiled = first_answer(home, "relay", PYTHONPYCACHEPREFIX=str(tmp_path)).compiled

    assert {"main.py", "endpoint.py", "store.py"} <= {Path(file).name for file in compiled}


def test_a_fetch_asks_what_the_plan_says_and_nothing_more(home: Household) -> None:
    assert fetches(home).calls == home.planned() == 4


def test_one_weight_walks_no_further_than_it_did() -> None:
    walk = second_fetch()

    assert Door("assembly/services.py", "flows/measurements/fetch.py", "fetch", 1) in walk.doors
    assert [row.name for row in rows() if not row.met] == []


def test_a_fetch_of_what_is_known_writes_nothing(home: Household) -> None:
    twice = fetches(home)

    assert twice.first_writes > 0
    assert (twice.second_writes, twice.second_news) == (1, 0)


def test_what_relay_reads_is_held_against_its_floors(home: Household) -> None:
    same, entry, poll = reading.rows(home, 1)

    assert "same bytes again" in same.name
    assert (entry.target, poll.target) == (1.3, 1.2)
    assert all(row.ratio and row.floor for row in (same, entry, poll))
