"""Local days and legacy periods."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo, available_timezones

import pytest
from hypothesis import given
from hypothesis import strategies as st

from healthrelay.core.measurements.catalogue import EPOCH
from healthrelay.core.measurements.days import PERIODS, first_day, is_zone, parse_day, today


@pytest.mark.parametrize(
    ("zone", "day"),
    [
        (None, date(2026, 11, 1)),
        ("Europe/Amsterdam", date(2026, 11, 2)),
        ("Pacific/Kiritimati", date(2026, 11, 2)),
        ("America/New_York", date(2026, 11, 1)),
    ],
)
def test_today_is_the_wearers_own(zone: str | None, day: date) -> None:
    assert today(datetime(2026, 11, 1, 23, 30, tzinfo=UTC), zone) == day


@pytest.mark.parametrize(
    ("last", "period", "first"),
    [
        (date(2026, 11, 23), "1d", date(2026, 11, 23)),
        (date(2026, 11, 23), "1w", date(2026, 11, 17)),
        (date(2026, 11, 23), "30d", date(2026, 10, 25)),
        (date(2026, 11, 23), "1m", date(2026, 10, 24)),
        (date(2026, 3, 31), "1m", date(2026, 3, 1)),
        (date(2026, 1, 15), "3m", date(2025, 10, 16)),
        (date(2024, 2, 29), "1y", date(2023, 3, 1)),
        (date(2026, 11, 23), "max", EPOCH),
    ],
)
def test_first_day_of_a_period(last: date, period: str, first: date) -> None:
    assert first_day(last, period) == first


@given(st.dates(date(2010, 2, 1), date(2100, 1, 1)), st.sampled_from(PERIODS))
def test_periods_end_on_their_last_day_and_months_fit_the_servers_limit(
    last: date, period: str
) -> None:
    first = first_day(last, period)

    assert first <= last
    if period == "1m":
        assert 28 <= (last - first).days + 1 <= 31


def test_tomorrow_is_allowed_for_a_wearer_ahead_of_us() -> None:
    day = date(2026, 11, 23)

    assert parse_day("base_date", "2026-11-24", day) == day + timedelta(days=1)


@given(st.text())
def test_any_text_is_a_zone_or_not(text: str) -> None:
    assert is_zone(text) == (text in available_timezones() or _opens(text))


def _opens(text: str) -> bool:
    try:
        ZoneInfo(text)
    except (ValueError, OSError, KeyError):
        return False
    return True
