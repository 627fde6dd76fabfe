"""Nights are drawn from bed to rise; what was not slept, or not measured, is a gap."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from healthrelay.core.charts.chart import SleepChart, sleep_chart
from healthrelay.core.charts.nights import SleepDay, SleepStage, SleepStretch, nights
from healthrelay.core.charts.spans import span
from healthrelay.core.json import Json
from healthrelay.core.measurements.records import Record
from healthrelay.web.charts.last_night import draw_last_night, sums
from healthrelay.web.charts.sleep import asleep, clock_range, draw_nights
from healthrelay.web.charts.tables import sleep_table
from tests.core.charts.given import NOW, TODAY, record, session
from tests.web.charts.drawing import LANGUAGES, Drawing, subpaths, words

STAGES = [("light", 60), ("deep", 60), ("wake", 30), ("rem", 90), ("light", 60)]
"""Five hours: 60 + 60 asleep, half an hour awake, 90 + 60 asleep."""
NIGHT = session("2026-11-27T23:00:00", STAGES)


def shown(*records: Record, name: str = "30d", now: datetime = NOW) -> SleepChart:
    found = nights(records, now)
    return sleep_chart(found, span(name, TODAY, min(found, default=None)))


def draw(*records: Record, name: str = "30d") -> Drawing:
    return Drawing(draw_nights(shown(*records, name=name), words()))


def bands(drawing: Drawing, css: str, hours: tuple[int, int]) -> list[tuple[int, int, int]]:
    """Column, from which minute and to which minute, for a frame of these *hours*."""
    found = []
    first, last = (60 * hour for hour in hours)
    for path in drawing.of_class(f"ribbon {css}"):
        for x, top, _, foot in subpaths(path.attrib["d"]):
            begin, end = (first + (y - 8) / 168 * (last - first) for y in (top, foot))
            found.append((round((x - 40) / 224 * 30 - 0.5), round(begin), round(end)))
    return found


def test_a_night_stands_on_the_day_of_waking_with_its_stages() -> None:
    drawing = draw(NIGHT)

    # The frame is cut to whole hours: from 23:00 to 04:00.
    hours = (-1, 4)
    assert bands(drawing, "light", hours) == [(29, -60, 60), (29, 90, 240)]
    assert bands(drawing, "deep", hours) == [(29, 0, 60)]
    assert bands(drawing, "rem", hours) == [(29, 90, 180)]
    assert drawing.labels == ["23:00", "00:00", "01:00", "02:00", "03:00", "04:00"]
    assert drawing.titles[-2:] == ["Fri 27 Nov: no night", "Sat 28 Nov: 23:00 to 04:00"]
    assert drawing.height == 200


def test_a_night_without_stages_is_a_plain_ribbon() -> None:
    drawing = draw(session("2026-11-28T00:00:00", [("asleep", 300), ("restless", 60)]))

    assert bands(drawing, "light", (0, 6)) == [(29, 0, 360)]
    assert drawing.of_class("ribbon deep") == drawing.of_class("ribbon rem") == []


def test_a_nap_is_a_second_ribbon_in_the_column() -> None:
    drawing = draw(NIGHT, session("2026-11-28T13:00:00", [("asleep", 60)], main=False))

    assert bands(drawing, "light", (-1, 14)) == [(29, -60, 60), (29, 90, 240), (29, 780, 840)]


def test_the_table_has_the_times_of_the_picture() -> None:
    nap = session("2026-11-28T13:00:00", [("asleep", 60)], main=False)
    before = session("2026-11-26T22:30:00", [("asleep", 425)])

    assert sleep_table(shown(NIGHT, nap, before), words()) == (
        ["Day", "Bed", "Up", "Asleep"],
        [
            ["Sat 28 Nov", "23:00", "04:00", "5 h 30 min"],
            ["Fri 27 Nov", "22:30", "05:35", "7 h 5 min"],
        ],
    )


def test_the_description_has_how_long_was_slept() -> None:
    drawing = draw(NIGHT, session("2026-11-26T22:30:00", [("asleep", 424)]))

    # 4 h 30 min and 7 h 4 min: on average 5 h 47 min.
    assert drawing.description.startswith(
        "2 nights of 30 days, 22:00 at the top and 06:00 at the foot;"
        " asleep from 4 h 30 min to 7 h 4 min, on average 5 h 47 min."
    )


def test_a_year_has_the_mean_night_of_each_week() -> None:
    drawing = draw(NIGHT, session("2026-11-26T22:00:00", [("asleep", 420)]), name="1y")

    # To bed at 22:30, up at 04:30; the last column is the week from 23 to 28 November.
    ((_, top, _, foot),) = subpaths(drawing.of_class("ribbon light")[0].attrib["d"])
    begin, end = (-120 + (y - 8) / 168 * 420 for y in (top, foot))
    assert (begin, end) == (pytest.approx(-90, abs=1.3), pytest.approx(270, abs=1.3))
    assert drawing.titles[-1] == "23 to 28 Nov: 22:30 to 04:30"
    assert sleep_table(shown(NIGHT, name="1y"), words()).rows == [
        ["23 to 28 Nov", "23:00", "04:00", "4 h 30 min"]
    ]


def test_a_short_waking_is_seen_and_one_too_short_for_ninety_days_is_not() -> None:
    parts = [
        SleepStretch(SleepStage.LIGHT, 0, 60),
        SleepStretch(SleepStage.AWAKE, 60, 61),
        SleepStretch(SleepStage.DEEP, 61, 90),
    ]

    assert asleep(parts, 1, 4.0) == [(0, 60), (64.0, 90)]
    assert asleep(parts, 5, 4.0) == [(0, 90)]


def test_what_lies_beyond_a_day_and_a_half_is_cut() -> None:
    """Who goes to bed at 10:00 and sleeps until 21:00 of the day after is cut at noon."""
    drawing = draw(session("2026-11-27T10:00:00", [("asleep", 27 * 60)]))

    assert drawing.labels[0] == "12:00"
    assert all(8 <= y <= 176 for _, y in drawing.coordinates())


def night(*stages: tuple[str, int], begin: str = "2026-11-27T23:04:00") -> SleepDay:
    return nights([session(begin, stages)], NOW)[TODAY]


def test_last_night_has_a_row_a_stage_with_its_times() -> None:
    drawing = Drawing(
        draw_last_night(night(("wake", 6), ("light", 234), ("deep", 120)), TODAY, words())
    )

    rows = [one.text for one in drawing.root.iter("text")]
    assert rows == ["Awake", "REM", "Light", "Deep", "23:04", "02:00", "05:04"]
    # 246 units are 360 minutes: six minutes 4.1, from the left edge on.
    (awake,) = drawing.of_class("awake")
    assert (awake.attrib["x"], awake.attrib["y"], awake.attrib["width"]) == ("50", "12", "4.1")
    (deep,) = drawing.of_class("deep")
    assert (deep.attrib["x"], deep.attrib["y"], deep.attrib["width"]) == ("214", "96", "82")
    assert drawing.titles == ["Awake 23:04 to 23:10", "Light 23:10 to 03:04", "Deep 03:04 to 05:04"]
    assert drawing.title == "The night to 28 November, by stage"
    assert drawing.description == "From 23:04 to 05:04: 5 h 54 min asleep and 6 min awake."


def test_a_last_night_without_stages_has_two_rows_and_no_sums() -> None:
    plain = night(("asleep", 60), ("awake", 1), ("asleep", 60))
    drawing = Drawing(draw_last_night(plain, TODAY, words()))

    rows = [one.text for one in drawing.root.iter("text")]
    assert rows == ["Awake", "Asleep", "23:04", "01:05"]
    assert sums(plain.main, words()) == ""


def test_sums_are_a_sentence() -> None:
    one = night(("wake", 25), ("light", 230), ("deep", 102), ("rem", 105))

    assert sums(one.main, words()) == (
        "Deep 1 h 42 min, light 3 h 50 min, REM 1 h 45 min, awake 25 min."
    )


def over_a_change(day: str, hours: int, *stages: tuple[str, str, int]) -> Record:
    """From 01:00 to 05:00 by the clock, which is changed meanwhile, with the minutes of stages."""
    levels: list[Json] = [
        {"dateTime": f"{day}T{at}:00", "level": level, "seconds": 60 * minutes}
        for at, level, minutes in stages
    ]
    times = {"startTime": f"{day}T01:00:00", "endTime": f"{day}T05:00:00"}
    data = {**times, "duration": hours * 3_600_000, "levels": {"data": levels}}
    return record("sleep", day, data)


AUTUMN = over_a_change(
    "2026-10-25", 5, ("01:00", "rem", 90), ("02:30", "light", 30), ("02:00", "deep", 180)
)
SPRING = over_a_change("2026-03-29", 3, ("01:00", "deep", 40), ("01:40", "light", 140))


def test_last_night_has_the_hour_twice_when_the_clocks_go_back() -> None:
    """246 units are 300 minutes: of the first 90, of 30, and of the 180 that remain."""
    (slept,) = nights([AUTUMN], NOW).values()
    drawing = Drawing(draw_last_night(slept, TODAY, words()))

    places = [drawing.of_class(css)[0].attrib for css in ("rem", "light", "deep")]
    assert [(one["x"], one["width"]) for one in places] == [
        ("50", "73.8"),
        ("123.8", "24.6"),
        ("148.4", "147.6"),
    ]
    assert drawing.titles == ["REM 01:00 to 02:30", "Light 02:30 to 03:00", "Deep 02:00 to 05:00"]
    # In the middle, two and a half hours after 01:00, it would be 03:30: of the whole hours near
    # it the even one is 04:00, which the clocks call 03:00 by then.
    times = [one.text for one in drawing.root.iter("text")][-3:]
    assert times == ["01:00", "03:00", "05:00"]


def test_last_night_goes_on_over_the_hour_that_is_left_out() -> None:
    (slept,) = nights([SPRING], NOW).values()
    drawing = Drawing(draw_last_night(slept, TODAY, words()))

    # 246 units are 180 minutes: 20 after 40, and 120 after those.
    assert [(one.attrib["x"], one.attrib["width"]) for one in drawing.of_class("light")] == [
        ("104.7", "27.3"),
        ("132", "164"),
    ]
    assert drawing.titles[1:] == ["Light 01:40 to 02:00", "Light 03:00 to 05:00"]


def test_the_hour_that_is_left_out_is_no_gap_in_a_ribbon() -> None:
    found = nights([SPRING], NOW)
    chart = sleep_chart(found, span("30d", date(2026, 3, 29), None))

    assert bands(Drawing(draw_nights(chart, words())), "light", (1, 5)) == [(29, 60, 300)]


def test_a_last_night_whose_first_half_is_not_known_is_drawn() -> None:
    data = [{"dateTime": "2026-11-28T05:00:00", "level": "deep", "seconds": 3600}]
    levels: dict[str, Json] = {"levels": {"data": data}}
    (slept,) = nights([session("2026-11-28T00:00:00", [("light", 360)], **levels)], NOW).values()

    drawing = Drawing(draw_last_night(slept, TODAY, words()))

    assert [one.text for one in drawing.root.iter("text")][-3:] == ["00:00", "03:00", "06:00"]


def busy_night(day: date) -> Record:
    """Sixty stages, each of minutes that can be seen: more than any night has."""
    cycle = [("light", 8), ("deep", 7), ("light", 6), ("rem", 8), ("wake", 6)]
    return session(f"{day - timedelta(1)}T22:{day.day:02d}:00", cycle * 12)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", ["30d", "90d", "1y", "all"])
def test_no_chart_is_larger_than_25_kilobytes(language: str, name: str) -> None:
    records = [busy_night(TODAY - timedelta(n)) for n in range(500)]

    drawn = draw_nights(shown(*records, name=name), words(language))

    assert len(drawn.encode()) <= 25_000
    assert "style" not in drawn
    assert len(Drawing(drawn).titles) <= 120


LEVELS = st.sampled_from(["wake", "light", "deep", "rem", "asleep", "restless", "awake"])
STRETCHES = st.lists(st.tuples(LEVELS, st.integers(1, 200)), min_size=1, max_size=12)


@given(
    st.lists(st.tuples(st.integers(0, 60), st.integers(0, 1439), STRETCHES), max_size=8),
    st.sampled_from(["30d", "90d", "1y", "all"]),
)
def test_all_lies_in_the_frame_and_upon_the_ribbon(
    slept: list[tuple[int, int, list[tuple[str, int]]]], name: str
) -> None:
    midnight = datetime.combine(TODAY, time())
    begins = [(midnight + timedelta(minutes=m, days=-n), stages) for n, m, stages in slept]
    records = [session(str(begin), stages) for begin, stages in begins]
    one = shown(*records, name=name)
    if not one.points:
        return
    drawing = Drawing(draw_nights(one, words()))

    assert all(39.9 <= x <= 264.1 and 8 <= y <= 176 for x, y in drawing.coordinates())
    xs = [x for path in drawing.of_class("ribbon light") for x, *_ in subpaths(path.attrib["d"])]
    assert xs == sorted(xs)
    first, last = clock_range(one.points)
    assert -12 * 60 <= first < last <= 24 * 60
    assert first % 60 == last % 60 == 0
