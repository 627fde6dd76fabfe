"""Means of daily values, and where a line through them is cut."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from datetime import date, timedelta
from decimal import Decimal
from typing import NamedTuple

from healthrelay.core.charts.spans import DAY, Column
from healthrelay.core.charts.values import Values

MEAN_DAYS = 7
LONGEST_GAP = timedelta(days=7)
"""Between two measured days that a line joins."""


class Mean(NamedTuple):
    """The mean of a column, and of how many measured days it is."""

    value: Decimal
    days: int


def trailing_means(values: Values, days: Iterable[date]) -> dict[date, Decimal]:
    """Return for each measured one of *days* the mean of what was measured in the seven days that
    end with it.

    A day without a measurement has none: nothing is guessed.
    """
    means = {}
    for day in (d for d in days if d in values):
        week = [values[d] for n in range(MEAN_DAYS) if (d := day - n * DAY) in values]
        means[day] = sum(week, Decimal(0)) / len(week)
    return means


def column_means(values: Values, columns: Iterable[Column]) -> dict[Column, Mean]:
    """Return the mean of each of the *columns* in which anything was measured."""
    means = {}
    days = sorted(values)
    place = 0
    for column in columns:
        inside = []
        while place < len(days) and days[place] <= column.last:
            if days[place] >= column.first:
                inside.append(values[days[place]])
            place += 1
        if inside:
            means[column] = Mean(sum(inside, Decimal(0)) / len(inside), len(inside))
    return means


def stretches(days: Collection[date]) -> list[list[date]]:
    """Return the measured *days* in order, cut where more than seven days lie between two."""
    parts: list[list[date]] = []
    for day in sorted(days):
        if not parts or day - parts[-1][-1] > LONGEST_GAP:
            parts.append([])
        parts[-1].append(day)
    return parts


def adjoining(columns: Sequence[Column]) -> list[list[Column]]:
    """Return *columns*, which are in order, cut where one between two is missing."""
    parts: list[list[Column]] = []
    for column in columns:
        if not parts or column.first - parts[-1][-1].last > DAY:
            parts.append([])
        parts[-1].append(column)
    return parts
