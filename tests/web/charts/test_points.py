"""Weight, fat and heart: what is drawn is what was measured, and nothing more."""

from __future__ import annotations

import re
from datetime import date, timedelta
from decimal import Decimal
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from healthrelay.core.charts.values import Values, in_pounds
from healthrelay.web.charts.points import draw_points, draw_spark
from healthrelay.web.charts.tables import ChartTable, value_table
from tests.core.charts.given import TODAY, chart, november
from tests.web.charts.drawing import LANGUAGES, Drawing, column, subpaths, words

WEEK = november({21: "82.9", 23: "82.8", 24: "82.5", 25: "82.9", 27: "82.6", 28: "82.4"})
"""The 21st is the 23rd of 30 columns, counted from 0 at 30 October: 22."""
FIVE_YEARS = {TODAY - timedelta(n): Decimal(860 - n % 37) / 10 for n in range(1826) if n % 5}
NEAR = 0.06
"""How far a value may be off that is read from a coordinate with one decimal."""


def draw(values: Values, shown: str = "30d", name: str = "weight", system: str = "") -> Drawing:
    return Drawing(draw_points(chart(name, values, shown), words(system=system)))


def table(values: Values, shown: str = "30d", name: str = "weight", system: str = "") -> ChartTable:
    return value_table(chart(name, values, shown), words(system=system))


def near(expected: list[tuple[float, float]]) -> list[object]:
    return [pytest.approx(pair, abs=NEAR) for pair in expected]


def test_each_measurement_is_a_dot_at_its_day() -> None:
    expected = [(22, 82.9), (24, 82.8), (25, 82.5), (26, 82.9), (28, 82.6), (29, 82.4)]

    assert draw(WEEK).dots == near([(column(place, 30), value) for place, value in expected])


def test_the_line_is_the_mean_of_seven_days_that_end_with_a_measured_one() -> None:
    """Of the 27th: 21 to 27 November, 413.7 / 5. Of the 28th: 22 to 28, 413.2 / 5."""
    means = [82.9, 82.85, 82.7333, 82.775, 82.74, 82.64]
    places = [22, 24, 25, 26, 28, 29]

    assert draw(WEEK).lines == [
        near([(column(p, 30), mean) for p, mean in zip(places, means, strict=True)])
    ]


def test_the_table_has_the_numbers_of_the_picture_the_newest_first() -> None:
    assert table(WEEK) == (
        ["Day", "Weight, kg", "Mean of 7 days"],
        [
            ["Sat 28 Nov", "82.4", "82.6"],
            ["Fri 27 Nov", "82.6", "82.7"],
            ["Wed 25 Nov", "82.9", "82.8"],
            ["Tue 24 Nov", "82.5", "82.7"],
            ["Mon 23 Nov", "82.8", "82.9"],
            ["Sat 21 Nov", "82.9", "82.9"],
        ],
    )


def test_what_is_drawn_is_described() -> None:
    drawing = draw(WEEK)

    assert drawing.title == "Weight, last 30 days"
    assert drawing.description == (
        "From 82.9 kg to 82.4 kg, lowest 82.4 kg, highest 82.9 kg. 6 of 30 days were measured;"
        " the line is the mean of seven days, open where more than a week lies between two"
        " measurements."
    )
    assert drawing.titles[-3:] == [
        "Thu 26 Nov: not measured",
        "Fri 27 Nov: 82.6 kg",
        "Sat 28 Nov: 82.4 kg",
    ]
    assert len(drawing.titles) == 30
    assert drawing.labels == ["81.5", "82.0", "82.5", "83.0", "83.5", "84.0"]
    assert [one.text for one in drawing.of_class("end")] == ["82.4"]


def test_mondays_are_named_the_first_of_each_month_with_it() -> None:
    ticks = [t.text for t in Drawing(draw(WEEK).svg).root.iter("text") if t.get("y") == "172"]

    assert ticks == ["2 Nov", "9", "16", "23"]


