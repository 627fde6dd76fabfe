"""Minutes of the day by how active they were, and active zone minutes.

The minutes are counted from the merged stretches of Google's activity level. Its totals of a
day would be far less to read, but only the schema has them; the list of what each type can do
does not, and to be refused is to have nothing. At a minute a stretch, the week that is read
again comes in a page or two, a month in a handful, and a year in fifty.
"""

from collections.abc import Mapping
from datetime import timedelta
from decimal import Decimal
from functools import partial

from healthrelay.adapters.google_health.activity import WEARABLES, amount, rolled, span_of
from healthrelay.adapters.google_health.points import MINUTE, Answers, Element, Row, daily
from healthrelay.adapters.google_health.questions import DailyRollUp, Question, intervals
from healthrelay.core.json import Json

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
    reading that begins a day later. A level that Google adds one day is none of the four.
    """
    days: dict[str, dict[str, timedelta]] = {}
    for _, value in answers.values(question):
        span, level = span_of(value, answers.zone), value["activityLevelType"]
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
    return daily({day: _earned(value) for day, value in rolled(answers, ZONE_MINUTES)})


def _earned(value: Mapping[str, object]) -> dict[str, Json]:
    earned = {name: amount(value, member, *ZONES.values()) for name, member in ZONES.items()}
    earned["activeZoneMinutes"] = sum(earned.values(), Decimal(0))
    return {name: int(counted) for name, counted in earned.items()}


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
