"""A wearer from recorded Fitbit exports: `weight-log.csv`, `daily-activity.csv`, `sleep-day.csv`.

Of a night only totals were recorded; `sandbox.recorded_sleep` makes sessions of them.
"""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from statistics import median
from zoneinfo import ZoneInfo

from sandbox.decimals import round_half_up
from sandbox.recorded_sleep import Totals, add_sleeps
from sandbox.wearer import Day, Levels, Wearer, Weight, grams, log_id, today_in, when

# The exports carry local times without a zone.
_ZONE = "Etc/UTC"
_DIGITS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"

Row = dict[str, str]


class UnknownParticipant(LookupError):
    """The files have nothing about the requested participant."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Recording:
    """Which recorded person to read, and whether to move their last day to today."""

    folder: Path
    participant: str
    shift: bool = True


def recorded_wearer(recording: Recording, clock: Callable[[], float], today: date | None) -> Wearer:
    """Return the wearer of *recording*; with `shift`, their last measured day is today."""
    weights = list(_rows(recording, "weight-log.csv"))
    worn = [r for r in _rows(recording, "daily-activity.csv") if int(r["TotalSteps"]) > 0]
    slept = list(_rows(recording, "sleep-day.csv"))
    if not weights and not worn and not slept:
        raise UnknownParticipant(
            f"no measurements of participant {recording.participant!r} in {recording.folder}"
        )
    zone = ZoneInfo(_ZONE)
    wearer = Wearer(
        name=recording.participant,
        health_id=recording.participant,
        legacy_id=_base36(int(recording.participant)),
        zone=zone,
        today=today_in(zone, clock, today),
        clock=clock,
        height_mm=_height(weights),
    )
    last = max(
        [_moment(r).date() for r in weights] + [_day(r) for r in worn] + [_night(r) for r in slept]
    )
    shift = wearer.today() - last if recording.shift else timedelta()
    wearer.weights.extend(sorted((_weight(wearer, r, shift) for r in weights), key=when))
    wearer.days.update({_day(r) + shift: _activity(r) for r in worn})
    for row in slept:
        add_sleeps(wearer, _night(row) + shift, _totals(row))
    return wearer


def _rows(recording: Recording, name: str) -> Iterator[Row]:
    path = recording.folder / name
    if not path.exists() and name == "sleep-day.csv":
        # Not every export has the nights.
        return
    with path.open(newline="", encoding="utf-8-sig") as lines:
        for row in csv.DictReader(lines):
            if row["Id"] == recording.participant:
                yield row


def _moment(row: Row) -> datetime:
    return datetime.strptime(row["Date"], "%m/%d/%Y %I:%M:%S %p")  # noqa: DTZ007 - civil time


def _day(row: Row) -> date:
    return datetime.strptime(row["ActivityDate"], "%m/%d/%y").date()  # noqa: DTZ007 - civil date


def _night(row: Row) -> date:
    return datetime.strptime(row["SleepDay"], "%m/%d/%y").date()  # noqa: DTZ007 - civil date


def _totals(row: Row) -> Totals:
    return Totals(
        sessions=int(row["TotalSleepRecords"]),
        asleep=int(row["TotalMinutesAsleep"]),
        in_bed=int(row["TotalTimeInBed"]),
    )


def _weight(wearer: Wearer, row: Row, shift: timedelta) -> Weight:
    civil = _moment(row) + shift
    return Weight(
        at=wearer.instant(civil),
        grams=grams(row["WeightKg"]),
        log_id=log_id(civil),
        bmi=round_half_up(Decimal(row["BMI"]), 2),
        manual=row["IsManualReport"] == "True",
    )


def _activity(row: Row) -> Day:
    return Day(
        steps=int(row["TotalSteps"]),
        millimeters=int(round_half_up(Decimal(row["TotalDistance"]) * 1_000_000, 0)),
        kcal=int(row["Calories"]),
        levels=_levels(row) if "SedentaryMinutes" in row else None,
    )


def _levels(row: Row) -> Levels:
    return Levels(
        sedentary=int(row["SedentaryMinutes"]),
        lightly=int(row["LightlyActiveMinutes"]),
        fairly=int(row["FairlyActiveMinutes"]),
        very=int(row["VeryActiveMinutes"]),
    )


def _height(rows: list[Row]) -> int | None:
    heights = [(Decimal(r["WeightKg"]) / Decimal(r["BMI"])).sqrt() * 1000 for r in rows]
    return int(round_half_up(Decimal(median(heights)), 0)) if heights else None


def _base36(number: int) -> str:
    return _base36(number // 36) + _DIGITS[number % 36] if number else ""
