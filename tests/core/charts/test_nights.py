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


def clock_night(
    begin: str, end: str, hours: int, stages: list[tuple[str, str, int]], **more: Json
) -> Record:
    """A night as the provider has it: civil times, and how long each part took in minutes."""
    data: list[Json] = [
        {"dateTime": f"{end[:10]}T{at}:00.000", "level": level, "seconds": 60 * minutes}
        for at, level, minutes in stages
    ]
    times: dict[str, Json] = {"startTime": begin, "endTime": end, "duration": hours * 3_600_000}
    return record("sleep", end[:10], {**times, "levels": {"data": data, **more}})


AUTUMN_STAGES = [
    ("01:00", "rem", 90),
    ("02:30", "light", 30),
    ("02:00", "deep", 60),
    ("03:00", "light", 120),
]
"""Amsterdam, 25 October 2026: at 03:00 it is 02:00 again, so that 01:00 to 05:00 is 5 hours."""


def test_the_hour_that_comes_twice_keeps_both_of_its_stages() -> None:
    """02:30 to 03:00 by the summer clock, then 02:00 to 03:00 by that of winter: 60 + 90 minutes
    between 01:00 and 03:30 as if nothing was changed."""
    night = clock_night("2026-10-25T01:00:00", "2026-10-25T05:00:00", 5, AUTUMN_STAGES)

    found = nights([night], NOW)[date(2026, 10, 25)].main

    assert found.stretches == (
        SleepStretch(SleepStage.REM, 60, 150),
        SleepStretch(SleepStage.LIGHT, 150, 180),
        SleepStretch(SleepStage.DEEP, 120, 180, -60),
        SleepStretch(SleepStage.LIGHT, 180, 300, -60),
    )
    assert (found.begin, found.end, found.length) == (60, 300, 300)
    lengths = [found.minutes(stage) for stage in SleepStage]
    assert lengths == [0, 90, 30 + 120, 60]
    assert found.asleep == sum(lengths) == 5 * 60


def test_a_stage_over_the_change_is_two_by_the_clock() -> None:
    """Deep from 02:30 in summer for an hour: 30 minutes until 03:00, and 02:00 to 02:30 again."""
    stages = [("01:00", "light", 90), ("02:30", "deep", 60), ("02:30", "light", 150)]
    night = clock_night("2026-10-25T01:00:00", "2026-10-25T05:00:00", 5, stages)

    assert nights([night], NOW)[date(2026, 10, 25)].main.stretches == (
        SleepStretch(SleepStage.LIGHT, 60, 150),
        SleepStretch(SleepStage.DEEP, 150, 180),
        SleepStretch(SleepStage.DEEP, 120, 150, -60),
        SleepStretch(SleepStage.LIGHT, 150, 300, -60),
    )


def test_the_last_stage_may_be_the_one_over_the_change() -> None:
    """From 02:30 in summer for 90 minutes, up at 03:00 in winter: nothing comes after it."""
    stages = [("01:00", "light", 90), ("02:30", "deep", 90)]
    night = clock_night("2026-10-25T01:00:00", "2026-10-25T03:00:00", 3, stages)

    found = nights([night], NOW)[date(2026, 10, 25)].main

    assert (found.minutes(SleepStage.LIGHT), found.minutes(SleepStage.DEEP)) == (90, 90)


def test_the_hour_that_is_left_out_is_no_waking() -> None:
    """Amsterdam, 29 March 2026: at 02:00 it is 03:00. Light from 01:40 for 40 minutes is 20 until
    then, and 20 until 03:20; from 01:00 to 05:00 are 3 hours."""
    stages = [("01:00", "deep", 40), ("01:40", "light", 40), ("03:20", "rem", 100)]
    night = clock_night("2026-03-29T01:00:00", "2026-03-29T05:00:00", 3, stages)

    found = nights([night], NOW)[date(2026, 3, 29)].main

    assert found.stretches == (
        SleepStretch(SleepStage.DEEP, 60, 100),
        SleepStretch(SleepStage.LIGHT, 100, 120),
        SleepStretch(SleepStage.LIGHT, 180, 200, 60),
        SleepStretch(SleepStage.REM, 200, 300, 60),
    )
    assert found.length == found.asleep == 3 * 60


def test_short_wakings_stand_in_the_stage_in_which_they_were_on_either_side_of_the_change() -> None:
    """02:40 in summer is in light sleep; 02:10, which is named after it, in the deep one."""
    short: list[Json] = [
        {"dateTime": f"2026-10-25T{at}:00.000", "level": "wake", "seconds": 120}
        for at in ("02:40", "02:10", "03:10")
    ]
    night = clock_night(
        "2026-10-25T01:00:00", "2026-10-25T05:00:00", 5, AUTUMN_STAGES, shortData=short
    )

    found = nights([night], NOW)[date(2026, 10, 25)].main

    # Two minutes each of light sleep in summer, of deep sleep, and of light sleep in winter.
    assert [found.minutes(stage) for stage in SleepStage] == [6, 90, 30 + 120 - 4, 60 - 2]


def test_who_crosses_a_zone_asleep_loses_nothing() -> None:
    """From London to Amsterdam on a train: at 02:20 it is 03:20."""
    stages = [("01:00", "light", 80), ("03:20", "deep", 60)]
    night = clock_night("2026-11-28T01:00:00", "2026-11-28T04:20:00", 2, stages)
    night = night._replace(data={**night.data, "duration": 140 * 60_000})

    found = only(night)

    assert (found.minutes(SleepStage.LIGHT), found.minutes(SleepStage.DEEP)) == (80, 60)


@pytest.mark.parametrize("took", [10**400, -1, 0], ids=["for ever", "backwards", "no time"])
def test_a_length_that_is_none_changes_no_clock(took: int) -> None:
    night = session("2026-11-27T23:04:00", NIGHT, duration=took)

    assert len(only(night).stretches) == len(NIGHT)


def test_what_lies_within_one_minute_is_not_drawn() -> None:
    data: dict[str, Json] = {
        "startTime": "2026-11-28T01:00:05.000",
        "endTime": "2026-11-28T01:00:55.000",
    }
    assert nights([record("sleep", "2026-11-28", data)], NOW) == {}


def test_days_are_in_order() -> None:
    dates: list[date] = [TODAY - timedelta(n) for n in (3, 1, 2)]
    found = nights([session(f"{d}T01:00:00", [("asleep", 60)]) for d in dates], NOW)

    assert list(found) == sorted(dates)
