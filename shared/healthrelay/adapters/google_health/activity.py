"""Daily totals of activity: steps, distance, floors, elevation and energy."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any, NamedTuple, TypeVar

from healthrelay.adapters.google_health.points import (
    Answers,
    Element,
    Row,
    civil_day,
    daily,
    instant_of,
    json_name,
    local,
    number,
    value_of,
)
from healthrelay.adapters.google_health.questions import SHORT_ROLL_UP_DAYS, DailyRollUp
from healthrelay.core.json import Raw
from healthrelay.core.measurements import units

T = TypeVar("T")
WEARABLES = "google-wearables"
"""The data source family of trackers and watches: no phone, and nothing entered by hand."""

STEPS = DailyRollUp("steps")
DISTANCE = DailyRollUp("distance")
FLOORS = DailyRollUp("floors")
ALTITUDE = DailyRollUp("altitude")
TOTAL_ENERGY = DailyRollUp("total-calories", days=SHORT_ROLL_UP_DAYS)
ACTIVE_ENERGY = DailyRollUp("active-energy-burned")
_TIMES = {"civilStartTime", "civilEndTime", "startTime", "endTime"}


class Span(NamedTuple):
    """When something began, on the wearer's clock and as an instant, and how long it took."""

    at: datetime
    instant: datetime
    length: timedelta

    @property
    def day(self) -> str:
        return self.at.date().isoformat()


def span_of(value: Mapping[str, Any], zone: str | None) -> Span:
    """Return the interval of *value*. Not every point has Google's civil times, all have these.

    Raises `ValueError` where it ends before it begins.
    """
    interval = value["interval"]
    start, end = (instant_of(interval[name]) for name in ("startTime", "endTime"))
    if end < start:
        raise ValueError("an end before the beginning")
    return Span(local(start, interval.get("startUtcOffset"), zone), start, end - start)


def amount(value: Mapping[str, Any], member: str, *beside: str) -> Decimal | None:
    """Return the number *member*, where Google's JSON leaves out a zero; None if it is not known.

    A value that has something else than what may stand *beside* the number, but not the
    number, is in a shape that we do not know: `KeyError`.
    """
    if member in value:
        return number(value, member)
    if value.keys() <= set(beside):
        return Decimal(0)
    raise KeyError(member)


def rolled_value(point: Raw, kind: str) -> Mapping[str, Any]:
    """Return what was rolled up, or nothing: a bucket that has only its times has no data."""
    return value_of(point, kind, None if point.keys() - _TIMES else {})


def rolled(
    answers: Answers, question: DailyRollUp, read: Callable[[Mapping[str, Any]], T | None]
) -> dict[str, T]:
    """Day → what *read* makes of its value. A day without a value has no data, not a zero."""
    kind = json_name(question)

    def read_day(point: Raw) -> tuple[str, T | None]:
        value = rolled_value(point, kind)
        return civil_day(point["civilStartTime"]), read(value) if value else None

    days = answers.each(question, read_day)
    return {day: known for day, known in days if known is not None}


def totals(answers: Answers, question: DailyRollUp, member: str) -> dict[str, Decimal]:
    """Day → total, in Google's own unit."""
    return rolled(answers, question, lambda value: number(value, member))


def whole(total: Decimal) -> Decimal:
    """Return steps, floors or kcal, which have no decimals."""
    return units.rounded(total, 0)


Conversion = Callable[[Decimal], Decimal]
"""A total of Google's own unit in ours, rounded."""


@dataclass(frozen=True, slots=True)
class Total:
    """One total: what Google calls it, and how it becomes ours."""

    question: DailyRollUp
    member: str
    convert: Conversion

    def of(self, answers: Answers) -> dict[str, Decimal]:
        """Day → total in our unit."""
        total_of = totals(answers, self.question, self.member)
        return {day: self.convert(total) for day, total in total_of.items()}

    def elements(self, answers: Answers) -> list[Element]:
        return texts(self.of(answers))


def texts(values: Mapping[str, Decimal]) -> list[Element]:
    """Day → value as a time series, where every value is a text."""
    return daily({day: units.text(value) for day, value in values.items()})


def resting_energy(answers: Answers) -> dict[str, Decimal]:
    """Day → kcal that were not burned by being active, of days on which both are known.

    Google has basal energy too, but only minute by minute: a year of it is half a million
    points, where two totals say the same. Nobody burns less than nothing at rest: then one of
    the two is not complete.
    """
    total = totals(answers, TOTAL_ENERGY, "kcalSum")
    active = totals(answers, ACTIVE_ENERGY, "kcalSum")
    resting = {day: total[day] - active[day] for day in total.keys() & active.keys()}
    answers.unsure.update(day for day, energy in resting.items() if energy < 0)
    return {day: units.rounded(energy, 0) for day, energy in resting.items() if energy >= 0}


TOTALS: dict[str, Total] = {
    "steps": Total(STEPS, "countSum", whole),
    "distance": Total(DISTANCE, "millimetersSum", units.kilometres),
    "floors": Total(FLOORS, "countSum", whole),
    "elevation": Total(ALTITUDE, "gainMillimetersSum", units.metres),
    "calories": Total(TOTAL_ENERGY, "kcalSum", whole),
    "activityCalories": Total(ACTIVE_ENERGY, "kcalSum", whole),
}


def _rows(prefix: str, family: str = "") -> dict[str, Row]:
    rows = {}
    for name, total in TOTALS.items():
        mine = replace(total, question=total.question._replace(family=family))
        rows[f"{prefix}{name}"] = Row((mine.question,), mine.elements)
    return rows


ROWS: dict[str, Row] = {
    **_rows("activities-"),
    **_rows("activities-tracker-", WEARABLES),
    "activities-caloriesBMR": Row(
        (TOTAL_ENERGY, ACTIVE_ENERGY), lambda answers: texts(resting_energy(answers))
    ),
}
