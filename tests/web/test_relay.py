"""``/relay``: the last snapshot, or the reason why there is none."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest
import requests

from healthrelay.flows.delivery.poll import new_poll_key
from tests.household import OWNER_KEY, Household


@pytest.fixture
def key(household: Household) -> str:
    household.connect(methods="time_series", resource="body/weight,activities/steps")
    household.fetched()
    return new_poll_key("jack", household.services.store.identities)


def test_snapshot_is_the_legacy_shape_under_the_persons_name(
    household: Household, key: str
) -> None:
    answer = household.poll(key=key)

    assert answer.status_code == 200
    assert answer.headers["Content-Type"] == "application/json"
    assert list(answer.json()) == ["jack"]
    assert set(answer.json()["jack"]) == {"body-weight", "activities-steps"}
    first = answer.json()["jack"]["body-weight"][0]
    assert list(first) == ["dateTime", "value"]
    assert isinstance(first["value"], str)


def test_key_may_come_as_bearer(household: Household, key: str) -> None:
    assert household.get("relay", {"user": "jack"}, key).status_code == 200


def test_no_provider_is_asked(household: Household, key: str) -> None:
    household.sandbox.reset()
    household.sandbox.fail(".*", status=500, times=99)

    assert household.poll(key=key).status_code == 200
    assert list(household.sandbox.journal) == []


def test_bytes_stay_the_same_while_nothing_changes(household: Household, key: str) -> None:
    one = household.poll(key=key).content
    household.fetched()

    assert household.poll(key=key).content == one


@pytest.mark.parametrize("wrong", ["", "x", OWNER_KEY, "é", "a" * 1000])
def test_wrong_key(household: Household, key: str, wrong: str) -> None:
    answer = household.get("relay", {"user": "jack", "key": wrong})

    assert answer.status_code == 401
    assert set(answer.json()) == {"error", "who", "cause"}


def test_a_burst_is_answered_as_one_poll_is(household: Household, key: str) -> None:
    """Igor polls several times at once when it starts, and counts anything but 200 as a failure."""
    one = household.poll(key=key)

    with ThreadPoolExecutor(40) as pool:
        answers = list(pool.map(lambda _: household.poll(key=key), range(40)))

    assert {(answer.status_code, answer.content) for answer in answers} == {(200, one.content)}


def test_key_of_somebody_else(household: Household, key: str) -> None:
    household.add("second")
    new_poll_key("second", household.services.store.identities)

    assert household.get("relay", {"user": "second", "key": key}).status_code == 401


def test_new_key_ends_the_old_one(household: Household, key: str) -> None:
    new = new_poll_key("jack", household.services.store.identities)

    assert household.poll(key=key).status_code == 401
    assert household.poll(key=new).status_code == 200


def test_person_without_any_key(household: Household) -> None:
    household.add("jack")

    assert household.get("relay", {"user": "jack", "key": ""}).status_code == 401


def test_unknown_user(household: Household, key: str) -> None:
    assert household.get("relay", {"user": "nobody-here", "key": key}).status_code == 404


@pytest.mark.parametrize("user", ["", "..", "a/b", "jack'", "2fit"])
def test_bad_user_name(household: Household, user: str) -> None:
    assert household.get("relay", {"user": user, "key": "x"}).status_code == 400


def test_nothing_recorded_yet_is_never_an_empty_answer(household: Household) -> None:
    household.add("jack")

    answer = household.poll()

    assert answer.status_code == 503
    assert int(answer.headers["Retry-After"]) > 0
    assert set(answer.json()) == {"error", "who", "cause"}


def test_everything_gone_upstream_is_never_an_empty_answer(household: Household) -> None:
    household.connect(methods="time_series", resource="body/weight")
    household.fetched()
    household.sandbox.wearer.weights.clear()

    assert household.fetched(period="1m")["removed"] > 0
    assert household.poll().status_code == 503


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "OPTIONS"])
def test_relay_may_only_read(household: Household, method: str) -> None:
    answer = requests.request(method, f"{household.url}/relay", timeout=10)

    assert (answer.status_code, answer.headers["Allow"]) == (405, "GET")
