"""What becomes of the legacy API's answers: days without data are absent, the rest stays."""

from __future__ import annotations

from typing import Any

import pytest

from tests.adapters.fitbit_rows.converting import converted, set_aside
from tests.adapters.reading import values

STEPS, TRACKER, IN_BED = "activities-steps", "activities-tracker-steps", "sleep-timeInBed"


@pytest.mark.parametrize(
    ("series", "companion"),
    [
        ("activities-calories", STEPS),
        ("activities-caloriesBMR", STEPS),
        ("activities-tracker-distance", TRACKER),
        ("sleep-minutesToFallAsleep", IN_BED),
        ("sleep-awakeningsCount", IN_BED),
    ],
)
def test_a_zero_is_true_where_the_companion_says_that_the_day_counts(
    series: str, companion: str
) -> None:
    raw = {series: values(d2="0", d3="0", d4="9"), companion: values(d2="8123", d3="0", d4="12")}

    assert converted(series, raw) == values(d2="0", d4="9")


def test_minutes_count_on_days_with_steps_and_with_sedentary_minutes() -> None:
    raw = {
        "activities-minutesVeryActive": values(d2="0", d3="0", d4="0", d5="22"),
        STEPS: values(d2="8123", d3="8123", d4="0", d5="12"),
        "activities-minutesSedentary": values(d2="700", d3="0", d4="1440", d5="700"),
    }

    assert converted("activities-minutesVeryActive", raw) == values(d2="0", d5="22")


def test_what_the_server_writes_for_a_device_in_a_drawer_is_nothing() -> None:
    still = values(d2="0")

    for series, value in (("activities-calories", "1620"), ("activities-minutesSedentary", "1440")):
        assert converted(series, {series: values(d2=value), STEPS: still}) == []


@pytest.mark.parametrize(
    "series",
    [
        *(STEPS, TRACKER, IN_BED),
        *("activities-floors", "activities-tracker-elevation", "foods-log-caloriesIn"),
    ],
)
def test_some_decide_for_themselves(series: str) -> None:
    assert converted(series, {series: values(d2="0", d3="250", d4="0")}) == values(d3="250")


def test_no_sleep_began_at_no_time() -> None:
    raw = {"sleep-startTime": values(d2="", d3="23:40"), IN_BED: values(d2="0", d3="450")}

    assert converted("sleep-startTime", raw) == values(d3="23:40")


ZONE = {"max": 104, "min": 30, "name": "Out of Range"}


@pytest.mark.parametrize(
    ("value", "counts"),
    [
        ({"customHeartRateZones": [], "heartRateZones": [ZONE]}, False),
        ({"customHeartRateZones": [], "heartRateZones": [{**ZONE, "minutes": 0}]}, False),
        ({"customHeartRateZones": [], "heartRateZones": [{**ZONE, "minutes": 900}]}, True),
        ({"customHeartRateZones": [], "heartRateZones": [ZONE], "restingHeartRate": 57}, True),
    ],
)
def test_a_heart_counts_that_was_measured(value: dict[str, Any], counts: bool) -> None:
    day = values(d2=value)

    assert converted("activities-heart", {"activities-heart": day}) == (day if counts else [])


def test_zone_minutes_of_zero_are_absent() -> None:
    series = "activities-active-zone-minutes"
    none, some = ({"activeZoneMinutes": n, "fatBurnActiveZoneMinutes": n} for n in (0, 15))

    assert converted(series, {series: values(d2=none, d3=some)}) == values(d3=some)


def test_minutes_in_which_nothing_happened_are_absent() -> None:
    dataset = [
        {"level": 0, "mets": 10, "time": "00:00:00", "value": 0},
        {"level": 2, "mets": 34, "time": "08:01:00", "value": 12},
    ]
    quarters = {"datasetInterval": 15, "datasetType": "minute"}
    raw = {
        "points of steps 15min": [
            {**quarters, "dataset": dataset, "dateTime": "2026-11-02"},
            {**quarters, "dataset": dataset, "dateTime": "2026-11-03"},
            {**quarters, "dataset": dataset[:1], "dateTime": "2026-11-04"},
        ],
        STEPS: values(d2="12", d3="0", d4="12"),
    }

    walked = [{"time": "08:01:00", "value": 12}]
    assert converted("activities-steps-intraday", raw, "15min") == [
        {**quarters, "dataset": walked, "dateTime": "2026-11-02"}
    ]


