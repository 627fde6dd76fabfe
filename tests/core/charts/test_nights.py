"""Nights and naps stand on the day of waking; what still goes on is left out."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from healthrelay.core.charts.nights import SleepSession, SleepStage, SleepStretch, nights
from healthrelay.core.json import Json
from healthrelay.core.measurements.records import Record
from tests.core.charts.given import NOW, TODAY, day, record, session

NIGHT = [("wake", 6), ("light", 20), ("deep", 37), ("light", 25), ("rem", 15), ("wake", 4)]
"""From 23:04 to 00:51: 97 minutes asleep and 10 awake."""


def only(*records: Record) -> SleepSession:
    found = nights(records, NOW)
    assert list(found) == [TODAY]
    return found[TODAY].main


def test_times_count_from_midnight_of_the_day_of_waking() -> None:
    """23:04 is 56 minutes before it."""
    night = only(session("2026-11-27T23:04:00", NIGHT))

    assert (night.begin, night.end, night.asleep) == (-56, 51, 97)
    assert night.stretches == (
        SleepStretch(SleepStage.AWAKE, -56, -50),
        SleepStretch(SleepStage.LIGHT, -50, -30),
        SleepStretch(SleepStage.DEEP, -30, 7),
        SleepStretch(SleepStage.LIGHT, 7, 32),
        SleepStretch(SleepStage.REM, 32, 47),
        SleepStretch(SleepStage.AWAKE, 47, 51),
    )
    assert night.staged


def test_minutes_asleep_are_those_of_the_provider() -> None:
    assert only(session("2026-11-27T23:04:00", NIGHT, minutesAsleep=95)).asleep == 95


def test_a_short_waking_is_cut_out_of_the_stage_around_it() -> None:
    stages: list[Json] = [{"dateTime": "2026-11-28T01:10:00.000", "level": "wake", "seconds": 120}]
    night = session("2026-11-28T01:00:00", [("light", 30), ("deep", 30)])
    levels = {**dict(night.data["levels"]), "shortData": stages}  # type: ignore[call-overload]

    found = only(night._replace(data={**night.data, "levels": levels}))

    assert found.stretches == (
        SleepStretch(SleepStage.LIGHT, 60, 70),
        SleepStretch(SleepStage.AWAKE, 70, 72),
        SleepStretch(SleepStage.LIGHT, 72, 90),
        SleepStretch(SleepStage.DEEP, 90, 120),
    )
    assert found.minutes(SleepStage.LIGHT) == 28


def test_a_night_without_stages_is_one_stretch() -> None:
    """As an earlier answer has it: no end, but how many milliseconds it took."""
    data: dict[str, Json] = {
        "startTime": "2026-11-27T23:30:00.000",
        "duration": 8 * 3600 * 1000,
        "minutesAsleep": 461,
    }
    night = only(record("sleep", "2026-11-28", data))

    assert (night.begin, night.end, night.asleep, night.staged) == (-30, 450, 461, False)
    assert night.stretches == (SleepStretch(SleepStage.LIGHT, -30, 450),)


def test_a_classic_night_is_plain_with_its_wakings() -> None:
    night = only(session("2026-11-28T00:00:00", [("asleep", 60), ("restless", 5), ("awake", 3)]))

    assert [part.stage for part in night.stretches] == [
        SleepStage.LIGHT,
        SleepStage.LIGHT,
        SleepStage.AWAKE,
    ]
    assert not night.staged


def test_a_nap_stands_beside_the_night_of_its_day_and_adds_to_its_sleep() -> None:
    night = session("2026-11-27T23:04:00", NIGHT)
    nap = session("2026-11-28T13:20:00", [("asleep", 40)], main=False)

    found = nights([nap, night], NOW)[TODAY]

    assert [(one.begin, one.main) for one in found.sessions] == [(-56, True), (800, False)]
    assert found.asleep == 97 + 40


@pytest.mark.parametrize(
    "record_",
    [
        session("2026-11-28T16:30:00", [("asleep", 33)]),
        record("sleep", "2026-11-28", {"startTime": "2026-11-28T01:00:00"}),
        record("sleep", "2026-11-28", {"startTime": "soon", "endTime": "later"}),
        record("sleep", "2026-11-28", {"startTime": "2026-11-28T01:00:00", "duration": 10**30}),
        record("sleep", "2026-11-28", {"startTime": "2026-11-28T01:00:00", "duration": -5}),
    ],
    ids=["still going on at 17:02", "no end", "no times", "without end", "backwards"],
)
def test_what_has_no_beginning_and_end_before_now_is_not_drawn(record_: Record) -> None:
    assert nights([record_], NOW) == {}


@pytest.mark.parametrize("levels", [None, 3, {"data": 7}, {"data": [None, "deep", {"level": 2}]}])
def test_stages_that_are_none_leave_a_plain_night(levels: Json) -> None:
    night = session("2026-11-27T23:04:00", NIGHT)

    found = only(night._replace(data={**night.data, "levels": levels}))

    assert found.stretches == (SleepStretch(SleepStage.LIGHT, -56, 51),)


def test_stages_are_read_only_from_the_day_that_is_wanted() -> None:
    records = [
        session(f"2026-11-{number}T23:04:00", NIGHT, minutesAsleep=97) for number in (26, 27)
    ]

    found = nights(records, NOW, staged_from=day(28))

    assert {d: len(night.main.stretches) for d, night in found.items()} == {day(27): 1, day(28): 6}
    assert [night.asleep for night in found.values()] == [97, 97]


def test_overlapping_stages_do_not_count_twice() -> None:
    night = session("2026-11-28T01:00:00", [("light", 30), ("deep", 30)])
    data = [
        {"dateTime": "2026-11-28T01:00:00.000", "level": "light", "seconds": 2400},
        {"dateTime": "2026-11-28T01:30:00.000", "level": "deep", "seconds": 7200},
    ]

    found = only(night._replace(data={**night.data, "levels": {"data": data}}))

    assert found.stretches == (
        SleepStretch(SleepStage.LIGHT, 60, 100),
        SleepStretch(SleepStage.DEEP, 100, 120),
    )


def test_days_are_in_order() -> None:
    dates: list[date] = [TODAY - timedelta(n) for n in (3, 1, 2)]
    found = nights([session(f"{d}T01:00:00", [("asleep", 60)]) for d in dates], NOW)

    assert list(found) == sorted(dates)
