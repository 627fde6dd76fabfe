"""A wearer's newest weight, yesterday's steps and last night: three small calls."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta

from healthrelay.core.grants.glance import Seen
from healthrelay.core.json import Raw
from healthrelay.core.measurements.reads import Read

WEIGHT_DAYS = timedelta(days=30)


def questions(
    read: Callable[[Read], list[Raw]], today: date
) -> dict[str, Callable[[], Seen | None]]:
    """Return what to ask for each part of a `Glance`; *read* returns what a call brings."""
    yesterday = today - timedelta(days=1)

    def weight() -> Seen | None:
        weights = read(Read("weight", today - WEIGHT_DAYS, today))
        if not weights:
            return None
        newest = max(weights, key=lambda one: (one["date"], one["time"]))
        return Seen(newest["weight"], newest["date"])

    def steps() -> Seen | None:
        (total,) = read(Read("activities-steps", yesterday, yesterday))
        return Seen(total["value"], yesterday.isoformat())

    def night() -> Seen | None:
        nights = read(Read("sleep-minutesAsleep", yesterday, today))
        known = [one for one in nights if one["value"] not in ("", "0")]
        return Seen(known[-1]["value"], known[-1]["dateTime"]) if known else None

    return {"weight": weight, "steps": steps, "night": night}
