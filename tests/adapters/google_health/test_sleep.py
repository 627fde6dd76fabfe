"""Sleep: the log of sessions, on the day of waking up."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from healthrelay.adapters.google_health.rows import QUESTIONS
from healthrelay.core.measurements.reading import parse
from healthrelay.core.measurements.reads import Read
from tests.adapters.google_health.moving import (
    MONDAY,
    SUNDAY,
    assert_unknown,
    converted,
    interval,
    set_aside,
    tolerated,
)
from tests.adapters.google_health.sleeping import SOURCE, nap, night, noticed, session, stage


def log(*points: Any, **options: Any) -> Any:
    return converted("sleep", {SOURCE: list(points)}, **options)


def test_nights_are_asked_for_by_the_day_they_end_and_25_at_a_time() -> None:
    request = QUESTIONS[SOURCE].request(Read(SOURCE, MONDAY, SUNDAY), "")

    assert request.path == (
        "/dataTypes/sleep/dataPoints:reconcile?pageSize=25"
        "&filter=sleep.interval.civil_end_time%20%3E%3D%20%222026-11-02%22"
        "%20AND%20sleep.interval.civil_end_time%20%3C%20%222026-11-09%22"
    )


def test_a_night_with_stages() -> None:
    (element,) = log(night())

    minutes = element.pop("minuteData")
    assert [minutes[0], minutes[4], minutes[-1]] == [
        {"dateTime": "23:40:00", "value": "1"},
        {"dateTime": "06:08:00", "value": "3"},
        {"dateTime": "06:09:00", "value": "3"},
    ]
    assert element == {
        "logId": 456,
        "dateOfSleep": "2026-11-03",
        "startTime": "2026-11-02T23:40:00.000",
        "endTime": "2026-11-03T06:10:00.000",
        "duration": 23_400_000,
        "timeInBed": 390,
        "minutesAsleep": 341,
        "minutesAwake": 49,
        "minutesToFallAsleep": 0,
        "minutesAfterWakeup": 2,
        "awakeningsCount": 21,
        "efficiency": 87,
        "isMainSleep": True,
        "type": "stages",
        "awakeCount": 21,
        "awakeDuration": 49,
        "restlessCount": 0,
        "restlessDuration": 0,
        "levels": {
            "data": [
                {"dateTime": "2026-11-02T23:40:00.000", "level": "light", "seconds": 150},
                {"dateTime": "2026-11-02T23:42:30.000", "level": "deep", "seconds": 90},
                {"dateTime": "2026-11-03T06:08:00.000", "level": "wake", "seconds": 120},
            ],
            "summary": {
                "deep": {"count": 4, "minutes": 70},
                "light": {"count": 9, "minutes": 271},
                "wake": {"count": 21, "minutes": 49},
            },
        },
    }


def test_a_classic_nap_is_counted_from_its_stages() -> None:
    (element,) = log(nap())

    assert [minute["value"] for minute in element["minuteData"]] == ["1"] * 28 + ["2", "3"]
    assert element["minuteData"][28]["dateTime"] == "14:28:00"
    assert element["levels"]["summary"] == {
        "asleep": {"count": 1, "minutes": 28},
        "restless": {"count": 1, "minutes": 1},
        "awake": {"count": 1, "minutes": 1},
    }
    # To stir is an awakening, and no sleep: `tests/recorded_sleep.py`.
    assert (element["awakeningsCount"], element["restlessDuration"]) == (2, 1)
    assert (element["minutesAwake"], element["efficiency"]) == (2, 93)
    assert (element["type"], element["isMainSleep"]) == ("classic", False)
    assert (element["minutesToFallAsleep"], element["minutesAfterWakeup"]) == (0, 0)


def test_sessions_are_told_in_their_order() -> None:
    assert [element["logId"] for element in log(nap(), night())] == [456, 457]


def test_a_session_without_stages_is_corrected_later() -> None:
    (early,), _ = parse("sleep", log(noticed(minutesInSleepPeriod="390", minutesAsleep="390")))
    (late,), _ = parse("sleep", log(night()))

    assert dict(early.data) == {
        "logId": 456,
        "dateOfSleep": "2026-11-03",
        "startTime": "2026-11-02T23:40:00.000",
        "endTime": "2026-11-03T06:10:00.000",
        "duration": 23_400_000,
        "timeInBed": 390,
        "minutesAsleep": 390,
        "efficiency": 100,
        "isMainSleep": True,
        "type": "stages",
    }
    assert early.name == late.name
    assert early.when == late.when == "2026-11-03"


def test_what_google_does_not_know_yet_is_not_zero() -> None:
    (element,) = log(noticed())

    assert element["timeInBed"] == 390
    assert not element.keys() & {"minutesAsleep", "minutesAwake", "efficiency", "levels"}


def test_a_session_is_booked_where_its_wearer_woke_up() -> None:
    flown = interval("2026-11-03T02:00:00Z", "2026-11-03T05:30:00Z")

    (element,) = log(session(interval={**flown, "endUtcOffset": "-21600s"}))

    assert element["dateOfSleep"] == "2026-11-02"
    assert element["startTime"] == "2026-11-03T03:00:00.000"
    assert element["endTime"] == "2026-11-02T23:30:00.000"
    assert element["duration"] == 12_600_000


def test_zone_is_the_accounts_where_a_session_has_no_offset() -> None:
    times = interval("2026-11-02T22:40:00Z", "2026-11-02T23:30:00Z", offset=None)

    assert log(session(interval=times))[0]["dateOfSleep"] == "2026-11-03"
    assert log(session(interval=times), zone=None)[0]["dateOfSleep"] == "2026-11-02"


def test_minutes_follow_the_clock_that_goes_back() -> None:
    begin, change, end = (f"2026-10-25T{time}:00Z" for time in ("00:58", "01:00", "01:02"))
    span = {**interval(begin, end), "startUtcOffset": "7200s"}
    stages = [stage("LIGHT", begin, change, "7200s"), stage("REM", change, end)]

    (element,) = log(session(interval=span, type="STAGES", stages=stages))

    times = [minute["dateTime"] for minute in element["minuteData"]]
    assert times == ["02:58:00", "02:59:00", "02:00:00", "02:01:00"]
    assert element["duration"] == 240_000


def test_a_stage_that_v1_had_no_number_for_has_no_minutes() -> None:
    dream = stage("DREAM", "2026-11-02T22:40:00Z", "2026-11-02T22:42:00Z")

    (element,) = tolerated("sleep", {SOURCE: [session(type="STAGES", stages=[dream])]})

    assert element["minuteData"] == []
    assert element["levels"]["data"][0]["level"] == "dream"


SUMMARY = {"minutesInSleepPeriod": "390", "minutesAsleep": "341", "minutesAwake": "49"}


@pytest.mark.parametrize(
    ("end", "summary", "given"),
    [
        # It is noon: three hours ago it was nine.
        ("2026-11-09T09:00:00Z", None, True),
        ("2026-11-09T09:00:01Z", None, False),
        ("2026-11-09T09:00:01Z", {}, False),
        ("2026-11-09T11:59:00Z", SUMMARY, True),
        (None, None, False),
        (None, SUMMARY, False),
    ],
)
def test_a_session_in_progress_is_given_out_when_it_is_known_to_be_over(
    end: str | None, summary: dict[str, str] | None, given: bool
) -> None:
    times = {"startTime": "2026-11-09T03:00:00Z", "startUtcOffset": "3600s"}
    times |= {} if end is None else {"endTime": end, "endUtcOffset": "3600s"}
    value: dict[str, Any] = {} if summary is None else {"summary": summary}
    days = (date(2026, 11, 3), date(2026, 11, 9))
    asleep = session("458", interval=times, **value)

    # The night before stands, and nobody is told of anything odd.
    elements = tolerated("sleep", {SOURCE: [asleep, night()]}, days=days)

    assert [element["logId"] for element in elements] == [456, 458][: 1 + given]


def test_what_is_known_of_a_day_stays_while_its_session_settles() -> None:
    settling = session(interval=interval("2026-11-09T03:00:00Z", "2026-11-09T10:00:00Z"))
    begun = session(interval={"startTime": "2026-11-09T03:00:00Z"})

    assert set_aside("sleep", {SOURCE: [settling, begun]}).unsure == {"2026-11-09"}


@pytest.mark.parametrize(
    "point",
    [
        {"nap": {}},
        {"sleep": {"type": "STAGES"}},
        session(interval={"endTime": "2026-11-03T05:10:00Z"}),
        session(interval=interval("yesterday", "today")),
        session(interval=interval("2026-11-03T05:10:00Z", "2026-11-02T22:40:00Z")),
        session(summary={"minutesAsleep": "many"}),
        session(summary=["390"]),
        session(metadata="processed"),
        session(stages=[{"type": "LIGHT"}]),
        session(summary={"stagesSummary": [{"minutes": "70"}]}),
        "asleep",
    ],
)
def test_unknown_shape_is_told_and_not_read_as_nothing(point: Any) -> None:
    assert_unknown("sleep", {SOURCE: [point]})


@pytest.mark.parametrize("member", ["stages", "shortAwakenings"])
@pytest.mark.parametrize(
    ("start", "end"),
    [
        pytest.param("9999-12-30T00:00:00Z", "9999-12-31T23:59:00Z", id="at the end of time"),
        pytest.param("0001-01-01T00:00:00Z", "0001-01-01T00:10:00Z", id="at its beginning"),
        pytest.param("2026-11-03T05:00:00Z", "2026-11-04T05:00:00Z", id="beyond the night"),
        pytest.param("2026-11-02T22:00:00Z", "2026-11-02T22:50:00Z", id="before it"),
    ],
)
def test_a_stage_outside_its_night_is_odd_and_the_night_stays(
    member: str, start: str, end: str
) -> None:
    good, odd = night(), night()
    odd["sleep"][member] = [*odd["sleep"].get(member, []), stage("AWAKE", start, end)]

    result = set_aside("sleep", {SOURCE: [odd]})

    assert list(result.elements) == log(good)
    assert result.odd == {"2026-11-03": 1}
