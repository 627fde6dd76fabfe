"""When everybody was last looked at: `?health` and the doctor are unwell if that is long ago."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from healthrelay.core.runs import MAX_SILENCE, Runs, overdue, served_already
from healthrelay.local.scheduler import run_scheduler
from tests.household import OWNER_KEY, START, Clock, Household, run_command
from tests.peers.process import until

SECONDS = 20
FUNCTIONS = {"fan-out": "fetch", "deliver": "deliver"}
"""Run → the function whose scheduled call it is."""


def run_all(household: Household) -> None:
    for function in FUNCTIONS.values():
        assert household.get(function, {}, OWNER_KEY).ok


def test_nothing_is_said_of_what_never_ran(household: Household) -> None:
    assert "runs" not in household.get("relay?health").json()
    assert "ran at" not in run_command("doctor").out


@pytest.mark.parametrize("function", ["relay", "fetch", "deliver"])
def test_health_has_the_last_runs_and_fails_when_they_are_long_ago(
    household: Household, household_clock: Clock, function: str
) -> None:
    run_all(household)
    well = household.get(f"{function}?health", bearer=OWNER_KEY)
    assert (well.status_code, sorted(well.json()["runs"])) == (200, ["deliver", "fan-out"])

    household_clock.advance(hours=3, minutes=1)

    late = household.get(f"{function}?health", bearer=OWNER_KEY)
    assert (late.status_code, late.json()["status"]) == (503, "fail")
    assert (late.json()["who"], late.json()["cause"]) == ("owner", "overdue")
    run_all(household)
    assert household.get(f"{function}?health", bearer=OWNER_KEY).status_code == 200


@pytest.mark.parametrize(("run", "other"), [("fan-out", "deliver"), ("deliver", "fan-out")])
def test_the_doctor_names_which_one_is_late(
    household: Household, household_clock: Clock, run: str, other: str
) -> None:
    run_all(household)
    household_clock.advance(hours=4)
    household.get(FUNCTIONS[other], {}, OWNER_KEY)

    shown = run_command("doctor", code=5).out

    assert f"Too long ago: {run} ran at {START:%Y-%m-%d %H:%M} UTC." in shown
    assert "healthrelay serve" in shown
    assert "runs: deliver ran at" in shown


def test_the_threads_of_serve_are_among_them(household: Household, household_clock: Clock) -> None:
    runs = household.services.store.runs
    with run_scheduler(household.services, seconds=0.05):
        until(lambda: len(runs.load()) == len(MAX_SILENCE), SECONDS)
    assert set(runs.load()) == set(MAX_SILENCE)
    household_clock.advance(minutes=16)

    assert "Too long ago: scheduler ran at" in run_command("doctor", code=5).out


class LostLease:
    """Satisfies `ports.store.SchedulerLease` for a process that is overtaken after its start."""

    taken = 0

    def take(self, now: datetime) -> None:
        self.taken += 1
        if self.taken > 1:
            raise served_already()

    def release(self) -> None:
        self.taken = 0


def test_whoever_lost_the_lease_runs_nothing_and_says_so(
    household: Household, capsys: pytest.CaptureFixture[str]
) -> None:
    store = household.services.store
    lease = vars(store)["scheduler_lease"] = LostLease()
    with run_scheduler(household.services, seconds=0.02):
        until(lambda: lease.taken > 3, SECONDS)

    assert lease.taken == 0
    assert store.runs.load() == {}
    assert '"severity": "ERROR", "event": "scheduler"' in capsys.readouterr().err


@pytest.mark.parametrize("name", MAX_SILENCE)
def test_each_has_its_time(name: str) -> None:
    runs: Runs = {name: START}

    assert overdue(runs, START + MAX_SILENCE[name]) is None
    late = overdue(runs, START + MAX_SILENCE[name] + timedelta(seconds=1))
    assert late
    assert name in late.sentence
