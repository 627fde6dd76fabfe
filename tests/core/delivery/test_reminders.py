"""Once a day, with nothing stored."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from healthrelay.core.delivery.reminders import remind

SINCE = datetime(2026, 11, 1, 12, tzinfo=UTC)


def reminders(pace: timedelta, days: int) -> list[float]:
    """After how many hours a caller that looks every *pace* is to report it."""
    looks = range(int(timedelta(days=days) / pace) + 1)
    return [
        look * pace / timedelta(hours=1)
        for look in looks
        if remind(SINCE, SINCE + look * pace, pace)
    ]


def test_after_a_day_and_then_daily() -> None:
    assert reminders(timedelta(hours=1), 3) == [24, 48, 72]
    assert reminders(timedelta(hours=10), 3) == [30, 50]
    assert reminders(timedelta(days=2), 6) == [48, 96, 144]


@pytest.mark.parametrize("hours", [-30, -1, 0, 1, 23])
def test_what_is_younger_than_a_day_or_yet_to_come_is_not_reported(hours: int) -> None:
    now = SINCE + timedelta(hours=hours)

    assert not any(remind(SINCE, now, timedelta(hours=pace)) for pace in (1, 24, 168))
