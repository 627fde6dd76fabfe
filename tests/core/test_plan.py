"""Windows become the fewest reads."""

from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from healthrelay.core.plan import Read, Source, plan
from healthrelay.core.records import Window

WEIGHT = Source("weight")
HEIGHT = Source("height", dated=False)
STEPS = Source("steps", days=90)
TABLE = {
    "body-weight": (WEIGHT,),
    "body-bmi": (WEIGHT, HEIGHT),
    "activities-steps": (STEPS,),
}


def needs(window: Window) -> tuple[Source, ...]:
    return TABLE[window.series]


FIRST, LAST = date(2026, 1, 1), date(2026, 7, 19)


def test_shared_source_is_read_once() -> None:
    windows = [Window("body-weight", FIRST, LAST), Window("body-bmi", FIRST, LAST)]

    assert plan(windows, needs).reads == (
        Read("weight", FIRST, LAST),
        Read("height", FIRST, LAST),
    )


def test_long_window_is_cut_at_the_sources_limit() -> None:
    assert plan([Window("activities-steps", FIRST, LAST)], needs).reads == (
        Read("steps", date(2026, 1, 1), date(2026, 3, 31)),
        Read("steps", date(2026, 4, 1), date(2026, 6, 29)),
        Read("steps", date(2026, 6, 30), date(2026, 7, 19)),
    )


@given(st.dates(date(2020, 1, 1), date(2026, 1, 1)), st.integers(0, 2000), st.integers(1, 1095))
def test_reads_cover_the_window_exactly_and_none_is_too_long(
    start: date, length: int, cap: int
) -> None:
    end = start + timedelta(days=length)
    reads = plan([Window("s", start, end)], lambda _: (Source("s", days=cap),)).reads

    days = [r.start + timedelta(days=i) for r in reads for i in range((r.end - r.start).days + 1)]
    assert days == [start + timedelta(days=i) for i in range(length + 1)]
    assert all((r.end - r.start).days + 1 <= cap for r in reads)
    assert len(reads) == -(-(length + 1) // cap)
