"""Daily totals of activity: steps, distance, floors, elevation and energy."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any, NamedTuple

from healthrelay.adapters.google_health.points import (
    Answers,
    Element,
    Row,
    civil_day,
    daily,
    json_name,
    local,
    value_of,
)
from healthrelay.adapters.google_health.questions import SHORT_ROLL_UP_DAYS, DailyRollUp
from healthrelay.core.json import Raw
from healthrelay.core.measurements import units

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
    """Return the interval of *value*. Not every point has Google's civil times, all have these."""
    interval = value["interval"]
    start, end = (datetime.fromisoformat(interval[name]) for name in ("startTime", "endTime"))
    return Span(local(start, interval.get("startUtcOffset"), zone), start, end - start)


def amount(value: Mapping[str, Any], member: str, *beside: str) -> Decimal:
    """Return the number *member*, where Google's JSON leaves out a zero.

    A value that has something else than what may stand *beside* the number, but not the
    number, is in a shape that we do not know: `KeyError`.
    """
    if member not in value and not value.keys() <= set(beside):
        raise KeyError(member)
    return units.exact(value.get(member, 0))


def rolled_value(point: Raw, kind: str) -> Mapping[str, Any]:
    """Return what was rolled up, or nothing: a bucket that has only its times has no data."""
    return value_of(point, kind, None if point.keys() - _TIMES else {})


def rolled(answers: Answers, question: DailyRollUp) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """Day and value. A day without a value has no data, which is not a zero."""
    kind = json_name(question)
    for point in answers.of(question):
        if value := rolled_value(point, kind):
            yield civil_day(point["civilStartTime"]), value


def totals(answers: Answers, question: DailyRollUp, member: str) -> dict[str, Decimal]:
    """Day → total, in Google's own unit."""
    return {day: units.exact(value[member]) for day, value in rolled(answers, question)}


def whole(total: Decimal, _system: str) -> Decimal:
    """Return steps, floors or kcal, which have no decimals."""
    return units.rounded(total, 0)


Conversion = Callable[[Decimal, str], Decimal]
"""A total of Google's own unit in a unit system, rounded."""


@dataclass(frozen=True, slots=True)
class Total:
    """One total: what Google calls it, and how it becomes the household's."""

    question: DailyRollUp
    member: str
    convert: Conversion

    def of(self, answers: Answers) -> dict[str, Decimal]:
        """Day → total in the household's unit."""
        total_of = totals(answers, self.question, self.member)
        return {day: self.convert(total, answers.system) for day, total in total_of.items()}

    def elements(self, answers: Answers) -> list[Element]:
        return texts(self.of(answers))


def texts(values: Mapping[str, Decimal]) -> list[Element]:
    """Day → value as a time series, where every value is a text."""
    return daily({day: units.text(value) for day, value in values.items()})


def resting_energy(answers: Answers) -> dict[str, Decimal]:
    """Day → kcal that were not burned by being active, of days on which both are known.

    Google has basal energy too, but only minute by minute: a year of it is half a million
    points, where two totals say the same.
    """
    total = totals(answers, TOTAL_ENERGY, "kcalSum")
    active = totals(answers, ACTIVE_ENERGY, "kcalSum")
    return {day: units.rounded(total[day] - active[day], 0) for day in total.keys() & active.keys()}


TOTALS: dict[str, Total] = {
    "steps": Total(STEPS, "countSum", whole),
    "distance": Total(DISTANCE, "millimetersSum", units.distance),
    "floors": Total(FLOORS, "countSum", whole),
    "elevation": Total(ALTITUDE, "gainMillimetersSum", units.height),
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
