"""What a person wants to know first: the newest of each value, and the weight against a week."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import NamedTuple

from healthrelay.core.charts.means import MEAN_DAYS
from healthrelay.core.charts.nights import SleepDay
from healthrelay.core.charts.spans import DAY
from healthrelay.core.charts.values import Values


class Fact(NamedTuple):
    """The newest value of one thing."""

    day: date
    value: Decimal
    week_before: Decimal | None
    """The mean of what was measured in the seven days before that day."""


class Facts(NamedTuple):
    """The newest values, as far as they lie within what was read."""

    newest: Mapping[str, Fact]
    """By the name of their chart; of steps the newest whole day."""
    night: SleepDay | None


def facts(values: Mapping[str, Values], nights: Mapping[date, SleepDay], today: date) -> Facts:
    """Return the facts in *values* by chart, and the newest of *nights*."""
    newest = {}
    for name, known in values.items():
        # Steps of a day that is not over say little.
        days = [day for day in known if name != "steps" or day < today]
        if days:
            last = max(days)
            newest[name] = Fact(last, known[last], _week_before(known, last))
    return Facts(newest, nights[max(nights)] if nights else None)


def _week_before(values: Values, day: date) -> Decimal | None:
    week = [values[d] for n in range(1, MEAN_DAYS + 1) if (d := day - n * DAY) in values]
    return sum(week, Decimal(0)) / len(week) if week else None
