"""``/fetch`` without a user, as a task, and behind the platform's guard."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
import requests

from healthrelay.local.scheduler import run_scheduler
from tests.household import OWNER_KEY, TODAY, Household
from tests.peers.process import until

WEIGHTS = {"methods": "time_series", "resource": "body/weight", "period": "1w"}
SECONDS = 20


def as_task(household: Household, user: str = "jack") -> requests.Response:
    return household.post("fetch", data={"user": user}, task="0a-fetch-1")


def until_fetched(household: Household, *users: str) -> None:
    log = household.services.store.log
    until(lambda: all(log.head(user) for user in users), SECONDS)


def test_without_a_user_everybody_is_fetched(household: Household) -> None:
    household.connect("jack", **WEIGHTS)
    household.connect("emma", **WEIGHTS)
    household.add("stranger")

    answer = household.get("fetch", {}, OWNER_KEY)

    payload = answer.json()
    assert answer.status_code == 202
    assert (payload["people"], payload["due"], payload["troubles"]) == (3, 2, {})
    until_fetched(household, "jack", "emma")
    again = household.get("fetch", {}, OWNER_KEY)
    assert (again.status_code, again.json()["enqueued"]) == (200, 0)


def test_without_a_user_the_key_is_needed_all_the_same(household: Household) -> None:
    assert household.get("fetch", {}).status_code == 401
    assert household.get("fetch", {"methods": "sleep"}, OWNER_KEY).status_code == 400


def test_task_that_no_repeat_would_heal_is_done_with(household: Household) -> None:
    household.connect(**WEIGHTS)
    household.sandbox.fail("/dataTypes/", status=410)
    switched_off = as_task(household)
    household.add("stranger")
    unknown, not_connected = as_task(household, "nobody"), as_task(household, "stranger")

    for answer in (switched_off, unknown, not_connected):
        assert answer.status_code == 200
        assert answer.json()["who"] in ("owner", "caller", "wearer")
    household.sandbox.fail("/dataTypes/", status=500)
    assert as_task(household).status_code == 503
    household.sandbox.fail("/dataTypes/", status=429)
    assert as_task(household).status_code == 429
    assert as_task(household).json()["added"] > 0


@pytest.mark.parametrize("settings", [{"HEALTHRELAY_GUARD": "iam"}])
def test_behind_the_platforms_guard_its_token_is_enough(household: Household) -> None:
    household.connect(**WEIGHTS)

    assert household.get("fetch", {"user": "jack"}).status_code == 401
    token = "header.claims.SIGNATURE_REMOVED_BY_GOOGLE"
    assert household.get("fetch", {"user": "jack"}, token).status_code == 200
    # Connecting people is the owner's alone.
    assert household.get("auth1", {"user": "jack"}, token).status_code == 401


def test_scheduler_brings_a_new_weight_by_itself(household: Household) -> None:
    household.connect("jack", **WEIGHTS)
    household.sandbox.wearer.weights.clear()
    today = datetime.combine(TODAY, datetime.min.time())
    household.sandbox.wearer.weigh(today - timedelta(days=2), "82.4")

    with run_scheduler(household.services, seconds=0.05):
        until_fetched(household, "jack")
    assert len(household.snapshot()["body-weight"]) == 1
