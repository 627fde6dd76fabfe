"""Steps: a bar a day from zero; no day without data has one, and today is hollow."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from healthrelay.core.charts.values import Values
from healthrelay.web.charts.bars import draw_bars
from healthrelay.web.charts.tables import value_table
from tests.core.charts.given import TODAY, chart, november
from tests.web.charts.drawing import LANGUAGES, Drawing, column, subpaths, words

NEAR = 6
"""How many steps a bar may be off that has one decimal: 15,000 are 144 units high."""
STEPS = november({24: "12000", 25: "0", 27: "8123", 28: "5210"})


def draw(values: Values, shown: str = "30d") -> Drawing:
    return Drawing(draw_bars(chart("steps", values, shown), words()))


def bars(drawing: Drawing, css: str = "bar") -> list[tuple[float, float]]:
    return [(round(x), value) for x, value in drawing.bars(css)]


def test_a_whole_day_is_a_filled_bar_and_today_a_hollow_one() -> None:
    drawing = draw(STEPS)

    assert bars(drawing) == [
        (round(column(25, 30)), pytest.approx(12000, abs=NEAR)),
        (round(column(28, 30)), pytest.approx(8123, abs=NEAR)),
    ]
    assert bars(drawing, "bar partly") == [(round(column(29, 30)), pytest.approx(5210, abs=NEAR))]
    assert drawing.labels == ["0", "2,000", "4,000", "6,000", "8,000", "10,000", "12,000"]
    assert len(drawing.of_class("base")) == 1


def test_a_true_zero_is_a_line_and_a_day_without_data_is_nothing() -> None:
    (zero,) = draw(STEPS).of_class("zero")

    ((left, top, right, foot),) = subpaths(zero.attrib["d"])
    assert (left + right) / 2 == pytest.approx(column(26, 30), abs=0.1)
    assert top == foot == 151


def test_the_table_has_the_numbers_of_the_picture() -> None:
    assert value_table(chart("steps", STEPS), words()) == (
        ["Day", "Steps a day"],
        [
            ["Sat 28 Nov", "5,210 so far"],
            ["Fri 27 Nov", "8,123"],
            ["Wed 25 Nov", "0"],
            ["Tue 24 Nov", "12,000"],
        ],
    )


def test_today_is_in_no_mean() -> None:
    """20,123 in three whole days."""
    drawing = draw(STEPS)

    assert drawing.description.startswith("On average 6,708 a day, least 0, most 12,000.")
    assert drawing.titles[-4:] == [
        "Wed 25 Nov: 0 steps",
        "Thu 26 Nov: not worn",
        "Fri 27 Nov: 8,123 steps",
        "Sat 28 Nov: 5,210 steps so far",
    ]


def test_today_alone_and_only_zeros_are_drawn() -> None:
    today = draw(november({28: "1"}))
    assert today.description == "Only today so far: 1 step."
    assert (today.bars(), len(today.bars("bar partly"))) == ([], 1)

    zeros = draw(november({26: "0", 27: "0"}))
    assert zeros.bars() == []
    assert zeros.labels == ["0", "200", "400", "600", "800", "1,000"]


def test_a_year_has_the_mean_day_of_each_week() -> None:
    """Sunday 15 November belongs to the week before that of Monday the 16th."""
    values = november({15: "4000", 16: "9000", 20: "6000"})
    drawing = draw(values, "1y")

    assert [value for _, value in drawing.bars()] == [
        pytest.approx(4000, abs=NEAR),
        pytest.approx(7500, abs=NEAR),
    ]
    assert drawing.titles[-3:] == [
        "9 to 15 Nov: 4,000 steps",
        "16 to 22 Nov: 7,500 steps",
        "23 to 28 Nov: not worn",
    ]
    assert value_table(chart("steps", values, "1y"), words()) == (
        ["Week", "Steps a day", "Days"],
        [["16 to 22 Nov", "7,500", "2"], ["9 to 15 Nov", "4,000", "1"]],
    )


def test_five_years_have_the_mean_day_of_each_month() -> None:
    values = {TODAY - timedelta(n): Decimal(8000) for n in range(1, 1826)}
    drawing = draw(values, "all")

    assert len(drawing.bars()) == 61
    assert drawing.titles[0] == "Nov 2021: 8,000 steps"


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("shown", ["30d", "90d", "1y", "all"])
def test_no_chart_is_larger_than_25_kilobytes(language: str, shown: str) -> None:
    values = {TODAY - timedelta(n): Decimal(10_000 + n * 7919 % 9000) for n in range(4000)}

    drawn = draw_bars(chart("steps", values, shown), words(language))

    assert len(drawn.encode()) <= 25_000
    assert "style" not in drawn


DAYS = st.integers(0, 800).map(lambda n: TODAY - timedelta(n))


@given(
    st.dictionaries(DAYS, st.integers(0, 60_000).map(Decimal), min_size=1, max_size=60),
    st.sampled_from(["30d", "90d", "1y", "all"]),
)
def test_there_is_a_bar_for_each_measured_column_and_no_other(
    values: dict[date, Decimal], shown: str
) -> None:
    one = chart("steps", values, shown)
    if not one.points:
        return
    drawing = Drawing(draw_bars(one, words()))

    zeros = [p for path in drawing.of_class("zero") for p in subpaths(path.attrib["d"])]
    found = [*drawing.bars(), *drawing.bars("bar partly")]
    assert len(zeros) + len(found) == len(one.points)
    assert [x for x, _ in found] == sorted(x for x, _ in found)
    assert all(39.9 <= x <= 264.1 and 7.9 <= y <= 152 for x, y in drawing.coordinates())
