"""Who leaves out a target, or a person, is told which there are; and how people are listed."""

from __future__ import annotations

from datetime import timedelta

import pytest

from healthrelay.flows.delivery import targets
from healthrelay.flows.delivery.targets import Endpoint
from tests.household import START, WEIGHTS, Household, result_of, run_command

USAGE = 2


@pytest.fixture
def home(household: Household) -> Household:
    """Jack has two targets, mia none."""
    household.add("jack", **WEIGHTS)
    household.add("mia", **WEIGHTS)
    built = household.services
    for name in ("node-red", "script"):
        hook = Endpoint("https://example.org/hook", private=False)
        targets.add("jack", name, hook, built.store, built.vault, built.receivers.new_keys)
    return household


def sentence(*words: str) -> str:
    """The last line of the complaint."""
    return run_command(*words, code=USAGE).err.strip().splitlines()[-1]


@pytest.mark.parametrize("command", ["replay", "rotate", "remove"])
def test_whose_targets_there_are(home: Household, command: str) -> None:
    said = sentence("relay", command)

    assert said == (
        "Error: Missing argument 'USER'. There are: jack (node-red, script), mia (no target)."
    )


@pytest.mark.parametrize("words", [["relay", "add"], ["fetch"], ["user", "key"], ["invite"]])
def test_who_there_is(home: Household, words: list[str]) -> None:
    assert sentence(*words) == "Error: Missing argument 'USER'. There are: jack, mia."


@pytest.mark.parametrize("command", ["rotate", "remove"])
def test_which_targets_somebody_has(home: Household, command: str) -> None:
    has = "Error: Missing argument 'NAME'. jack has: node-red, script."
    assert sentence("relay", command, "jack") == has
    none = "Error: Missing argument 'NAME'. mia has no target."
    assert sentence("relay", command, "mia") == none


def test_which_targets_can_be_sent_again(home: Household) -> None:
    has = "Error: --target needs a name; jack has: node-red, script."
    assert sentence("relay", "replay", "jack", "--target") == has
    assert sentence("relay", "replay", "jack", "--target", "--all") == has
    other = "jack has no target igor; there are: node-red, script."
    assert sentence("relay", "replay", "jack", "--target", "igor") == other
    none = "mia has no target: healthrelay relay add makes one."
    assert sentence("relay", "replay", "mia") == none
    assert sentence("relay", "replay", "mia", "--target", "igor") == none


@pytest.mark.parametrize("command", ["rotate", "remove"])
def test_a_target_that_is_not_there_is_told_with_those_that_are(
    home: Household, command: str
) -> None:
    others = "jack has no target script2; there are: node-red, script."
    assert sentence("relay", command, "jack", "script2") == others
    assert sentence("relay", command, "mia", "script") == "mia has no target script."


def test_before_anybody_is_here_that_is_said(household: Household) -> None:
    assert sentence("relay", "replay") == "Error: Missing argument 'USER'. Nobody is here yet."
    assert sentence("fetch") == "Error: Missing argument 'USER'. Nobody is here yet."


def test_whose_permission_ended_is_not_listed_as_connected(household: Household) -> None:
    household.connect("jack", **WEIGHTS)
    household.connect("anna", **WEIGHTS)
    household.add("mia", **WEIGHTS)
    ended = (START - timedelta(days=3)).isoformat()
    trouble = {"cause": "invalid_grant", "who": "wearer", "sentence": "It ended.", "since": ended}
    household.change_grant("anna", health={"ended_at": ended, "refreshing": trouble})

    listed = result_of("user", "list")

    states = {name: one["state"] for name, one in listed.items()}
    assert states == {"jack": "connected", "anna": "needs reconnect", "mia": "not connected"}
    assert (listed["anna"]["allowed"], bool(listed["jack"]["allowed"])) == ([], True)
    lines = sorted(run_command("user", "list").out.splitlines())
    assert lines[0].startswith("anna\tneeds reconnect\t")
