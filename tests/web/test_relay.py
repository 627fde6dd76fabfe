"""``/relay``: the last snapshot, or the reason why there is none."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest

from tests.household import OWNER_KEY, Clock, Household


@pytest.fixture
def key(household: Household) -> str:
    household.connect(methods="time_series", resource="body/weight,activities/steps")
    household.fetched()
    return household.poll_key()


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


@pytest.mark.parametrize(
    ("user", "wrong", "status"),
    [
        ("jack", "", 401),
        ("jack", "x", 401),
        ("jack", OWNER_KEY, 401),
        ("jack", "é", 401),
        ("jack", "a" * 1000, 401),
        ("keyless", "", 401),
        ("keyless", "of jack", 401),
        ("second", "of jack", 401),
        ("nobody-here", "of jack", 401),
        ("", "x", 400),
        ("..", "x", 400),
        ("a/b", "x", 400),
        ("jack'", "x", 400),
        ("2fit", "x", 400),
    ],
)
def test_who_may_not_poll(
    household: Household, key: str, user: str, wrong: str, status: int
) -> None:
    household.add("keyless")
    household.add("second")
    household.poll_key("second")

    answer = household.poll(user, key if wrong == "of jack" else wrong)

    assert answer.status_code == status
    assert set(answer.json()) == {"error", "who", "cause"}


def test_a_burst_is_answered_as_one_poll_is(household: Household, key: str) -> None:
    """Igor polls several times at once when it starts, and counts anything but 200 as a failure."""
    one = household.poll(key=key)

    with ThreadPoolExecutor(40) as pool:
        answers = list(pool.map(lambda _: household.poll(key=key), range(40)))

    assert {(answer.status_code, answer.content) for answer in answers} == {(200, one.content)}


def test_new_key_ends_the_old_one(household: Household, key: str) -> None:
    new = household.poll_key()

    assert household.poll(key=key).status_code == 401
    assert household.poll(key=new).status_code == 200


def test_nothing_recorded_yet_is_never_an_empty_answer(household: Household) -> None:
    household.add("jack")

    answer = household.poll()

    assert answer.status_code == 503
    assert int(answer.headers["Retry-After"]) > 0
    assert set(answer.json()) == {"error", "who", "cause"}


def test_everything_gone_upstream_is_never_an_empty_answer(
    household: Household, household_clock: Clock
) -> None:
    household.connect(methods="time_series", resource="body/weight")
    del household.sandbox.wearer.weights[:-2]
    household.fetched()
    household.sandbox.wearer.weights.clear()

    assert household.fetched()["removed"] == 0
    assert household.poll().status_code == 200
    household_clock.advance(hours=1)
    assert household.fetched()["removed"] > 0
    assert household.poll().status_code == 503
