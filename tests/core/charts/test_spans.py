"""Which days a chart shows, and in which columns."""

from __future__ import annotations

import itertools
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from healthrelay.core.charts.spans import Column, Grain, ShownSpan, span
from tests.core.charts.given import TODAY, day


@pytest.mark.parametrize(
    ("name", "first", "points", "bars"),
    [
        ("30d", day(30, 10), Grain.DAY, Grain.DAY),
        ("90d", day(31, 8), Grain.DAY, Grain.DAY),
        ("1y", date(2025, 11, 29), Grain.DAY, Grain.WEEK),
        ("all", date(2021, 12, 3), Grain.MONTH, Grain.MONTH),
    ],
)
def test_spans_end_today(name: str, first: date, points: Grain, bars: Grain) -> None:
    shown = span(name, TODAY, date(2021, 12, 3))

    assert shown == ShownSpan(name, first, TODAY)
    assert (shown.grain(dense=False), shown.grain(dense=True)) == (points, bars)


def test_all_of_a_short_time_is_shown_as_days_and_never_less_than_thirty() -> None:
    assert span("all", TODAY, day(20)).days == 30
    assert span("all", TODAY, None).days == 30
    assert span("all", TODAY, day(1, 8)).grain(dense=True) is Grain.DAY
    assert span("all", TODAY, day(1, 2)).grain(dense=True) is Grain.WEEK


def test_a_name_that_is_none_is_refused() -> None:
    with pytest.raises(KeyError):
        span("7d", TODAY, None)


def test_weeks_begin_on_monday_and_are_cut_at_both_ends() -> None:
    shown = ShownSpan("1y", day(13), day(25))

    assert shown.columns(Grain.WEEK) == [
        Column(day(13), day(15)),
        Column(day(16), day(22)),
        Column(day(23), day(25)),
    ]


def test_months_end_with_their_last_day() -> None:
    shown = ShownSpan("all", date(2024, 1, 31), date(2024, 3, 1))

    assert shown.columns(Grain.MONTH) == [
        Column(date(2024, 1, 31), date(2024, 1, 31)),
        Column(date(2024, 2, 1), date(2024, 2, 29)),
        Column(date(2024, 3, 1), date(2024, 3, 1)),
    ]


@given(st.dates(date(2009, 1, 1), date(2030, 1, 1)), st.integers(0, 4000), st.sampled_from(Grain))
def test_columns_follow_each_other_without_a_hole(last: date, before: int, grain: Grain) -> None:
    shown = ShownSpan("all", max(date(2009, 1, 1), last - timedelta(before)), last)
    columns = shown.columns(grain)

    assert (columns[0].first, columns[-1].last) == (shown.first, shown.last)
    for one, after in itertools.pairwise(columns):
        assert after.first - one.last == timedelta(1)
