"""`healthrelay fetch` in this process, against the sandbox."""

import json

import pytest

from healthrelay.__main__ import main
from sandbox import Sandbox
from tests.household import Household


@pytest.fixture(autouse=True)
def _jack(household: Household) -> None:
    household.connect(methods="time_series", resource="body/weight,activities/steps", period="6m")


def test_plan_shows_every_call_and_makes_none(
    sandbox: Sandbox, capsys: pytest.CaptureFixture[str]
) -> None:
    sandbox.reset()

    assert main(["fetch", "jack", "--plan"]) == 0

    calls = [line.split("\t") for line in capsys.readouterr().out.splitlines()]
    assert [source for source, _, _ in calls] == [
        "weight:reconcile",
        "steps:dailyRollUp",
        "steps:dailyRollUp",
        "steps:dailyRollUp",
    ]
    assert list(sandbox.journal) == []


def test_provider_calls_are_those_of_the_plan(
    sandbox: Sandbox, capsys: pytest.CaptureFixture[str]
) -> None:
    main(["fetch", "jack", "--plan"])
    planned = capsys.readouterr().out.splitlines()
    sandbox.reset()

    assert main(["fetch", "jack", "--set", "methods=time_series"]) == 0

    assert len(sandbox.journal) == len(planned) == 4
    assert json.loads(capsys.readouterr().out)["added"] > 200


def test_wrong_words_get_one_sentence(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["fetch", "jack", "--plan", "--set", "period=2w"]) == 2
    assert main(["fetch", "stranger"]) == 2

    assert "period must be one of" in capsys.readouterr().err


def test_plan_of_an_unavailable_method_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["fetch", "jack", "--plan", "--set", "methods=get_badges"]) == 2

    assert "Google Health has no badges." in capsys.readouterr().err
