"""The points of a day.

Steps and all that comes with them are read as merged points, which have the offset of the
place where they were measured: the local day is exact wherever the wearer was and whenever
clocks changed. Energy exists only rolled up, and the heart has a sample every few seconds, so
these two are rolled up to minutes, which Google counts in absolute time, and laid on the
clock of the wearer's zone. Minutes of which nothing is known are absent.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal

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
    json_name,
    local,
    sampled_at,
)
from healthrelay.adapters.google_health.questions import Points, RollUp, beats, intervals
from healthrelay.core.json import Json
from healthrelay.core.measurements import units

HEART = RollUp("heart-rate")
BEATS = beats("heart-rate")

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


def kcal(total: Decimal, _system: str) -> Decimal:
    """Return kcal with four decimals, because a minute burns little."""
    return units.rounded(total, 4)


@dataclass(frozen=True, slots=True)
class Spread:
    """A measurement whose points have an interval and an *amount*, as merged by Google."""

    question: Points
    amount: str

    def moments(self, answers: Answers) -> Iterator[Moment]:
        """Count a point where it begins: Google does not say how it was spread."""
        for _, value in answers.values(self.question):
            yield span_of(value, answers.zone).at, amount(value, self.amount, "interval")


@dataclass(frozen=True, slots=True)
class Rolled:
    """A measurement that Google rolls up to minutes."""

    question: RollUp
    amount: str

    def moments(self, answers: Answers) -> Iterator[Moment]:
        """Count one of equal minutes: readings of a long window overlap where they meet."""
        kind = json_name(self.question)
        amounts = {}
        for point in answers.of(self.question):
            if value := rolled_value(point, kind):
                amounts[datetime.fromisoformat(point["startTime"])] = units.exact(
                    value[self.amount]
                )
        return ((local(at, None, answers.zone), value) for at, value in sorted(amounts.items()))


def heart_moments(answers: Answers) -> Iterator[Moment]:
    """Single samples where seconds are wanted, else the averages of minutes."""
    if answers.window.detail == "1sec":
        return _beats(answers)
    return Rolled(HEART, "beatsPerMinuteAvg").moments(answers)


def _beats(answers: Answers) -> Iterator[Moment]:
    for _, value in answers.values(BEATS):
        yield sampled_at(value, answers.zone)[1], units.exact(value["beatsPerMinute"])


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
            value = convert(fold(slots[at]), answers.system)
            point: Json = {"time": f"{at:%H:%M:%S}", "value": units.number(value)}
            days.setdefault(at.date().isoformat(), []).append(point)
    length: Element = {"datasetInterval": detail.interval, "datasetType": detail.type}
    return [{"dateTime": day, "dataset": points, **length} for day, points in days.items()]


def _summed(source: Spread | Rolled, convert: Conversion) -> Row:
    def summed(answers: Answers) -> list[Element]:
        return elements(answers, source.moments(answers), added, convert)

    return Row((source.question,), summed)


def heart_points(answers: Answers) -> list[Element]:
    """``activities/heart`` intraday, in beats a minute."""
    return elements(answers, heart_moments(answers), averaged, whole)


ROWS: dict[str, Row] = {
    f"activities-{name}-intraday": row
    for name, row in {
        "steps": _summed(Spread(intervals("steps"), "count"), whole),
        "distance": _summed(Spread(intervals("distance"), "millimeters"), units.distance),
        "floors": _summed(Spread(intervals("floors"), "count"), whole),
        "elevation": _summed(Spread(intervals("altitude"), "gainMillimeters"), units.height),
        "calories": _summed(Rolled(RollUp("total-calories"), "kcalSum"), kcal),
        "heart": Row((HEART,), heart_points, fine=(BEATS,)),
    }.items()
}
