"""What the legacy ``activities`` of a day held: the log of exercise, and the day's summary."""

from collections.abc import Mapping
from datetime import timedelta
from decimal import Decimal
from typing import Any

from healthrelay.adapters.google_health import activity, heart
from healthrelay.adapters.google_health.active_minutes import LEVELS, NAMES, minutes
from healthrelay.adapters.google_health.activity import TOTALS, Conversion, Span, span_of
from healthrelay.adapters.google_health.points import (
    MINUTE,
    Answers,
    Element,
    Row,
    duration,
    log_id,
    number,
    text,
    value_of,
)
from healthrelay.adapters.google_health.questions import Question, sessions
from healthrelay.core.json import ODD, Json, Raw
from healthrelay.core.measurements import units

EXERCISE = sessions("exercise")
MILLISECOND = timedelta(milliseconds=1)


def _distance(millimetres: Decimal) -> Decimal:
    """With the two decimals that an entry of the legacy log has."""
    return units.rounded(units.kilometres(millimetres), 2)


_METRICS: dict[str, tuple[str, Conversion]] = {
    "averageHeartRate": ("averageHeartRateBeatsPerMinute", activity.whole),
    "calories": ("caloriesKcal", activity.whole),
    "distance": ("distanceMillimeters", _distance),
    "elevationGain": ("elevationGainMillimeters", units.metres),
    "steps": ("steps", activity.whole),
    "swimLengths": ("totalSwimLengths", activity.whole),
}
_ZONES = {
    "lightTime": "LIGHT",
    "moderateTime": "MODERATE",
    "vigorousTime": "VIGOROUS",
    "peakTime": "PEAK",
}
"""Member of the time in each zone → Google's zone."""
_SPLITS = {"laps": "splitSummaries", "splits": "splits"}
"""What the wearer or a device marked, and what Google cuts at each kilometre or mile."""


def exercise_log(answers: Answers) -> list[Element]:
    """``activities``: every exercise, on the day it began."""
    exercises = answers.each(EXERCISE, lambda point: _exercise(point, answers))
    return sorted(
        exercises, key=lambda e: (str(e["startDate"]), str(e["startTime"]), str(e["logId"]))
    )


def _exercise(point: Raw, answers: Answers) -> Element:
    value = value_of(point, "exercise")
    span = span_of(value, answers.zone)
    element: Element = {
        **_metrics(value_of(value, "metricsSummary", {})),
        **_lasting(value, span),
        **_parts(value, answers, span),
        "hasStartTime": True,
        "logId": log_id(point, span.instant, answers.replaced),
        "startDate": span.day,
        "startTime": f"{span.at:%H:%M}",
    }
    # A person would write STRENGTH_TRAINING otherwise; a kind that is left out is not known.
    kind = (value.get("exerciseType") or "").replace("_", " ").capitalize()
    named = {"name": text(value, "displayName") or kind, "notes": text(value, "notes")}
    return element | {name: known for name, known in named.items() if known}


def _parts(value: Mapping[str, Any], answers: Answers, span: Span) -> dict[str, Json]:
    """Return the parts of an exercise. One that cannot be read is set aside without the others."""
    parts: dict[str, Json] = {}
    for name, member in _SPLITS.items():
        readable: list[Json] = []
        for place, split in enumerate(value.get(member) or []):
            try:
                readable.append(_split(split, answers))
            except ODD:
                answers.odd[f"{member} {span.instant}", place] = span.day
        if readable:
            parts[name] = readable
    return parts


def _split(split: Mapping[str, Any], answers: Answers) -> Json:
    """Return a part of an exercise: when it began, how long it took, and what was measured."""
    span = span_of({"interval": split}, answers.zone)
    kind = text(split, "splitType")
    return {
        **_metrics(value_of(split, "metricsSummary", {})),
        **_lasting(split, span),
        **({"splitType": kind} if kind else {}),
        "startTime": span.at.isoformat(timespec="milliseconds"),
    }


def _lasting(value: Mapping[str, Any], span: Span) -> dict[str, Json]:
    """Return how long it took in milliseconds, and without pauses where Google says so."""
    lasting: dict[str, Json] = {"duration": span.length // MILLISECOND}
    if active := value.get("activeDuration"):
        lasting["activeDuration"] = duration(active) // MILLISECOND
    return lasting


def _metrics(metrics: Mapping[str, Any]) -> dict[str, Json]:
    """Return what was measured of an exercise; weights on a bar go no distance."""
    measured: dict[str, Json] = {
        name: units.number(convert(exact))
        for name, (member, convert) in _METRICS.items()
        if member in metrics and (exact := number(metrics, member)) is not None
    }
    if (earned := number({"activeZoneMinutes": None, **metrics}, "activeZoneMinutes")) is not None:
        measured["activeZoneMinutes"] = {"totalMinutes": units.integer(earned)}
    spent = metrics.get("heartRateZoneDurations") or {}
    zones: list[Json] = [
        {"minutes": duration(spent[member]) // MINUTE, "name": heart.ZONES[zone]}
        for member, zone in _ZONES.items()
        if spent.get(member)
    ]
    return {**measured, "heartRateZones": zones} if zones else measured


def summaries(answers: Answers) -> list[Element]:
    """``activities``: one object a day, with the members that are known of it."""
    days: dict[str, dict[str, Json]] = {}
    for name, values in _members(answers).items():
        for day, value in values.items():
            days.setdefault(day, {})[name] = value
    return [{"date": day, **days[day]} for day in sorted(days)]


def _members(answers: Answers) -> dict[str, Mapping[str, Json]]:
    """Member of a summary → day → value."""
    totals = {name: total.of(answers) for name, total in TOTALS.items()}
    levels = minutes(answers, LEVELS)
    hearts = heart.hearts(answers)
    return {
        "activityCalories": _numbers(totals["activityCalories"]),
        "caloriesBMR": _numbers(activity.resting_energy(answers)),
        "caloriesOut": _numbers(totals["calories"]),
        "distances": {day: [_way(value)] for day, value in totals["distance"].items()},
        "elevation": _numbers(totals["elevation"]),
        "floors": _numbers(totals["floors"]),
        "heartRateZones": {day: zones for day, one in hearts.items() if (zones := one.zones())},
        "restingHeartRate": {d: one.resting for d, one in hearts.items() if one.resting},
        "steps": _numbers(totals["steps"]),
        **{member: levels[level] for level, (_, member) in NAMES.items()},
    }


def _numbers(values: Mapping[str, Decimal]) -> dict[str, Json]:
    """Return the number of a summary, with two decimals; a time series has texts."""
    return {day: units.number(units.rounded(value, 2)) for day, value in values.items()}


def _way(distance: Decimal) -> Json:
    return {"activity": "total", "distance": units.number(units.rounded(distance, 2))}


SUMMARY: tuple[Question, ...] = (
    *(total.question for total in TOTALS.values()),
    LEVELS,
    *heart.NEEDS,
)

ROWS: dict[str, Row] = {
    "activities": Row((EXERCISE,), exercise_log),
    "activities-summary": Row(SUMMARY, summaries),
}
