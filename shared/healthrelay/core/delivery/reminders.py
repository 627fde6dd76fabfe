"""When to report again what lasts, often enough to be noticed and without filling the log."""

from __future__ import annotations

from datetime import datetime, timedelta

DAY = timedelta(days=1)


def remind(since: datetime, now: datetime, pace: timedelta) -> bool:
    """Return whether to report at *now* something that has lasted since *since*.

    First after a day, then once a day, and nothing need be stored: a caller that looks once
    every *pace* is there when another day is full. One that looks more often reports it more
    often.
    """
    return _days(since, now) > max(_days(since, now - pace), 0)


def _days(since: datetime, now: datetime) -> int:
    """Return the full days in between."""
    return (now - since) // DAY
