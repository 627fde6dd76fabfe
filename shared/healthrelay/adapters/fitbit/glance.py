"""A wearer's newest weight, yesterday's steps and last night: three small calls."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta

from healthrelay.core.grants.glance import night_in_words, steps_in_words, weight_in_words
from healthrelay.core.json import Raw
from healthrelay.core.measurements.reads import Read

WEIGHT_DAYS = timedelta(days=30)


def questions(
    read: Callable[[Read], list[Raw]], today: date, system: str
) -> dict[str, Callable[[], str]]:
    """Return what to ask for each part of a `Glance`; *read* returns what a call brings."""
    yesterday = today - timedelta(days=1)

    def weight() -> str:
        weights = read(Read("weight", today - WEIGHT_DAYS, today))
        if not weights:
            return ""
        newest = max(weights, key=lambda one: (one["date"], one["time"]))
        return weight_in_words(newest["weight"], system, newest["date"])

    def steps() -> str:
        (total,) = read(Read("activities-steps", yesterday, yesterday))
        return steps_in_words(total["value"], yesterday)

    def night() -> str:
        nights = read(Read("sleep-minutesAsleep", yesterday, today))
        known = [one for one in nights if one["value"] not in ("", "0")]
        return night_in_words(known[-1]["value"], known[-1]["dateTime"]) if known else ""

    return {"weight": weight, "steps": steps, "night": night}
