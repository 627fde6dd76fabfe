"""The calendar of a year: each state has a shape, and each day its place."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from healthrelay.core.charts.coverage import Calendar, Coverage
from healthrelay.web.charts.calendar import draw_calendar, key_of
from tests.core.charts.given import TODAY, day
from tests.web.charts.drawing import LANGUAGES, Drawing, subpaths, words

FIRST = date(2025, 12, 1)
YEAR = [FIRST + timedelta(n) for n in range((TODAY - FIRST).days + 1)]
AWAY = {date(2026, 8, 3) + timedelta(n): Coverage.NONE for n in range(7)}
SPECIAL = {
    **AWAY,
    day(14, 10): Coverage.FAILED,
    day(12): Coverage.NONE,
    day(27): Coverage.OPEN,
    day(28): Coverage.OPEN,
}


def calendar(special: dict[date, Coverage]) -> Calendar:
    days = {one: special.get(one, Coverage.COMPLETE) for one in YEAR}
    return Calendar(FIRST, TODAY, days, (), earlier=False)


def places(drawing: Drawing, css: str) -> list[date]:
    """The days at which the shapes of a class stand: a month is 15 down, a day 8.7 across."""
    found = []
    for path in drawing.of_class(css):
        for left, top, right, foot in subpaths(path.attrib["d"]):
            number = int(((left + right) / 2 - 28) // 8.7) + 1
            row = int(((top + foot) / 2 - 18) // 15)
            found.append(date(2025 + (11 + row) // 12, (11 + row) % 12 + 1, number))
    return found


def test_each_day_stands_at_its_place_in_the_shape_of_its_state() -> None:
    drawing = Drawing(draw_calendar(calendar(SPECIAL), words()))

    assert places(drawing, "complete") == [one for one in YEAR if one not in SPECIAL]
    assert places(drawing, "none") == [*AWAY, day(12)]
    assert places(drawing, "open") == places(drawing, "open-dot") == [day(27), day(28)]
    assert places(drawing, "failed") == [day(14, 10)]
    assert set(places(drawing, "failed-x")) == {day(14, 10)}


def test_only_what_is_not_complete_says_so_on_hovering() -> None:
    drawing = Drawing(draw_calendar(calendar(SPECIAL), words()))

    assert drawing.titles[0] == "Mon 3 Aug: nothing measured"
    assert drawing.titles[-4:] == [
        "Wed 14 Oct: could not be read",
        "Thu 12 Nov: nothing measured",
        "Fri 27 Nov: still open",
        "Sat 28 Nov: still open",
    ]
    assert len(drawing.titles) == 11


def test_it_is_described() -> None:
    drawing = Drawing(draw_calendar(calendar(SPECIAL), words()))

    assert drawing.title == "What we have of each day, Dec 2025 to Nov 2026"
    assert drawing.description == (
        "363 days: 352 complete, 2 still open, 8 with nothing measured, 1 could not be read."
        " The days that are not complete are listed beside the calendar."
    )
    months = [one.text for one in drawing.root.iter("text") if one.get("x") == "0"]
    assert months[0] == "Dec"
    assert months[-1] == "Nov"
    assert len(months) == 12


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_year_is_at_most_nine_kilobytes(language: str) -> None:
    usual = dict.fromkeys(YEAR[::9], Coverage.NONE) | SPECIAL

    drawn = draw_calendar(calendar(usual), words(language))

    assert len(drawn.encode()) <= 9_000
    assert "style" not in drawn


@pytest.mark.parametrize("state", [Coverage.OPEN, Coverage.FAILED, Coverage.NONE])
def test_a_year_without_a_complete_day_stays_small_too(state: Coverage) -> None:
    drawn = draw_calendar(calendar(dict.fromkeys(YEAR, state)), words())

    assert len(drawn.encode()) <= 25_000


def test_all_lies_in_the_frame() -> None:
    for state in Coverage:
        drawing = Drawing(draw_calendar(calendar(dict.fromkeys(YEAR, state)), words()))
        assert all(0 <= x <= 300 and 0 <= y <= 196 for x, y in drawing.coordinates())


def test_a_calendar_without_a_day_is_empty() -> None:
    drawing = Drawing(draw_calendar(Calendar(FIRST, TODAY, {}, (), earlier=False), words()))

    assert list(drawing.root.iter("path")) == []


def test_the_key_shows_each_shape_alone() -> None:
    for state in Coverage:
        assert Drawing(key_of(state)).of_class(state.value)
