"""What a wearer knows themselves by: newest weight, yesterday's steps, last night."""

from __future__ import annotations

from datetime import date
from typing import NamedTuple

from healthrelay.core.measurements import units

SERIES_OF = {"weight": "weight", "steps": "activities-steps", "night": "sleep"}
"""Part of a `Glance` → the series whose scopes it needs."""

_MASSES = {"en_US": "lb", "en_GB": "st"}


class Glance(NamedTuple):
    """Each in words; empty where it was not allowed, is not there or could not be read in time."""

    weight: str = ""
    steps: str = ""
    night: str = ""


def weight_in_words(amount: object, unit_of: str, day: str) -> str:
    """Return a weight, which is in the unit of the system *unit_of*, and its local *day*."""
    number = units.text(units.rounded(units.exact(amount), 1))
    return f"{number} {_MASSES.get(unit_of, 'kg')}, on {_day_in_words(day)}"


def steps_in_words(number: object, day: date) -> str:
    return f"{int(units.exact(number)):,} steps on {_day_in_words(day.isoformat())}"


def night_in_words(minutes: object, day: str) -> str:
    """Return how long the night to *day* was slept, from its *minutes*; nothing for none."""
    hours, rest = divmod(int(units.exact(minutes)), 60)
    return f"{hours} h {rest} min asleep, in the night to {_day_in_words(day)}" if minutes else ""


def grams_in_words(grams: object, system: str, day: str) -> str:
    """Return a weight of so many *grams* in the unit of *system*, and its local *day*."""
    return weight_in_words(units.mass(units.exact(grams), system), system, day)


def _day_in_words(day: str) -> str:
    at = date.fromisoformat(day[:10])
    return f"{at.day} {at:%B %Y}"
