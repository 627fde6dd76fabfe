"""Roll-ups by civil days and by windows of time."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

import pytest

from sandbox import Day
from tests.sandbox.person import GooglePerson, reason


def civil(day: date, **time: int) -> dict[str, Any]:
    """A civil date and time as the API has them."""
    parts = {"date": {"year": day.year, "month": day.month, "day": day.day}}
    return parts | ({"time": time} if time else {})


def days(first: date, end: date, **more: Any) -> dict[str, Any]:
    return {"range": {"start": civil(first), "end": civil(end)}} | more


def test_daily_totals_in_full(google: GooglePerson, token: str) -> None:
    wearer = google.sandbox.wearer
    wearer.days.clear()
    wearer.days[date(2026, 3, 29)] = Day(steps=8123, millimeters=6012345, kcal=2213, floors=9)
    wearer.days[date(2026, 3, 31)] = Day(steps=0, millimeters=0, kcal=1700)
    span = days(date(2026, 3, 29), date(2026, 4, 1))
    start, end = (civil(date(2026, 3, day)) | {"time": {}} for day in (29, 30))
    zero, busy = google.roll("steps", token, span).json()["rollupDataPoints"]
    steps = {"steps": {"countSum": "8123"}}
    assert busy == {"civilStartTime": start, "civilEndTime": end} | steps
    assert zero["steps"] == {"countSum": "0"}
    distance = google.roll("distance", token, span).json()["rollupDataPoints"]
    assert distance[1]["distance"] == {"millimetersSum": "6012345"}
    floors = google.roll("floors", token, span).json()["rollupDataPoints"]
    assert [point["floors"] for point in floors] == [{"countSum": "9"}]
    calories = google.roll("total-calories", token, span).json()["rollupDataPoints"]
    assert calories[1]["totalCalories"] == {"kcalSum": 2213}


def test_no_data_at_all_is_an_empty_object(google: GooglePerson, token: str) -> None:
    assert google.roll("steps", token, days(date(2010, 1, 1), date(2010, 2, 1))).json() == {}


def test_weights_are_averaged(google: GooglePerson, token: str) -> None:
    wearer = google.sandbox.wearer
    wearer.weights.clear()
    wearer.weigh(datetime(2026, 6, 1, 7, 0), "80.0")
    wearer.weigh(datetime(2026, 6, 1, 21, 0), "80.5")
    span = days(date(2026, 6, 1), date(2026, 6, 2))
    point = google.roll("weight", token, span).json()["rollupDataPoints"][0]
    assert point["weight"] == {"weightGramsAvg": 80250}


def test_windows_of_several_days(google: GooglePerson, token: str) -> None:
    span = days(date(2026, 5, 1), date(2026, 5, 11), windowSizeDays=7)
    points = google.roll("steps", token, span).json()["rollupDataPoints"]
    assert [point["civilEndTime"]["date"]["day"] for point in points] == [11, 8]


def test_windows_of_hours(google: GooglePerson, token: str) -> None:
    google.sandbox.wearer.days[date(2026, 6, 1)] = Day(steps=1500, millimeters=1, kcal=1)
    six, seven, eight = (f"2026-06-01T0{hour}:00:00Z" for hour in (6, 7, 8))
    body = {"range": {"startTime": six, "endTime": eight}, "windowSize": "3600s"}
    assert google.roll("steps", token, body, "rollUp").json()["rollupDataPoints"] == [
        {"startTime": seven, "endTime": eight, "steps": {"countSum": "100"}},
        {"startTime": six, "endTime": seven, "steps": {"countSum": "100"}},
    ]
    short = body | {"windowSize": "0.5s"}
    assert reason(google.roll("steps", token, short, "rollUp"))[2] == "INVALID_ROLLUP_WINDOW"


@pytest.mark.parametrize(("kind", "cap"), [("steps", 90), ("total-calories", 14)])
def test_caps(google: GooglePerson, token: str, kind: str, cap: int) -> None:
    first = date(2026, 1, 1)
    fits = days(first, date.fromordinal(first.toordinal() + cap))
    assert google.roll(kind, token, fits).status_code == 200
    long = google.roll(kind, token, days(first, date.fromordinal(first.toordinal() + cap + 1)))
    assert reason(long) == (400, "INVALID_ARGUMENT", "INVALID_ROLLUP_QUERY_DURATION")
    metadata = long.json()["error"]["details"][0]["metadata"]
    assert metadata["maxDurationDays"] == str(cap)


def test_page_size_counts_against_the_cap(google: GooglePerson, token: str) -> None:
    first, end = date(2026, 5, 1), date(2026, 5, 8)
    big = google.roll("steps", token, days(first, end, pageSize=91))
    assert reason(big)[2] == "INVALID_ROLLUP_QUERY_DURATION"
    small = google.roll("steps", token, days(first, end, pageSize=6))
    assert small.status_code == 400
    assert "page_size too small" in small.json()["error"]["message"]
    assert google.roll("steps", token, days(first, end, pageSize=7)).status_code == 200


FIRST, END = date(2026, 5, 1), date(2026, 5, 8)
INSTANTS = {"startTime": "2026-05-01T00:00:00Z", "endTime": "2026-05-02T00:00:00Z"}


@pytest.mark.parametrize(
    ("op", "body"),
    [
        ("dailyRollUp", None),
        ("dailyRollUp", []),
        ("dailyRollUp", {}),
        ("dailyRollUp", {"range": INSTANTS}),
        ("dailyRollUp", days(END, FIRST)),
        ("dailyRollUp", days(FIRST, FIRST)),
        ("dailyRollUp", days(FIRST, END, window_size_days=1)),
        ("dailyRollUp", days(FIRST, END, windowSizeDays="one")),
        ("dailyRollUp", days(FIRST, END, windowSize="3600s")),
        ("dailyRollUp", days(FIRST, END, filter="")),
        ("dailyRollUp", {"range": {"start": {"year": 2026}, "end": civil(END)}}),
        ("dailyRollUp", {"range": {"start": {"date": "2026-05-01"}, "end": civil(END)}}),
        ("dailyRollUp", {"range": {"start": civil(FIRST, hours=25), "end": civil(END)}}),
        ("rollUp", days(FIRST, END, windowSize="3600s")),
        ("dailyRollUp", days(FIRST, END, pageSize=10**15)),
        ("dailyRollUp", days(FIRST, END, pageToken=7)),
        ("rollUp", {"range": INSTANTS, "windowSize": "60s", "pageSize": 10**15}),
        ("rollUp", {"range": INSTANTS, "windowSize": "9999999999999999s"}),
        ("rollUp", {"range": INSTANTS}),
        ("rollUp", {"range": INSTANTS, "windowSize": 3600}),
        ("rollUp", {"range": INSTANTS | {"endTime": "2026-05-02"}, "windowSize": "60s"}),
    ],
)
def test_malformed_requests(google: GooglePerson, token: str, op: str, body: Any) -> None:
    response = google.roll("steps", token, body, op)
    assert reason(response)[:2] == (400, "INVALID_ARGUMENT")


def test_types_without_roll_ups(google: GooglePerson, token: str) -> None:
    span = days(FIRST, END)
    for kind in ("height", "daily-resting-heart-rate"):
        assert reason(google.roll(kind, token, span))[2] == "UNSUPPORTED_DATA_TYPE_ACTION"
