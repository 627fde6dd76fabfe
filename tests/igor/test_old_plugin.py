"""What the old plugin stored, made records."""

from __future__ import annotations

from datetime import date

import pytest

from healthrelay.core.json import Json
from healthrelay.core.measurements.records import Record
from healthrelay.igor.old_plugin import Converted, convert_records

TODAY = date(2026, 6, 3)


def one(series: str, element: dict[str, Json], system: str = "metric") -> Record:
    converted = convert_records(series, [element], system, TODAY)
    assert not converted.left_out
    return converted.records[0]


def day(value: Json, on: str = "2020-01-01") -> dict[str, Json]:
    return {"dateTime": on, "value": value}


def test_a_day_keeps_its_text() -> None:
    element = day("165.0", "2020-01-02")

    record = one("body-weight", element)

    assert record == Record("body-weight", "2020-01-02", "2020-01-02", element)


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
def test_units_become_metric(series: str, value: str, metric: str) -> None:
    assert one(series, day(value), "en_US").data == day(metric)


def test_a_log_entry_has_numbers_again() -> None:
    texts: dict[str, Json] = {"date": "2015-03-05", "source": "Aria", "time": "23:59:59"}
    stored: dict[str, Json] = {"bmi": "23.57", "fat": "14.52", "logId": "1330991999000"}
    numbers = {"bmi": 23.57, "fat": 14.52, "logId": 1330991999000, "weight": 53.615}

    record = one("weight", {**texts, **stored, "weight": "118.2"}, "en_US")

    when = "2015-03-05T23:59:59"
    assert record == Record("weight", "1330991999000", when, {**texts, **numbers})


def test_a_heart_has_its_lists_again() -> None:
    zone: dict[str, Json] = {"name": "Peak", "min": "160", "max": "220", "minutes": "3"}

    record = one("activities-heart", day({"heartRateZones": zone}))

    zones: list[Json] = [{"name": "Peak", "min": 160, "max": 220, "minutes": 3}]
    assert record.data == day({"customHeartRateZones": [], "heartRateZones": zones})


ZONE: dict[str, Json] = {"name": "Peak", "minutes": "0"}
NOTHING = "nothing was measured"
ODD = "not an element of this series"
ANOTHER_AGE = "dateTime must lie between 2009-01-01 and today"
NOT_OURS = "healthrelay reads these only from the provider"


@pytest.mark.parametrize(
    ("series", "element", "reason"),
    [
        ("activities-steps", day("0"), NOTHING),
        ("body-weight", day("0.0"), NOTHING),
        ("fat", {"logId": "1", "date": "2020-01-01", "fat": "0"}, NOTHING),
        ("weight", {"logId": "1", "date": "2020-01-01"}, NOTHING),
        ("activities-heart", day({"heartRateZones": [ZONE, ZONE]}), NOTHING),
        ("body-weight", day("nan"), ODD),
        ("body-weight", day("1e999"), ODD),
        ("body-weight", day("x"), ODD),
        ("body-weight", day(["1"]), ODD),
        ("body-weight", {"dateTime": "2020-01-01"}, ODD),
        ("body-weight", {"value": "165.3"}, ODD),
        ("body-weight", day("165.3", "soon"), ODD),
        ("weight", {"date": "2020-01-01", "weight": "165"}, ODD),
        ("weight", {"logId": {}, "date": "x", "weight": "1"}, ODD),
        ("activities-heart", day("60"), ODD),
        ("activities-heart", day({"heartRateZones": ["Peak"]}), ODD),
        ("body-weight", day("165.3", "1999-01-01"), ANOTHER_AGE),
        ("body-weight", day("165.3", "2030-01-01"), ANOTHER_AGE),
        ("summary", {"steps": "1"}, NOT_OURS),
        ("sleep", {"logId": "1"}, NOT_OURS),
        ("devices", {"id": "1"}, NOT_OURS),
        ("no-such-thing", {"id": "1"}, NOT_OURS),
    ],
)
def test_what_is_no_measurement_is_left_out_and_counted(
    series: str, element: dict[str, Json], reason: str
) -> None:
    assert convert_records(series, [element, element], "en_US", TODAY) == Converted((), {reason: 2})


def test_a_bad_element_spoils_no_other() -> None:
    good = day("165.3")
    elements: list[Json] = ["text", good, {"dateTime": "2020-01-02"}]

    converted = convert_records("body-weight", elements, "metric", TODAY)

    assert [record.data for record in converted.records] == [good]
    assert converted.left_out == {ODD: 2}


def test_of_two_for_one_day_the_last_counts() -> None:
    elements: list[Json] = [day("165"), day("166")]

    converted = convert_records("body-weight", elements, "metric", TODAY)

    assert [record.data["value"] for record in converted.records] == ["166"]
