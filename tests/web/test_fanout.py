"""``/fetch`` without a user, as a task, and behind the platform's guard."""

from __future__ import annotations

import base64
import json
from datetime import datetime, timedelta
from typing import Any

import pytest
import requests

from healthrelay.local.scheduler import run_scheduler
from tests.household import OWNER_KEY, START, TODAY, Household
from tests.peers.process import until

WEIGHTS = {"methods": "time_series", "resource": "body/weight", "period": "1w"}
SECONDS = 20
ON_PLATFORM = {
    "K_SERVICE": "fetch",
    "HEALTHRELAY_GUARD": "iam",
    "HEALTHRELAY_TASKS_ACCOUNT": "healthrelay-invoker@p.iam.gserviceaccount.com",
}


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


@pytest.mark.parametrize("settings", [ON_PLATFORM])
def test_behind_the_platforms_guard_its_token_is_enough(household: Household) -> None:
    household.connect(**WEIGHTS)
    token = identity_token(claims(household))

    assert household.get("fetch", {"user": "jack"}).status_code == 401
    assert household.get("fetch", {"user": "jack"}, OWNER_KEY).status_code == 401
    assert household.get("fetch", {"user": "jack"}, token).status_code == 200
    # Connecting people is the owner's alone.
    assert household.get("auth1", {"user": "jack"}, token).status_code == 401


@pytest.mark.parametrize("settings", [ON_PLATFORM])
@pytest.mark.parametrize(
    ("other", "words"),
    [
        ({"email": "somebody@example.org"}, "an account that may not call"),
        ({"email": ["healthrelay-invoker@p.iam.gserviceaccount.com"]}, "may not call"),
        ({"email": None}, "may not call"),
        ({"email_verified": False}, "may not call"),
        ({"email_verified": "true"}, "may not call"),
        ({"aud": "https://relay.example/fetch"}, "another function"),
        ({"aud": None}, "another function"),
        ({"exp": int(START.timestamp()) - 301}, "expired"),
        ({"exp": "4102444800"}, "expired"),
        ({"exp": None}, "expired"),
    ],
)
def test_a_token_that_the_platform_let_through_must_be_for_us(
    household: Household, other: dict[str, Any], words: str
) -> None:
    token = identity_token(claims(household) | other)

    answer = household.get("fetch", {"user": "jack"}, token)

    assert (answer.status_code, words in answer.json()["error"]) == (401, True), answer.text


@pytest.mark.parametrize("settings", [ON_PLATFORM])
def test_a_token_is_for_one_function(household: Household) -> None:
    token = identity_token(claims(household))

    assert household.get("fetch", {"user": "nobody"}, token).status_code == 404
    assert household.get("fetch?health", bearer=token).status_code == 200
    assert household.get("deliver", bearer=token).status_code == 401
    assert household.get("deliver?health", bearer=token).status_code == 401


@pytest.mark.parametrize("settings", [ON_PLATFORM])
@pytest.mark.parametrize(
    "token", ["x", "a.b", "a.b.c", "..", "a.e30.c", "a.W10.c", "a.bnVsbA.c", f"a.{'W1tb' * 900}.c"]
)
def test_what_is_no_token_opens_nothing(household: Household, token: str) -> None:
    assert household.get("fetch", {"user": "jack"}, token).status_code == 401


def claims(household: Household) -> dict[str, Any]:
    """Return what Google says of the account that calls, in a token for fetch."""
    return {
        "iss": "https://accounts.google.com",
        "aud": f"{household.url}/fetch",
        "email": ON_PLATFORM["HEALTHRELAY_TASKS_ACCOUNT"],
        "email_verified": True,
        "exp": int(household.services.now().timestamp()) + 3600,
    }


def identity_token(claims: dict[str, Any]) -> str:
    """Return a token as it comes through the platform."""
    payload = base64.urlsafe_b64encode(json.dumps(claims).encode()).decode().rstrip("=")
    return f"header.{payload}.SIGNATURE_REMOVED_BY_GOOGLE"


def test_scheduler_brings_a_new_weight_by_itself(household: Household) -> None:
    household.connect("jack", **WEIGHTS)
    household.sandbox.wearer.weights.clear()
    today = datetime.combine(TODAY, datetime.min.time())
    household.sandbox.wearer.weigh(today - timedelta(days=2), "82.4")

    with run_scheduler(household.services, seconds=0.05):
        until_fetched(household, "jack")
    assert len(household.snapshot()["body-weight"]) == 1
