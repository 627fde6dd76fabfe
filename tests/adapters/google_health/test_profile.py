"""The wearer's profile, put together from five answers."""

from __future__ import annotations

from typing import Any

import pytest

from healthrelay.adapters.google_health.rows import QUESTIONS
from healthrelay.core.measurements.catalogue import EPOCH
from healthrelay.core.measurements.reads import Read
from tests.adapters.google_health.moving import assert_unknown, converted, tolerated

IDENTITY = {"name": "users/me/identity", "healthUserId": "111", "legacyUserId": "A1B2C3"}
PROFILE = {
    "name": "users/me/profile",
    "age": 41,
    "membershipStartDate": {"year": 2015, "month": 3, "day": 2},
    "autoWalkingStrideLengthMm": 740,
    "autoRunningStrideLengthMm": 1010,
}
SETTINGS = {
    "timeZone": "Europe/Amsterdam",
    "utcOffset": "3600s",
    "languageLocale": "nl_NL",
    "weightUnit": "WEIGHT_UNIT_KILOGRAMS",
}


def sample(kind: str, at: str, **value: Any) -> dict[str, Any]:
    return {kind: {"sampleTime": {"physicalTime": at, "utcOffset": "3600s"}, **value}}


def answers(**changes: Any) -> dict[str, Any]:
    return {
        "/identity": [IDENTITY],
        "/profile": [PROFILE],
        "/settings": [SETTINGS],
        "height:reconcile": [sample("height", "2015-03-02T08:00:00Z", heightMillimeters="1780")],
        "weight": [
            sample("weight", "2026-11-01T06:12:00Z", weightGrams=71200),
            sample("weight", "2026-10-01T06:12:00Z", weightGrams=73000),
        ],
        **changes,
    }


def test_profile_of_a_metric_household() -> None:
    assert converted("user", answers()) == [
        {
            "encodedId": "A1B2C3",
            "age": 41,
            "memberSince": "2015-03-02",
            "timezone": "Europe/Amsterdam",
            "offsetFromUTCMillis": 3_600_000,
            "locale": "nl_NL",
            "weightUnit": "METRIC",
            "height": 178,
            "weight": 71.2,
            "strideLengthWalking": 74,
            "strideLengthRunning": 101,
        }
    ]


@pytest.mark.parametrize(
    ("system", "height", "weight", "stride"),
    [("en_US", 70.1, 156.97, 29.1), ("en_GB", 178, 11.212, 74), ("metric", 178, 71.2, 74)],
)
def test_units_are_the_households(system: str, height: float, weight: float, stride: float) -> None:
    (user,) = converted("user", answers(), system=system)

    assert (user["height"], user["weight"]) == (height, weight)
    assert user["strideLengthWalking"] == stride
    assert user["weightUnit"] == "METRIC"


def test_what_nobody_told_is_absent() -> None:
    nothing = {"/profile": [{}], "/settings": [{}], "height:reconcile": [], "weight": []}

    assert converted("user", answers(**nothing)) == [{"encodedId": "A1B2C3"}]


@pytest.mark.parametrize("parts", [{}, {"month": 3}])
def test_a_year_is_no_day(parts: dict[str, int]) -> None:
    (user,) = converted(
        "user",
        answers(**{"/profile": [{"age": 41, "membershipStartDate": {"year": 2015, **parts}}]}),
    )

    assert user["age"] == 41
    assert "memberSince" not in user


def test_unit_that_is_none_of_ours_is_absent() -> None:
    (user,) = tolerated("user", answers(**{"/settings": [{"weightUnit": "WEIGHT_UNIT_CATTY"}]}))

    assert "weightUnit" not in user


def test_the_newest_weight_needs_no_days() -> None:
    request = QUESTIONS["weight"].request(Read("weight", EPOCH, EPOCH), "")

    assert request.path == "/dataTypes/weight/dataPoints?pageSize=10000"


@pytest.mark.parametrize(
    "changes",
    [
        {"/profile": [{"autoWalkingStrideLengthMm": "long"}]},
        {"/settings": [{"utcOffset": "an hour"}]},
        {"/identity": ["ZZ9ZZ9"]},
        {"weight": [{"weight": {"weightGrams": 71200}}]},
    ],
)
def test_unknown_shape_is_told_and_not_read_as_nothing(changes: dict[str, Any]) -> None:
    assert_unknown("user", answers(**changes))
