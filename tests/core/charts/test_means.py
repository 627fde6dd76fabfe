"""Means end with a measured day, and no line joins what lies more than seven days apart."""

from __future__ import annotations

import itertools
from datetime import date, timedelta
from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from healthrelay.core.charts.means import adjoining, column_means, stretches, trailing_means
from healthrelay.core.charts.spans import Column
from tests.core.charts.given import day, november

DAYS = st.sets(st.dates(date(2026, 1, 1), date(2026, 12, 31)), max_size=60)


def test_a_mean_is_of_what_was_measured_in_the_seven_days_that_end_with_it() -> None:
    values = november({1: "82", 5: "83", 8: "84", 20: "80"})

    # The 8th: 2 to 8 November, so the 5th and the 8th. The 20th: 14 to 20, itself alone.
    assert trailing_means(values, values) == november({1: "82", 5: "82.5", 8: "83.5", 20: "80"})


def test_no_day_without_a_measurement_has_a_mean() -> None:
    assert trailing_means(november({1: "82"}), [day(1), day(2)]) == november({1: "82"})


def test_a_line_is_cut_where_more_than_seven_days_lie_between_two() -> None:
    # From the 3rd to the 10th are seven days, to the 18th eight.
    days = [day(1), day(3), day(10), day(18)]

    assert stretches(days) == [[day(1), day(3), day(10)], [day(18)]]


@given(DAYS)
def test_stretches_have_each_day_once_in_order_and_join_no_more_than_seven(days: set[date]) -> None:
    parts = stretches(days)

    assert [one for part in parts for one in part] == sorted(days)
    for part in parts:
        assert all(b - a <= timedelta(7) for a, b in itertools.pairwise(part))
    for before, after in itertools.pairwise(parts):
        assert after[0] - before[-1] > timedelta(7)


def test_a_column_has_the_mean_of_its_measured_days() -> None:
    weeks = [Column(day(2), day(8)), Column(day(9), day(15)), Column(day(16), day(22))]
    values = november({1: "99", 2: "6", 8: "3", 16: "4"})

    means = column_means(values, weeks)

    assert {column: tuple(mean) for column, mean in means.items()} == {
        weeks[0]: (Decimal("4.5"), 2),
        weeks[2]: (Decimal(4), 1),
    }


def test_columns_are_joined_only_to_their_neighbours() -> None:
    first, second, fourth = (Column(day(n), day(n + 6)) for n in (2, 9, 23))

    assert adjoining([first, second, fourth]) == [[first, second], [fourth]]
