"""`healthrelay fetch` in this process, against the sandbox."""

import pytest

from sandbox import Sandbox
from tests.household import Household, result_of, run_command


@pytest.fixture(autouse=True)
def _jack(household: Household) -> None:
    household.connect(methods="time_series", resource="body/weight,activities/steps", period="6m")


def test_plan_shows_every_call_and_makes_none(sandbox: Sandbox) -> None:
    sandbox.reset()

    planned = run_command("fetch", "jack", "--plan").out

    calls = [line.split("\t") for line in planned.splitlines()]
    sources = [source for source, _, _ in calls]
    steps = "steps:dailyRollUp"
    assert sources == ["weight:reconcile", steps, "/pairedDevices", steps, steps]
    assert list(sandbox.journal) == []


def test_provider_calls_are_those_of_the_plan(sandbox: Sandbox) -> None:
    planned = run_command("fetch", "jack", "--plan").out.splitlines()
    sandbox.reset()

    fetched = result_of("fetch", "jack", "--set", "methods=time_series")

    assert len(sandbox.journal) == len(planned) == 5
    assert fetched["added"] > 200


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (["jack", "--plan", "--set", "period=2w"], "period must be one of"),
        (["jack", "--plan", "--set", "methods=get_badges"], "Google Health has no badges."),
        (["stranger"], "There is no user stranger."),
    ],
)
def test_wrong_words_get_one_sentence(words: list[str], sentence: str) -> None:
    assert sentence in run_command("fetch", *words, code=2).err