def test_one_value_is_a_dot_without_a_line() -> None:
    drawing = draw(november({20: "82.4"}))

    assert drawing.dots == near([(column(21, 30), 82.4)])
    assert drawing.lines == []
    assert drawing.description == (
        "From 82.4 kg to 82.4 kg, lowest 82.4 kg, highest 82.4 kg. One of 30 days was measured."
    )


def test_two_values_that_lie_far_apart_are_not_joined() -> None:
    drawing = draw(november({1: "83", 28: "82"}))

    assert drawing.dots == near([(column(2, 30), 83), (column(29, 30), 82)])
    assert drawing.lines == []


def test_two_values_of_one_week_are_joined() -> None:
    assert draw(november({21: "83", 28: "82"})).lines == [
        near([(column(22, 30), 83), (column(29, 30), 82)])
    ]


def test_equal_values_lie_in_the_middle_of_two_kilograms() -> None:
    drawing = draw(november(dict.fromkeys(range(1, 29), "82.5")))

    assert drawing.labels == ["81.5", "82.0", "82.5", "83.0", "83.5"]
    assert {round(value, 1) for _, value in drawing.dots} == {82.5}


def test_nothing_is_drawn_before_the_first_and_after_the_last() -> None:
    xs = [x for x, _ in draw(november({10: "82", 11: "83"})).dots]

    assert xs == [pytest.approx(column(11, 30), abs=NEAR), pytest.approx(column(12, 30), abs=NEAR)]


def test_a_year_is_daily_and_says_its_weeks_on_hovering() -> None:
    drawing = draw(FIVE_YEARS, "1y")

    assert len(drawing.dots) == 292
    assert drawing.of_class("points")[0].attrib["stroke-width"] == "2.4"
    # 25 November 2026 has 860 - 3, the 24th 856 and so on; 23 to 28 November are n = 5 to 0.
    assert drawing.titles[-1] == "23 to 28 Nov: 85.8 kg"
    assert len(drawing.titles) == 53


@pytest.mark.parametrize("shown", ["1y", "all"])
@pytest.mark.parametrize("later", range(7))
def test_each_week_says_its_mean_whatever_weekday_the_first_day_is(later: int, shown: str) -> None:
    """A first week that is cut may be one day, which makes no days of the others."""
    today = TODAY + timedelta(later)
    values = {today - timedelta(n): Decimal("82.4") for n in range(365)}

    titles = Drawing(draw_points(chart("weight", values, shown, today), words())).titles

    assert len(titles) in (53, 54)
    assert all(title.endswith(": 82.4 kg") for title in titles), titles


def test_all_of_five_years_are_means_of_months() -> None:
    drawing = draw(FIVE_YEARS, "all")

    # From November 2021 to November 2026.
    assert len(drawing.dots) == 61
    assert len(drawing.lines) == 1
    ticks = [t.text for t in drawing.root.iter("text") if t.get("y") == "172"]
    assert ticks == ["2022", "2023", "2024", "2025", "2026"]
    assert drawing.description.startswith("The mean of each month, from ")


def test_the_line_of_months_is_open_where_one_has_none() -> None:
    """From November 2021 to April 2024, and from June 2024 to November 2026."""
    values = {d: v for d, v in FIVE_YEARS.items() if (d.year, d.month) != (2024, 5)}

    assert [len(line) for line in draw(values, "all").lines] == [30, 30]


def test_stones_have_ticks_of_a_pound() -> None:
    """182 lb are 13 st, 183.2 lb 13 st 1.2; around them 4.41 lb are shown."""
    values = in_pounds(november({27: "13", 28: "13.0857"}))
    drawing = draw(values, system="en_GB")

    assert drawing.labels[:6] == ["12st 12", "12st 13", "13st 0", "13st 1", "13st 2", "13st 3"]
    assert drawing.titles[-1] == "Sat 28 Nov: 13 st 1.2 lb"
    assert table(values, system="en_GB") == (
        ["Day", "Weight, st and lb", "Mean of 7 days"],
        [["Sat 28 Nov", "13 st 1.2", "13 st 0.6"], ["Fri 27 Nov", "13 st 0.0", "13 st 0.0"]],
    )


