"""The key of a log entry: the number of its point, or one made from the point's whole name."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from healthrelay.adapters.google_health.points import log_id
from tests.adapters.google_health.moving import interval, set_aside

NOON = datetime(2026, 11, 3, 12, tzinfo=UTC)
AT_NOON = 1793707200000
PATH = "users/1/dataTypes/weight/dataPoints/"
NAMES = st.text("abcdefghijklmnopqrstuvwxyz0123456789-", min_size=4, max_size=63)


def key(name: str) -> int:
    return log_id({"dataPointName": PATH + name}, NOON, set())


@pytest.mark.parametrize("name", ["0", "789", "1793707200000", "18446744073709551615"])
def test_a_number_is_the_key_as_before(name: str) -> None:
    replaced: set[str] = set()

    assert log_id({"dataPointName": PATH + name}, NOON, replaced) == int(name)
    assert replaced == set()


@pytest.mark.parametrize(
    ("name", "number", "former"),
    [
        # The first 53 bits that `printf %s users/1/… | sha256sum` prints.
        ("0f3b-uuid", 2025400401125468, AT_NOON),
        ("0123456789", 3202917575076749, 123456789),
        ("1" * 21, 5982714011933577, int("1" * 21)),
    ],
)
def test_any_other_name_gives_a_number_in_place_of_its_former_key(
    name: str, number: int, former: int
) -> None:
    replaced: set[str] = set()

    assert log_id({"name": PATH + name}, NOON, replaced) == number
    assert replaced == {str(former)}


def test_a_point_without_a_name_has_its_instant() -> None:
    assert log_id({}, NOON, set()) == AT_NOON


@given(st.sets(NAMES, max_size=20))
def test_every_name_has_a_key_of_its_own(names: set[str]) -> None:
    keys = {name: key(name) for name in names}

    assert len(set(keys.values())) == len(names)
    assert all(0 <= keys[name] < 2**53 for name in names if not name.isdigit())


def named(kind: str, value: dict[str, Any]) -> Callable[[str], dict[str, Any]]:
    """Return how to make a point of *kind* by its own part of the name."""
    member = "".join(part.capitalize() if n else part for n, part in enumerate(kind.split("-")))
    return lambda name: {
        "dataPointName": f"users/1/dataTypes/{kind}/dataPoints/{name}",
        member: value,
    }


MEAL = interval("2026-11-03T11:00:00Z", "2026-11-03T11:20:00Z")
MIDNIGHT = interval("2026-11-02T23:00:00Z", "2026-11-02T23:00:00Z")
NIGHT = interval("2026-11-02T22:00:00Z", "2026-11-03T05:00:00Z")
BY_HAND = {"sampleTime": {"physicalTime": "2026-11-03T22:59:59Z", "utcOffset": "3600s"}}
OF_ONE_INSTANT = {
    "foods": ("nutrition-log", {"interval": MEAL, "energy": {"kcal": 120}}),
    "water": ("hydration-log", {"interval": MIDNIGHT, "amountConsumed": {"milliliters": 250}}),
    "activities": ("exercise", {"interval": MEAL, "exerciseType": "RUNNING"}),
    "sleep": ("sleep", {"interval": NIGHT, "type": "CLASSIC"}),
    "weight": ("weight", {**BY_HAND, "weightGrams": 82400}),
    "fat": ("body-fat", {**BY_HAND, "percentage": 18.4}),
    "glucose": ("blood-glucose", {**BY_HAND, "bloodGlucoseMilligramsPerDeciliter": 91}),
}


@pytest.mark.parametrize("series", OF_ONE_INSTANT)
def test_all_that_share_an_instant_are_given_out(series: str) -> None:
    kind, value = OF_ONE_INSTANT[series]
    point = named(kind, value)
    points = [point("dish-a"), point("dish-b"), point("1234"), point("dish-c")]

    result = set_aside(series, {f"{kind}:reconcile": points})
    turned = set_aside(series, {f"{kind}:reconcile": points[::-1]})

    keys = [element["logId"] for element in result.elements]
    assert len(set(keys)) == 4
    assert 1234 in keys
    assert len(result.replaced) == 1, "three points had the instant they share"
    assert turned.elements == result.elements, "the order of an answer means nothing"
    assert all(one != other for one, other in pairwise(keys))