def test_a_heart_in_seconds_needs_no_steps() -> None:
    seconds = {"datasetInterval": 1, "datasetType": "second"}
    points = [{**seconds, "dateTime": "2026-11-02", "dataset": [{"time": "00:00:10", "value": 63}]}]

    assert (
        converted("activities-heart-intraday", {"points of heart 1sec": points}, "1sec") == points
    )


def test_one_answer_fills_a_log_and_a_summary() -> None:
    run = {"logId": 789, "startDate": "2026-11-02", "startTime": "18:05", "name": "Run"}
    days = [
        {"date": "2026-11-02", "activities": [run], "goals": {}, "summary": {"steps": 8123}},
        {"date": "2026-11-03", "activities": [], "goals": {}, "summary": {"steps": 0}},
    ]
    raw = {"day of activities": days}

    assert converted("activities", raw) == [run]
    assert converted("activities-summary", raw) == [{"date": "2026-11-02", "steps": 8123}]


def test_sleep() -> None:
    night = {"logId": 456, "dateOfSleep": "2026-11-02", "timeInBed": 450}
    days = [
        {"date": "2026-11-02", "sleep": [night], "summary": {"totalTimeInBed": 450}},
        {"date": "2026-11-03", "sleep": [], "summary": {"totalTimeInBed": 0}},
    ]
    raw = {"day of sleep": days}

    assert converted("sleep", raw) == [night]
    assert converted("sleep-summary", raw) == [{"date": "2026-11-02", "totalTimeInBed": 450}]


def test_food() -> None:
    soup = {"logId": 81, "logDate": "2026-11-02", "loggedFood": {"name": "Soup"}}
    days = [
        {"date": "2026-11-02", "foods": [soup], "summary": {"calories": 320, "water": 0}},
        {"date": "2026-11-03", "foods": [soup], "summary": {"calories": 320, "water": 250}},
        {"date": "2026-11-04", "foods": [], "summary": {"calories": 0, "water": 250}},
    ]
    raw = {"day of foods_log": days}

    assert converted("foods", raw) == [soup, soup]
    assert converted("foods-summary", raw) == [
        {"date": "2026-11-02", "calories": 320},
        {"date": "2026-11-03", "calories": 320, "water": 250},
    ]


def test_water_gets_its_day() -> None:
    days = [
        {"date": "2026-11-02", "water": [{"amount": 250, "logId": 7}], "summary": {"water": 250}},
        {"date": "2026-11-03", "water": [], "summary": {"water": 0}},
    ]
    raw = {"day of foods_log_water": days}

    assert converted("water", raw) == [{"date": "2026-11-02", "amount": 250, "logId": 7}]
    assert converted("water-summary", raw) == [{"date": "2026-11-02", "water": 250}]


def test_girths_that_nobody_took_are_absent() -> None:
    body = {"bicep": 0, "bmi": 24.66, "fat": 0, "weight": 82.4}
    days = [
        {"date": "2026-11-02", "body": body, "goals": {"weight": 80}},
        {"date": "2026-11-03", "body": {"bicep": 0, "weight": 0}},
    ]

    assert converted("body", {"day of body": days}) == [
        {"date": "2026-11-02", "bmi": 24.66, "weight": 82.4}
    ]


def test_an_empty_list_of_features_is_left_out() -> None:
    devices = [
        {"id": "1", "features": [], "type": "SCALE"},
        {"id": "2", "features": ["STEPS"], "type": "TRACKER"},
    ]

    assert converted("devices", {"devices": devices}) == [{"id": "1", "type": "SCALE"}, devices[1]]


