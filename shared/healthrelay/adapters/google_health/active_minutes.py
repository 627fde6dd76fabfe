"""Minutes of the day by how active they were, and active zone minutes.

The minutes are counted from the merged stretches of Google's activity level. Its totals of a
day would be far less to read, but only the schema has them; the list of what each type can do
does not, and to be refused is to have nothing. At a minute a stretch, the week that is read
again comes in a page or two, a month in a handful, and a year in fifty.
"""

from collections.abc import Mapping
from datetime import timedelta
from functools import partial
from typing import Any

from healthrelay.adapters.google_health.activity import WEARABLES, Span, amount, rolled, span_of
from healthrelay.adapters.google_health.points import MINUTE, Answers, Element, Row, daily
from healthrelay.adapters.google_health.questions import DailyRollUp, Question, intervals
from healthrelay.core.json import Json, Raw
from healthrelay.core.measurements import units

LEVELS = intervals("activity-level")
ZONE_MINUTES = DailyRollUp("active-zone-minutes")

NAMES = {
    "SEDENTARY": ("minutesSedentary", "sedentaryMinutes"),
    "LIGHTLY_ACTIVE": ("minutesLightlyActive", "lightlyActiveMinutes"),
    "MODERATELY_ACTIVE": ("minutesFairlyActive", "fairlyActiveMinutes"),
    "VERY_ACTIVE": ("minutesVeryActive", "veryActiveMinutes"),
}
"""Google's level → its time series, and its member of a summary."""

ZONES = {
    "fatBurnActiveZoneMinutes": "sumInFatBurnHeartZone",
    "cardioActiveZoneMinutes": "sumInCardioHeartZone",
    "peakActiveZoneMinutes": "sumInPeakHeartZone",
}


def minutes(answers: Answers, question: Question) -> dict[str, dict[str, int]]:
    """Level → day → whole minutes; a day that has any level has all, be it with a zero.

    A stretch belongs to the day on which it begins: its other half would be missing from a
    reading that begins a day later. A level that Google adds one day is none of the four: of a
    day that has no other, nothing is known.
    """

    def read(_: Raw, value: Mapping[str, Any]) -> tuple[Span, str] | None:
        level = value["activityLevelType"]
        return (span_of(value, answers.zone), level) if level in NAMES else None

    days: dict[str, dict[str, timedelta]] = {}
    for span, level in answers.values(question, read):
        day = days.setdefault(span.day, {})
        day[level] = day.get(level, timedelta()) + span.length
    return {
        level: {day: spent.get(level, timedelta()) // MINUTE for day, spent in days.items()}
        for level in NAMES
    }


def level_days(answers: Answers, question: Question, level: str) -> list[Element]:
    """``activities/minutesSedentary`` and its like."""
    return daily({day: str(spent) for day, spent in minutes(answers, question)[level].items()})


def zone_minute_days(answers: Answers) -> list[Element]:
    """``activities/active-zone-minutes``: a minute of cardio or peak counts for two already."""
    return daily(rolled(answers, ZONE_MINUTES, _earned))


def _earned(value: Mapping[str, object]) -> dict[str, Json] | None:
    """Return the minutes of each zone and of all; None where one of them is not known."""
    zones = {member: value[member] for member in ZONES.values() if member in value}
    if not zones:
        raise KeyError(*ZONES.values())
    earned: dict[str, int] = {}
    for name, member in ZONES.items():
        minutes = amount(zones, member, *ZONES.values())
        if minutes is None:
            return None
        earned[name] = units.integer(minutes)
    return {**earned, "activeZoneMinutes": sum(earned.values())}


def _rows(prefix: str, question: Question) -> dict[str, Row]:
    return {
        f"{prefix}{name}": Row((question,), partial(level_days, question=question, level=level))
        for level, (name, _) in NAMES.items()
    }


ROWS: dict[str, Row] = {
    **_rows("activities-", LEVELS),
    **_rows("activities-tracker-", LEVELS._replace(family=WEARABLES)),
    "activities-active-zone-minutes": Row((ZONE_MINUTES,), zone_minute_days),
}
