"""The filter grammar, over HTTP."""

from __future__ import annotations

from datetime import datetime

import pytest

from tests.sandbox.person import GooglePerson, health, reason

CIVIL = "weight.sample_time.civil_time"
PHYSICAL = "weight.sample_time.physical_time"
WAKING = "sleep.interval.civil_end_time"
RESTING, ECG = "daily-resting-heart-rate", "electrocardiogram"


@pytest.fixture
def token(google: GooglePerson) -> str:
    wearer = google.sandbox.wearer
    wearer.weights.clear()
    for at in (
        datetime(2026, 3, 28, 23, 59, 59),
        datetime(2026, 3, 29, 0, 0),
        datetime(2026, 3, 29, 12, 0),
        datetime(2026, 3, 30, 0, 0),
    ):
        wearer.weigh(at, "80")
    scope = health("health_metrics_and_measurements", "activity_and_fitness", "sleep", "ecg")
    return str(google.connect(scope=scope)["access_token"])


@pytest.mark.parametrize(
    ("text", "times"),
    [
        ("", ["22:59:59", "23:00:00", "10:00:00", "22:00:00"]),
        (f'{CIVIL} >= "2026-03-29"', ["23:00:00", "10:00:00", "22:00:00"]),
        (f'{CIVIL} >= "2026-03-29" AND {CIVIL} < "2026-03-30"', ["23:00:00", "10:00:00"]),
        (f'{CIVIL} < "2026-03-29T12:00:00"', ["22:59:59", "23:00:00"]),
        (f'{PHYSICAL} >= "2026-03-29T10:00:00Z"', ["10:00:00", "22:00:00"]),
        (f'{PHYSICAL} < "2026-03-29T12:00:00+02:00"', ["22:59:59", "23:00:00"]),
        (f'{PHYSICAL}>="2026-03-29T10:00:00.000000001Z"', ["10:00:00", "22:00:00"]),
    ],
)
def test_bounds(google: GooglePerson, token: str, text: str, times: list[str]) -> None:
    points = google.points("weight", token, ":reconcile", filter=text).json()["dataPoints"]
    clock_times = [point["weight"]["sampleTime"]["physicalTime"][11:19] for point in points]
    assert clock_times == times[::-1]


OF_WEIGHT = [
    ("_RESTRICTION_COMPARATOR", f'{CIVIL} <= "2026-03-29"'),
    ("_RESTRICTION_COMPARATOR", f'{CIVIL} = "2026-03-29"'),
    ("_CIVIL_DATE_TIME_FORMAT", f'{CIVIL} >= "2026-03-29Z"'),
    ("_CIVIL_DATE_TIME_FORMAT", f'{CIVIL} >= "2026-02-30"'),
    ("", f'{PHYSICAL} >= "2026-03-29"'),
    ("_EXPRESSION_STRUCTURE", f'{CIVIL} >= "2026-03-29" OR {CIVIL} < "2026-03-28"'),
    (
        "_MIXED_TIME_RESTRICTIONS",
        f'{CIVIL} >= "2026-03-29" AND {PHYSICAL} < "2026-03-30T00:00:00Z"',
    ),
    ("_DATA_TYPE_MEMBER", 'weight.interval.start_time >= "2026-03-29T00:00:00Z"'),
    ("_COLLECTION_MISMATCH", 'steps.interval.start_time >= "2026-03-29T00:00:00Z"'),
]
OF_OTHERS = [
    ("body-fat", "", 'body-fat.sample_time.civil_time >= "2026-03-29"'),
    ("body-fat", "", 'bodyFat.sample_time.civil_time >= "2026-03-29"'),
    ("sleep", "_DATA_TYPE_MEMBER", 'sleep.interval.civil_start_time >= "2026-03-29"'),
    ("exercise", "_DATA_TYPE_MEMBER", 'exercise.interval.start_time >= "2026-03-29T00:00:00Z"'),
    (RESTING, "_CIVIL_DATE_TIME_FORMAT", 'daily_resting_heart_rate.date >= "2026-03-29T00:00:00"'),
    (ECG, "_RESTRICTION_COMPARATOR", f'{ECG}.interval.start_time < "2026-03-29T00:00:00Z"'),
]


@pytest.mark.parametrize(
    ("kind", "reason_", "text"), [*(("weight", *case) for case in OF_WEIGHT), *OF_OTHERS]
)
def test_refused(google: GooglePerson, token: str, kind: str, reason_: str, text: str) -> None:
    response = google.points(kind, token, filter=text)
    expected = f"INVALID_DATA_POINT_FILTER{reason_}"
    assert reason(response) == (400, "INVALID_ARGUMENT", expected)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (f"{CIVIL} >= 2026-03-29", "INVALID_FILTER_FORMAT"),
        (f'({CIVIL} >= "2026-03-29")', "INVALID_FILTER_FORMAT"),
        (f'{CIVIL} >= "2026-03-29" and {CIVIL} < "2026-03-30"', "INVALID_FILTER_FORMAT"),
        (f'{CIVIL} >= "2026-03-29" AND', "INVALID_FILTER_FORMAT"),
        (f'{CIVIL} >= "2026-03-29" AND {CIVIL} < "2026-03-29"', "INVALID_TIME_RANGE"),
    ],
)
def test_not_understood(google: GooglePerson, token: str, text: str, expected: str) -> None:
    response = google.points("weight", token, filter=text)
    assert reason(response) == (400, "INVALID_ARGUMENT", expected)


@pytest.mark.parametrize(
    ("kind", "text"),
    [
        (RESTING, 'daily_resting_heart_rate.date >= "2026-03-29"'),
        ("exercise", 'exercise.interval.civil_start_time >= "2026-03-29"'),
        (ECG, 'electrocardiogram.interval.start_time >= "2026-03-29T00:00:00Z"'),
        ("sleep", f'{WAKING} >= "2026-03-29" OR {WAKING} < "2026-03-28"'),
        ("sleep", 'sleep.interval.end_time >= "0001-01-01T00:00:00Z"'),
    ],
)
def test_other_records_have_their_own_members(
    google: GooglePerson, token: str, kind: str, text: str
) -> None:
    assert google.points(kind, token, filter=text).status_code == 200
