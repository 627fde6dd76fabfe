"""When to tell again of what lasts, so that it is heard of and does not fill the log."""

from __future__ import annotations

from datetime import datetime, timedelta

DAY = timedelta(days=1)


def remind(since: datetime, now: datetime, pace: timedelta) -> bool:
    """Whether to tell at *now* of something that has lasted since *since*.

    First after a day, then once a day, and nothing need be stored for it: whoever looks once
    every *pace* is there when another day is full. Who looks more often tells it more often.
    """
    return _days(since, now) > max(_days(since, now - pace), 0)


def _days(since: datetime, now: datetime) -> int:
    """The full days in between."""
    return (now - since) // DAY
