"""What a wearer knows themselves by: newest weight, yesterday's steps, last night."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import NamedTuple

from healthrelay.core.measurements import units

SERIES_OF = {"weight": "weight", "steps": "activities-steps", "night": "sleep"}
"""Part of a `Glance` → the series whose scopes it needs."""


class Glance(NamedTuple):
    """Each in words; empty where it was not allowed, is not there or could not be read in time."""

    weight: str = ""
    steps: str = ""
    night: str = ""


class Seen(NamedTuple):
    """What a provider says for a part of a `Glance`: kilograms, steps or minutes asleep."""

    amount: object
    day: str
    """Local, as ISO text; of a night the one on which it ended."""


def _weight_in_words(seen: Seen, system: str) -> str:
    weight = units.convert(units.exact(seen.amount), "mass", units.METRIC, system)
    number, unit = units.text(units.rounded(weight, 1)), units.unit_of("mass", system)
    return f"{number} {unit.symbol}, on {_day_in_words(seen.day)}"


def _steps_in_words(seen: Seen, _: str) -> str:
    return f"{int(units.exact(seen.amount)):,} steps on {_day_in_words(seen.day)}"


def _night_in_words(seen: Seen, _: str) -> str:
    """Return how long was slept; nothing for no minute."""
    hours, rest = divmod(int(units.exact(seen.amount)), 60)
    words = f"{hours} h {rest} min asleep, in the night to {_day_in_words(seen.day)}"
    return words if seen.amount else ""


def _day_in_words(day: str) -> str:
    at = date.fromisoformat(day[:10])
    return f"{at.day} {at:%B %Y}"


IN_WORDS: dict[str, Callable[[Seen, str], str]] = {
    "weight": _weight_in_words,
    "steps": _steps_in_words,
    "night": _night_in_words,
}
"""Part of a `Glance` → its words in a unit system."""
