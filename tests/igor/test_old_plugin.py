"""What the old plugin stored, made records."""

from __future__ import annotations

from datetime import date

import pytest

from healthrelay.core.json import Json
from healthrelay.core.measurements.records import Record
from healthrelay.igor.old_plugin import Converted, Units, convert_records

TODAY = date(2026, 6, 3)
POUNDS, KILOS = Units("en_US", "en_US"), Units("en_US", "metric")


def one(series: str, element: dict[str, Json], units: Units = POUNDS) -> Record:
    converted = convert_records(series, [element], units, TODAY)
    assert not converted.left_out
    return converted.records[0]


def test_a_day_keeps_its_text() -> None:
    element: dict[str, Json] = {"dateTime": "2020-01-02", "value": "165.0"}

    assert one("body-weight", element) == Record("body-weight", "2020-01-02", "2020-01-02", element)


@pytest.mark.parametrize(
    ("series", "value", "metric"),
    [
        ("body-weight", "165.3", "74.979"),
        ("activities-distance", "2.5", "4.02336"),
        ("activities-elevation", "10", "3.048"),
        ("foods-log-water", "8", "236.59"),
        ("body-fat", "18.2", "18.2"),
        ("body-bmi", "24.720", "24.720"),
        ("activities-steps", "8042", "8042"),
        ("sleep-startTime", "23:10", "23:10"),
    ],
)
def test_units_follow_the_household(series: str, value: str, metric: str) -> None:
    record = one(series, {"dateTime": "2020-01-01", "value": value}, KILOS)

    assert record.data == {"dateTime": "2020-01-01", "value": metric}


def test_a_log_entry_has_numbers_again() -> None:
    element: dict[str, Json] = {
        "bmi": "23.57",
        "date": "2015-03-05",
        "fat": "14.52",
        "logId": "1330991999000",
        "source": "Aria",
        "time": "23:59:59",
        "weight": "118.2",
    }

    record = one("weight", element, KILOS)

    assert record == Record(
        "weight",
        "1330991999000",
        "2015-03-05T23:59:59",
        {
            "bmi": 23.57,
            "date": "2015-03-05",
            "fat": 14.52,
            "logId": 1330991999000,
            "source": "Aria",
            "time": "23:59:59",
            "weight": 53.615,
        },
    )


def test_a_heart_has_its_lists_again() -> None:
    zone: dict[str, Json] = {"name": "Peak", "min": "160", "max": "220", "minutes": "3"}

    record = one("activities-heart", {"dateTime": "2020-01-01", "value": {"heartRateZones": zone}})

    assert record.data == {
        "dateTime": "2020-01-01",
        "value": {
            "customHeartRateZones": [],
            "heartRateZones": [{"name": "Peak", "min": 160, "max": 220, "minutes": 3}],
        },
    }


ZONE: dict[str, Json] = {"name": "Peak", "minutes": "0"}


@pytest.mark.parametrize(
    ("series", "element", "reason"),
    [
        ("activities-steps", {"dateTime": "2020-01-01", "value": "0"}, "nothing was measured"),
        ("body-weight", {"dateTime": "2020-01-01", "value": "0.0"}, "nothing was measured"),
        ("fat", {"logId": "1", "date": "2020-01-01", "fat": "0"}, "nothing was measured"),
        ("weight", {"logId": "1", "date": "2020-01-01"}, "nothing was measured"),
        (
            "activities-heart",
            {"dateTime": "2020-01-01", "value": {"heartRateZones": [ZONE, ZONE]}},
            "nothing was measured",
        ),
        (
            "body-weight",
            {"dateTime": "2020-01-01", "value": "nan"},
            "not an element of this series",
        ),
        (
            "body-weight",
            {"dateTime": "2020-01-01", "value": "1e999"},
            "not an element of this series",
        ),
        ("body-weight", {"dateTime": "2020-01-01", "value": "x"}, "not an element of this series"),
        (
            "body-weight",
            {"dateTime": "2020-01-01", "value": ["1"]},
            "not an element of this series",
        ),
        ("body-weight", {"dateTime": "2020-01-01"}, "not an element of this series"),
        ("body-weight", {"value": "165.3"}, "not an element of this series"),
        ("body-weight", {"dateTime": "soon", "value": "165.3"}, "not an element of this series"),
        ("weight", {"date": "2020-01-01", "weight": "165"}, "not an element of this series"),
        ("weight", {"logId": {}, "date": "x", "weight": "1"}, "not an element of this series"),
        (
            "activities-heart",
            {"dateTime": "2020-01-01", "value": "60"},
            "not an element of this series",
        ),
        (
            "activities-heart",
            {"dateTime": "2020-01-01", "value": {"heartRateZones": ["Peak"]}},
            "not an element of this series",
        ),
        (
            "body-weight",
            {"dateTime": "1999-01-01", "value": "165.3"},
            "dateTime must lie between 2009-01-01 and today",
        ),
        (
            "body-weight",
            {"dateTime": "2030-01-01", "value": "165.3"},
            "dateTime must lie between 2009-01-01 and today",
        ),
        ("summary", {"steps": "1"}, "healthrelay reads these only from the provider"),
        ("sleep", {"logId": "1"}, "healthrelay reads these only from the provider"),
        ("devices", {"id": "1"}, "healthrelay reads these only from the provider"),
        ("no-such-thing", {"id": "1"}, "healthrelay reads these only from the provider"),
    ],
)
def test_what_is_no_measurement_is_left_out_and_counted(
    series: str, element: dict[str, Json], reason: str
) -> None:
    assert convert_records(series, [element, element], KILOS, TODAY) == Converted((), {reason: 2})


def test_a_bad_element_spoils_no_other() -> None:
    good: dict[str, Json] = {"dateTime": "2020-01-01", "value": "165.3"}

    converted = convert_records(
        "body-weight", ["text", good, {"dateTime": "2020-01-02"}], POUNDS, TODAY
    )

    assert [record.data for record in converted.records] == [good]
    assert converted.left_out == {"not an element of this series": 2}


def test_of_two_for_one_day_the_last_counts() -> None:
    elements: list[Json] = [{"dateTime": "2020-01-01", "value": value} for value in ("165", "166")]

    converted = convert_records("body-weight", elements, POUNDS, TODAY)

    assert [record.data["value"] for record in converted.records] == ["166"]