@pytest.mark.parametrize(
    ("series", "raw"),
    [
        ("activities-steps", {STEPS: [{"dateTime": "2026-11-02"}]}),
        ("activities-steps", {STEPS: values(d2="many")}),
        ("activities-distance", {"activities-distance": values(d2=None), STEPS: values(d2="9")}),
        ("activities-heart", {"activities-heart": values(d2="57")}),
        ("activities-summary", {"day of activities": [{"date": "2026-11-02"}]}),
        ("sleep", {"day of sleep": [{"date": "2026-11-02", "sleep": ["all night"]}]}),
        ("foods-summary", {"day of foods_log": [{"date": "2026-11-02", "summary": []}]}),
        ("water", {"day of foods_log_water": [{"date": "2026-11-02", "water": None}]}),
        ("devices", {"devices": ["a scale"]}),
        ("weight", {"weight": ["82.4"]}),
    ],
)
def test_unknown_shape_is_told_and_not_read_as_nothing(series: str, raw: Any) -> None:
    result = set_aside(series, raw)

    assert result.elements == []
    assert sum(result.odd.values()) == 1


GOOD, ODD = "2026-11-02", "2026-11-03"
POINT = {"time": "07:00:00", "value": 12}
MINUTES = {"dataset": [POINT], "datasetInterval": 1, "datasetType": "minute"}
RATES = {"value": {"heartRateZones": [], "restingHeartRate": 57}}


@pytest.mark.parametrize(
    ("series", "source", "good", "odd"),
    [
        ("weight", "weight", {"date": GOOD, "logId": 7}, None),
        ("body-weight", "body-weight", *values(d2="82.4", d3="NaN")),
        ("body-weight", "body-weight", *values(d2="82.4", d3=None)),
        ("activities-steps", STEPS, *values(d2="9", d3="many")),
        ("activities-steps", STEPS, *values(d2="9", d3=None)),
        ("activities-heart", "activities-heart", {"dateTime": GOOD, **RATES}, {"dateTime": ODD}),
        ("devices", "devices", {"id": "1"}, ["a scale"]),
        ("friends", "friends", {"user": {"encodedId": "B2"}}, {"user": None}),
        ("body", "day of body", {"date": GOOD, "body": {"fat": 7}}, {"date": ODD, "body": 7}),
    ],
)
def test_one_odd_element_takes_no_other_with_it(
    series: str, source: str, good: Any, odd: Any
) -> None:
    result = set_aside(series, {source: [good, odd]})

    assert result.elements == converted(series, {source: [good]})
    day = ODD if isinstance(odd, dict) and series != "friends" else ""
    assert result.odd == {day: 1}


def test_one_odd_entry_leaves_the_others_of_its_day() -> None:
    days = [{"date": GOOD, "water": ["a glass", {"amount": 250, "logId": 7}, None]}]

    result = set_aside("water", {"day of foods_log_water": days})

    assert result.elements == [{"date": GOOD, "amount": 250, "logId": 7}]
    assert result.odd == {GOOD: 2}


def test_one_odd_minute_leaves_the_others_of_its_day() -> None:
    dataset = [POINT, {"time": "07:01:00", "value": "NaN"}, {"value": 3}, "noon"]
    days = [{"dateTime": GOOD, **MINUTES, "dataset": dataset}]
    raw = {"points of heart 1min": days}

    result = set_aside("activities-heart-intraday", raw)

    assert result.elements == [{"dateTime": GOOD, **MINUTES}]
    assert result.odd == {GOOD: 3}


@pytest.mark.parametrize(
    ("odd", "day"),
    [
        *(({"dateTime": ODD, "value": value}, ODD) for value in ("NaN", "many", None)),
        ({"value": "NaN"}, ""),
        (None, ""),
    ],
)
@pytest.mark.parametrize("series", ["activities-distance", "activities-calories"])
def test_an_odd_companion_is_not_idle(series: str, odd: Any, day: str) -> None:
    """A day that it says is idle stays so, and a zero has nobody who says that it is true."""
    steps = [*values(d2="9", d4="0"), odd]
    raw = {series: values(d2="1.2", d3="3.4", d4="5.6"), STEPS: steps}

    result = set_aside(series, raw)

    assert result.elements == values(d2="1.2", d3="3.4")
    assert result.odd == {day: 1}
    assert set_aside(series, {series: values(d3="0"), STEPS: steps}).elements == []


def test_minutes_stay_beside_an_odd_companion() -> None:
    raw = {"points of steps 1min": [{"dateTime": ODD, **MINUTES}], STEPS: values(d3="NaN")}

    assert set_aside("activities-steps-intraday", raw).elements == [{"dateTime": ODD, **MINUTES}]
