"""``/deliver``: what is due, or one person's now; by the owner alone."""

from __future__ import annotations

import time
from datetime import datetime

import pytest

from healthrelay.core.delivery.progress import PAUSED
from healthrelay.local.scheduler import run_scheduler
from tests.household import OWNER_KEY, WEIGHTS, Household, run_command
from tests.igor.recorder import Recorder, Say
from tests.peers.process import until


@pytest.fixture
def settings(igor: Recorder) -> dict[str, str]:
    return {"HEALTHRELAY_IGOR_URL": igor.url}


@pytest.fixture
def waiting(household: Household, igor: Recorder) -> Household:
    """A change of jack's that Igor did not take."""
    household.connect(**WEIGHTS)
    igor.say = Say(503)
    household.fetched()
    return household


def test_only_the_owner_may_send(household: Household) -> None:
    assert household.get("deliver").status_code == 401
    assert household.get("deliver", bearer="x" * 40).status_code == 401


@pytest.mark.parametrize("query", [{"now": "maybe"}, {"days": "3"}, {"user": "../jack"}])
def test_bad_words(household: Household, query: dict[str, str]) -> None:
    assert household.get("deliver", query, OWNER_KEY).status_code == 400


def test_a_stranger_is_not_known(household: Household) -> None:
    assert household.get("deliver", {"user": "nobody"}, OWNER_KEY).status_code == 404


def test_what_is_not_due_waits_and_says_why(waiting: Household, igor: Recorder) -> None:
    seen = len(igor.seen)

    one = waiting.get("deliver", {"user": "jack"}, OWNER_KEY).json()
    everybody = waiting.get("deliver", {}, OWNER_KEY).json()

    since = one["people"]["jack"]["igor"]["trouble"].pop("since")
    assert datetime.fromisoformat(since) <= waiting.services.now()
    trouble = {"error": "Igor has trouble (status 503).", "who": "nobody", "cause": "try_later"}
    expected = {"delivered": 0, "waiting": 1, "trouble": trouble}
    assert one["people"]["jack"]["igor"] == expected
    assert everybody == {"people": {}}
    assert len(igor.seen) == seen


def test_what_is_due_goes_without_being_named(waiting: Household, igor: Recorder) -> None:
    log = waiting.services.store.log
    failing = log.following("jack").progress("igor")
    log.save("jack", "igor", failing._replace(due=waiting.services.now()))
    igor.say = Say(200)

    answer = waiting.get("deliver", {}, OWNER_KEY).json()

    assert answer["people"] == {"jack": {"igor": {"delivered": 1, "waiting": 0}}}
    assert igor.seen[-1].body == waiting.poll().content


def test_by_name_and_now_it_goes_at_once(waiting: Household, igor: Recorder) -> None:
    igor.say = Say(200)

    assert waiting.delivered() == {"delivered": 1, "waiting": 0}
    assert waiting.get("deliver", {}, OWNER_KEY).json()["people"] == {}


def test_status_and_replay_tell_what_to_do(waiting: Household, igor: Recorder) -> None:

    failing = run_command("relay", "status").out
    assert failing.startswith("jack\tigor\tfailing, since 20")
    assert "lacks 1 of 1 entry, the oldest from 20" in failing
    assert "\tIgor has trouble (status 503).\n" in failing
    assert "Next attempt at 20" in failing
    assert f"Until then Igor can poll {waiting.services.public_url}/relay?user=jack" in failing

    igor.say = Say(401)
    assert run_command("relay", "replay", "jack", code=5).out == (
        "igor\t0 delivered, 1 waiting: Igor refuses our key (status 401).\n"
    )
    assert waiting.services.store.log.following("jack").progress("igor").state == PAUSED
    paused = run_command("relay", "status", "jack").out
    assert "\tpaused: needs you, since 20" in paused
    assert "Fix this, then: healthrelay relay replay jack --target igor" in paused

    igor.say = Say(200)
    replayed = run_command("relay", "replay", "jack", "--target", "igor").out
    assert replayed == "igor\t1 delivered, 0 waiting\n"
    assert run_command("relay", "status", "jack").out == "jack\tigor\tok\tup to date with 1 entry\n"


def test_who_serves_tries_again_after_five_seconds_and_not_at_the_next_sweep(
    household: Household, igor: Recorder
) -> None:
    household.connect(**WEIGHTS)
    igor.say = Say(503)
    with run_scheduler(household.services, seconds=600):
        household.fetched()
        started, igor.say = time.monotonic(), Say(200)
        until(lambda: len(igor.seen) > 1, 60)
        took = time.monotonic() - started

    assert 4.5 < took < 60  # five seconds, up to a tenth more, and what the fetch had left to do


@pytest.mark.parametrize(
    "words", [["status", "nobody"], ["replay", "nobody"], ["replay", "jack", "--target", "x"]]
)
def test_bad_words_of_the_command_line(waiting: Household, words: list[str]) -> None:

    run_command("relay", *words, code=2)


def test_everything_goes_whatever_igor_has(waiting: Household, igor: Recorder) -> None:
    igor.say = Say(200)
    waiting.delivered()
    seen = len(igor.seen)

    answer = waiting.get("deliver", {"everything": "1"}, OWNER_KEY).json()

    assert answer == {"people": {"jack": {"igor": {"delivered": 0, "waiting": 0}}}, "forgotten": 0}
    assert igor.seen[seen].body == waiting.poll().content


def test_a_task_about_somebody_removed_meanwhile_is_done(household: Household) -> None:
    answer = household.post("deliver", data={"user": "nobody"}, task="1")

    assert (answer.status_code, answer.json()) == (200, {"people": {}})
