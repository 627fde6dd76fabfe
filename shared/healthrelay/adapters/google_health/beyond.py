"""What Google measures in a way that the legacy API never had: minutes, energy and fitness."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from healthrelay.adapters.google_health.activity import Span, amount, rolled, span_of, texts
from healthrelay.adapters.google_health.points import (
    MINUTE,
    Answers,
    Element,
    Row,
    daily,
    number,
    sampled_at,
    text,
)
from healthrelay.adapters.google_health.questions import (
    SHORT_ROLL_UP_DAYS,
    DailyRollUp,
    Points,
    intervals,
    samples,
)
from healthrelay.core.json import Json, Raw
from healthrelay.core.measurements import units

ACTIVE = DailyRollUp("active-minutes", days=SHORT_ROLL_UP_DAYS)
BASAL = intervals("basal-energy-burned")
SEDENTARY = intervals("sedentary-period")
VO2_MAX, RUN_VO2_MAX = samples("vo2-max"), samples("run-vo2-max")

_ACTIVE = {
    "LIGHT": "lightActiveMinutes",
    "MODERATE": "moderateActiveMinutes",
    "VIGOROUS": "vigorousActiveMinutes",
}


def active_minutes(answers: Answers) -> list[Element]:
    """``activeMinutes``: minutes by how hard the day's activity was, of levels that Google tells.

    They are not those of ``minutesLightlyActive`` and its like, which come from the activity level.
    """
    return daily(rolled(answers, ACTIVE, lambda value: _by_level(value) or None))


def basal_energy(answers: Answers) -> list[Element]:
    """``basalEnergy``: kcal burned at rest, added up from minutes; a day so far is a part of it."""

    def read(_: Raw, value: Mapping[str, Any]) -> tuple[str, Decimal] | None:
        kcal = amount(value, "kcal", "interval")
        return None if kcal is None else (span_of(value, answers.zone).day, kcal)

    days: dict[str, Decimal] = {}
    for day, kcal in answers.values(BASAL, read):
        days[day] = days.get(day, Decimal(0)) + kcal
    return texts({day: units.rounded(kcal, 0) for day, kcal in days.items()})


def sedentary_periods(answers: Answers) -> list[Element]:
    """``sedentaryPeriods``: when the wearer began to sit still, and how many minutes that took."""
    days: dict[str, list[Span]] = {}
    for span in answers.values(SEDENTARY, lambda _, value: span_of(value, answers.zone)):
        days.setdefault(span.day, []).append(span)
    return daily({day: _periods(sorted(spans)) for day, spans in days.items()})


def _by_level(value: Mapping[str, Any]) -> dict[str, Json]:
    levels: dict[str, Json] = {}
    for each in value["activeMinutesRollupByActivityLevel"]:
        minutes = amount(each, "activeMinutesSum", "activityLevel")
        if each["activityLevel"] in _ACTIVE and minutes is not None:
            levels[_ACTIVE[each["activityLevel"]]] = units.integer(minutes)
    return levels


def _periods(spans: list[Span]) -> dict[str, Json]:
    periods: list[Json] = [
        {"time": f"{span.at:%H:%M:%S}", "minutes": span.length // MINUTE} for span in spans
    ]
    whole = sum((span.length for span in spans), timedelta())
    return {"minutes": whole // MINUTE, "periods": periods}


def _fitness(question: Points, member: str) -> Row:
    """Return the maximal oxygen uptake as it was found in a day, in ml/kg/min, and how if known."""

    def elements(answers: Answers) -> list[Element]:
        def read(_: Raw, value: Mapping[str, Any]) -> tuple[datetime, datetime, Element] | None:
            uptake = number(value, member)
            if uptake is None:
                return None
            instant, at = sampled_at(value, answers.zone)
            method = text(value, "measurementMethod")
            found: Element = {"measurementMethod": method} if method else {}
            return instant, at, {**found, member: units.number(units.rounded(uptake, 2))}

        days: dict[str, list[Json]] = {}
        found = answers.values(question, read)
        for _, at, sample in sorted(found, key=lambda each: (each[0], str(each[2]))):
            days.setdefault(at.date().isoformat(), []).append({"time": f"{at:%H:%M:%S}", **sample})
        return daily({day: {"samples": samples} for day, samples in days.items()})

    return Row((question,), elements)


ROWS: dict[str, Row] = {
    "activeMinutes": Row((ACTIVE,), active_minutes),
    "basalEnergy": Row((BASAL,), basal_energy),
    "sedentaryPeriods": Row((SEDENTARY,), sedentary_periods),
    "vo2Max": _fitness(VO2_MAX, "vo2Max"),
    "runVo2Max": _fitness(RUN_VO2_MAX, "runVo2Max"),
}
