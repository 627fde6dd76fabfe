"""A chart's value of a day, found in whatever series a person has."""

from __future__ import annotations

from decimal import Decimal

import pytest

from healthrelay.core.charts.values import MEASURES, Values, daily_values, in_pounds, weight_units
from healthrelay.core.json import Json
from healthrelay.core.measurements.presentation import present
from healthrelay.core.measurements.records import Record, as_stored
from tests.core.charts.given import daily, day, november, record


def values(name: str, *records: Record, system: str = "metric") -> Values:
    return daily_values(MEASURES[name], records, lambda one: present(one, system))


def entry(series: str, when: str, value: Json) -> Record:
    return record(series, when, {"date": when[:10], series: value, "time": when[11:]})


def test_the_daily_weight_counts_before_the_log() -> None:
    found = values(
        "weight",
        entry("weight", "2026-11-27T07:12:00", 83.1),
        entry("weight", "2026-11-26T07:12:00", 82.9),
        daily("body-weight", day(27), "82.6"),
    )

    assert found == november({26: "82.9", 27: "82.6"})


def test_of_several_weighings_of_a_day_the_last_counts() -> None:
    found = values(
        "weight",
        entry("weight", "2026-11-27T22:40:00", 83.4),
        entry("weight", "2026-11-27T07:12:00", 82.6),
    )

    assert found == november({27: "83.4"})


def test_resting_heart_rate_comes_from_the_heart_of_the_day_or_from_its_summary() -> None:
    found = values(
        "heart",
        daily("activities-heart", day(27), {"restingHeartRate": 57, "heartRateZones": []}),
        daily("activities-heart", day(26), {"heartRateZones": []}),
        record("activities-summary", "2026-11-26", {"date": "2026-11-26", "restingHeartRate": 58}),
    )

    assert found == november({26: "58", 27: "57"})


def test_a_true_zero_is_a_value_and_a_day_without_one_is_absent() -> None:
    assert values("steps", daily("activities-steps", day(27), "0")) == november({27: "0"})
    assert values("steps") == {}


@pytest.mark.parametrize(
    "nonsense", [None, True, "", "many", "NaN", "Infinity", "-3", "1e400", 10_000_000, [], {}]
)
def test_what_is_no_number_of_a_person_is_nothing(nonsense: Json) -> None:
    assert values("steps", daily("activities-steps", day(27), nonsense)) == {}


def test_weight_is_given_in_the_units_of_the_household() -> None:
    """82.4 kg are 181.66 lb and 12.976 st: 12 st 13.66 lb."""
    stored = daily("body-weight", day(28), "82.4")

    assert values("weight", stored, system="en_US") == november({28: "181.66"})
    stones = values("weight", stored, system="en_GB")
    assert stones == november({28: "12.976"})
    assert in_pounds(stones) == november({28: "181.664"})
    assert [weight_units(s).symbol for s in ("metric", "en_US", "en_GB", "de_DE")] == [
        "kg",
        "lb",
        "st",
        "kg",
    ]


def test_what_an_earlier_version_stored_is_taken_as_it_is() -> None:
    stored = daily("body-weight", day(28), "82.4")
    assert daily_values(MEASURES["weight"], [stored], as_stored) == {day(28): Decimal("82.4")}