def test_pounds_span_what_two_kilograms_are() -> None:
    drawing = draw(november({28: "181.66"}), system="en_US")

    assert drawing.labels == ["179", "180", "181", "182", "183", "184"]
    assert drawing.titles[-1] == "Sat 28 Nov: 181.7 lb"


def test_heart_has_whole_beats_and_spans_eight() -> None:
    drawing = draw(november({27: "58", 28: "57"}), name="heart")

    assert drawing.labels == ["52", "54", "56", "58", "60", "62"]
    assert drawing.titles[-1] == "Sat 28 Nov: 57 beats a minute"
    assert drawing.svg.startswith('<svg class="chart" viewBox="0 0 300 176" role="img"')
    assert 'aria-labelledby="heart-t" aria-describedby="heart-d"' in drawing.svg


def test_a_spark_line_is_hidden_and_needs_two_weighings() -> None:
    spark = Drawing(draw_spark(chart("weight", WEEK)))

    assert spark.root.get("aria-hidden") == "true"
    (dots,) = spark.of_class("points")
    assert len(subpaths(dots.attrib["d"])) == 5
    assert len(spark.of_class("point last")) == 1
    assert not list(spark.root.iter("text"))
    assert draw_spark(chart("weight", november({28: "82.4"}))) == ""
    assert draw_spark(chart("weight", {})) == ""
    Drawing(draw_spark(chart("weight", november({27: "82.4", 28: "82.4"}))))


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("shown", ["30d", "90d", "1y", "all"])
def test_no_chart_is_larger_than_25_kilobytes(language: str, shown: str) -> None:
    values = {TODAY - timedelta(n): Decimal("82.4") + n % 9 for n in range(1826)}

    drawn = draw_points(chart("heart", values, shown), words(language))

    assert len(drawn.encode()) <= 25_000
    assert "style" not in drawn
    assert len(Drawing(drawn).titles) <= 120


DAYS = st.integers(0, 1500).map(lambda n: TODAY - timedelta(n))
SOME = st.dictionaries(DAYS, st.decimals(0, 400, places=1), min_size=1, max_size=80)


@given(SOME, st.sampled_from(["30d", "90d", "1y", "all"]), st.sampled_from(["", "en_GB"]))
def test_all_lies_in_the_frame_in_order_and_nothing_is_invented(
    values: dict[date, Decimal], shown: str, system: str
) -> None:
    one = chart("weight", values, shown)
    if not one.points:
        return
    drawing = Drawing(draw_points(one, words(system=system)))

    assert all(40 <= x <= 264 and 8 <= y <= 152 for x, y in drawing.coordinates())
    assert all(re.fullmatch(r"-?\d+(\.\d)?", n) for n in re.findall(r'c[xy]="(.*?)"', drawing.svg))
    xs = [x for x, _ in (drawing.dots if not system else [])]
    assert xs == sorted(xs)
    assert system or len(xs) == len(one.points)
    bends = [x for path in drawing.of_class("mean") for x in _xs(path.attrib["d"])]
    measured = {
        float(f"{_x(p.column.first, p.column.last, one.span.first, one.span.days):.1f}")
        for p in one.points
    }
    assert set(bends) <= measured
    if one.grain.value == "day":
        a_week = 7 * 224 / one.span.days
        for path in drawing.of_class("mean"):
            assert all(b - a <= a_week + 0.11 for a, b in pairwise(_xs(path.attrib["d"])))


def _xs(steps: str) -> list[float]:
    return [float(pair.split(",")[0]) for pair in steps[1:].split()]


def _x(first: date, last: date, begin: date, days: int) -> float:
    middle = ((first - begin).days + (last - begin).days) / 2
    return column(0, days) + middle * 224 / days
