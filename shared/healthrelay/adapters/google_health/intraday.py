"""The points of a day.

Steps and all that comes with them are read as merged points, which have the offset of the
place where they were measured: the local day is exact wherever the wearer was and whenever
clocks changed. Energy exists only rolled up, and the heart has a sample every few seconds, so
these two are rolled up to minutes, which Google counts in absolute time, and laid on the
clock of the wearer's zone. Minutes of which nothing is known are absent.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from healthrelay.adapters.google_health.activity import (
    Conversion,
    amount,
    rolled_value,
    span_of,
    whole,
)
from healthrelay.adapters.google_health.points import (
    Answers,
    Element,
    Row,
    instant_of,
    json_name,
    local,
    number,
    sampled_at,
)
from healthrelay.adapters.google_health.questions import (
    BEAT_DAYS,
    Points,
    RollUp,
    intervals,
    samples,
)
from healthrelay.core.json import Json, Raw
from healthrelay.core.measurements import units

HEART, ENERGY = RollUp("heart-rate"), RollUp("total-calories")
BEATS = samples("heart-rate")._replace(days=BEAT_DAYS)

Moment = tuple[datetime, Decimal]
"""Local time and value."""


@dataclass(frozen=True, slots=True)
class Detail:
    """How far the points of a day lie apart, and how the legacy API says so."""

    step: timedelta
    interval: int
    type: str

    def slot(self, at: datetime) -> datetime:
        """Return the beginning of the step that *at* lies in."""
        midnight = at.replace(hour=0, minute=0, second=0, microsecond=0)
        return midnight + (at - midnight) // self.step * self.step


DETAILS = {
    "1min": Detail(timedelta(minutes=1), 1, "minute"),
    "15min": Detail(timedelta(minutes=15), 15, "minute"),
    "1sec": Detail(timedelta(seconds=1), 1, "second"),
}

Fold = Callable[[list[Decimal]], Decimal]
"""What the values in one slot come to."""


def added(values: list[Decimal]) -> Decimal:
    """Amounts."""
    return sum(values, Decimal(0))


def averaged(values: list[Decimal]) -> Decimal:
    """Rates."""
    return added(values) / len(values)


def kcal(total: Decimal) -> Decimal:
    """Return kcal with four decimals, because a minute burns little."""
    return units.rounded(total, 4)


def merged_moments(answers: Answers, question: Points, member: str) -> list[Moment]:
    """Count a merged point where it begins: Google does not say how it was spread."""

    def read(_: Raw, value: Mapping[str, Any]) -> Moment | None:
        counted = amount(value, member, "interval")
        return None if counted is None else (span_of(value, answers.zone).at, counted)

    return answers.values(question, read)


def rolled_moments(answers: Answers, question: RollUp, member: str) -> list[Moment]:
    """Count one of equal minutes: readings of a long window overlap where they meet."""
    kind = json_name(question)

    def read(point: Raw) -> tuple[datetime, Decimal | None]:
        value = rolled_value(point, kind)
        return instant_of(point["startTime"]), number(value, member) if value else None

    amounts = dict(answers.each(question, read))
    known = [(at, value) for at, value in sorted(amounts.items()) if value is not None]
    return [(local(at, None, answers.zone), value) for at, value in known]


def heart_moments(answers: Answers) -> list[Moment]:
    """Single samples where seconds are wanted, else the averages of minutes."""
    if answers.window.detail == "1sec":
        return _beats(answers)
    return rolled_moments(answers, HEART, "beatsPerMinuteAvg")


def _beats(answers: Answers) -> list[Moment]:
    def read(_: Raw, value: Mapping[str, Any]) -> Moment | None:
        rate = number(value, "beatsPerMinute")
        return None if rate is None else (sampled_at(value, answers.zone)[1], rate)

    return answers.values(BEATS, read)


def elements(
    answers: Answers, moments: Iterable[Moment], fold: Fold, convert: Conversion
) -> list[Element]:
    """Return a day's element for each day of the window that has points.

    In autumn one hour of a day has every clock time twice: such points are one.
    """
    detail = DETAILS[answers.window.detail or "1min"]
    slots: dict[datetime, list[Decimal]] = {}
    for at, value in moments:
        slots.setdefault(detail.slot(at), []).append(value)
    days: dict[str, list[Json]] = {}
    for at in sorted(slots):
        if answers.window.start <= at.date() <= answers.window.end:
            value = convert(fold(slots[at]))
            point: Json = {"time": f"{at:%H:%M:%S}", "value": units.number(value)}
            days.setdefault(at.date().isoformat(), []).append(point)
    length: Element = {"datasetInterval": detail.interval, "datasetType": detail.type}
    return [{"dateTime": day, "dataset": points, **length} for day, points in days.items()]


def _sum_merged(type: str, member: str, convert: Conversion) -> Row:  # noqa: A002
    question = intervals(type)

    def summed(answers: Answers) -> list[Element]:
        return elements(answers, merged_moments(answers, question, member), added, convert)

    return Row((question,), summed)


def energy_points(answers: Answers) -> list[Element]:
    """``activities/calories`` intraday, in kcal."""
    return elements(answers, rolled_moments(answers, ENERGY, "kcalSum"), added, kcal)


def heart_points(answers: Answers) -> list[Element]:
    """``activities/heart`` intraday, in beats a minute."""
    return elements(answers, heart_moments(answers), averaged, whole)


ROWS: dict[str, Row] = {
    f"activities-{name}-intraday": row
    for name, row in {
        "steps": _sum_merged("steps", "count", whole),
        "distance": _sum_merged("distance", "millimeters", units.kilometres),
        "floors": _sum_merged("floors", "count", whole),
        "elevation": _sum_merged("altitude", "gainMillimeters", units.metres),
        "calories": Row((ENERGY,), energy_points),
        "heart": Row((HEART,), heart_points, fine=(BEATS,)),
    }.items()
}
