"""Windows become the fewest reads."""

from datetime import UTC, date, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from healthrelay.core.errors import Unsupported
from healthrelay.core.measurements.days import Moment
from healthrelay.core.measurements.ledger import Days, Ledger
from healthrelay.core.measurements.plan import Plan, decide
from healthrelay.core.measurements.query import selection_of
from healthrelay.core.measurements.reading import Window
from healthrelay.core.measurements.reads import Read, Source, pack

WEIGHT = Source("weight")
HEIGHT = Source("height", dated=False)
STEPS = Source("steps", days=90)
TABLE = {"body-weight": (WEIGHT,), "body-bmi": (WEIGHT, HEIGHT), "activities-steps": (STEPS,)}


def of_provider(window: Window) -> tuple[Source, ...]:
    if window.series not in TABLE:
        raise Unsupported(f"There is no {window.series}.")
    return TABLE[window.series]


def reads_of(windows: list[Window]) -> tuple[Read, ...]:
    return pack({window: TABLE[window.series] for window in windows}, Ledger())


FIRST, LAST = date(2026, 1, 1), date(2026, 7, 19)
AT = Moment(datetime(2026, 7, 19, 12, tzinfo=UTC), datetime(2026, 7, 19, 12))


def test_shared_source_is_read_once() -> None:
    windows = [Window("body-weight", FIRST, LAST), Window("body-bmi", FIRST, LAST)]

    assert reads_of(windows) == (Read("weight", FIRST, LAST), Read("height", FIRST, LAST))


def test_long_window_is_cut_at_the_sources_limit_and_its_newest_days_come_first() -> None:
    assert reads_of([Window("activities-steps", FIRST, LAST)]) == (
        Read("steps", date(2026, 6, 30), date(2026, 7, 19)),
        Read("steps", date(2026, 4, 1), date(2026, 6, 29)),
        Read("steps", date(2026, 1, 1), date(2026, 3, 31)),
    )


def of_one_day(window: Window) -> tuple[Source, ...]:
    return (Source(f"day of {window.series}", days=1),)


def test_the_last_days_come_first_then_new_ones_and_what_is_read_again_at_last() -> None:
    ledger = Ledger(days={"body": Days(date(2026, 6, 5), "o" * 43)})  # up to 17 July
    windows = [Window("body", date(2026, 6, 3), LAST), Window("sleep", date(2026, 7, 15), LAST)]

    reads = pack({window: of_one_day(window) for window in windows}, ledger)

    order = [(read.source.removeprefix("day of "), f"{read.start:%m-%d}") for read in reads]
    assert order[:3] == [("body", day) for day in ("07-17", "07-18", "07-19")]
    assert order[3:6] == [("sleep", day) for day in ("07-19", "07-18", "07-17")]
    assert order[6:8] == [("body", "06-04"), ("body", "06-03")]
    assert order[8:10] == [("sleep", "07-16"), ("sleep", "07-15")]
    assert order[10:] == [("body", f"{date(2026, 7, 16) - timedelta(n):%m-%d}") for n in range(42)]


def test_two_windows_of_a_source_are_one_call_where_one_suffices() -> None:
    history = Window("activities-steps", date(2026, 5, 1), date(2026, 5, 20))
    recent = Window("activities-steps", date(2026, 7, 13), LAST)

    assert reads_of([history, recent]) == (Read("steps", date(2026, 5, 1), date(2026, 7, 19)),)


def test_days_between_two_windows_are_not_asked_for_in_calls_of_their_own() -> None:
    history = Window("body", date(2026, 5, 1), date(2026, 5, 2))
    recent = Window("body", date(2026, 7, 18), LAST)

    reads = pack({window: of_one_day(window) for window in (history, recent)}, Ledger())

    wanted = {history.start, history.end, recent.start, recent.end}
    assert {read.start for read in reads} == wanted
    assert len(reads) == 4


@given(st.dates(date(2020, 1, 1), date(2026, 1, 1)), st.integers(0, 2000), st.integers(1, 1095))
def test_reads_cover_the_window_exactly_and_none_is_too_long(
    start: date, length: int, cap: int
) -> None:
    end = start + timedelta(days=length)
    reads = pack({Window("body", start, end): (Source("s", days=cap),)}, Ledger())

    days = [r.start + timedelta(days=i) for r in reads for i in range((r.end - r.start).days + 1)]
    assert sorted(days) == [start + timedelta(days=i) for i in range(length + 1)]
    assert all((r.end - r.start).days + 1 <= cap for r in reads)
    assert len(reads) == -(-(length + 1) // cap)


def test_plan_says_why_a_series_is_not_in_it() -> None:
    query = {"resource": "body/weight,body/bmi,sleep/efficiency"}
    settings = {"methods": "time_series", "resource": "body/weight", "period": "1w"}

    def missing(series: str) -> str:
        return "" if series == "sleep-efficiency" else "weight"

    plan = decide(selection_of(query, settings, LAST), Ledger(), missing, of_provider, AT)

    assert (plan.reads, plan.windows) == ((), ())
    assert {series: error.sentence for series, error in plan.refused.items()} == {
        "body-weight": "The consent does not cover weight: connect again and allow it.",
        "body-bmi": "The consent does not cover weight: add the method to the person's settings,"
        " connect again and allow it.",
        "sleep-efficiency": "There is no sleep-efficiency.",
    }


def test_days_that_somebody_named_are_read_whole() -> None:
    ledger = Ledger(days={"body-weight": Days(FIRST, "s" * 200)})  # up to 19 July
    settings = {"methods": "time_series", "resource": "body/weight", "period": "3m"}

    def reads(**query: str) -> tuple[Read, ...]:
        selection = selection_of(query, settings, LAST)
        return decide(selection, ledger, lambda _: "", of_provider, AT).reads

    assert reads() == (Read("weight", date(2026, 6, 19), LAST),)
    assert reads(period="3m") == (Read("weight", date(2026, 4, 20), LAST),)


def test_devices_are_read_beside_days_where_the_consent_gives_them() -> None:
    def needs(window: Window) -> tuple[Source, ...]:
        return of_one_day(window) if window.series == "sleep" else (Source(window.series),)

    def plan(methods: str, missing: str = "", **more: bool) -> Plan:
        period = {"period": "1d"} if methods == "sleep" else {}
        selection = selection_of({"methods": methods, **period}, {}, LAST)
        scopes = {missing: "your devices"}
        return decide(selection, Ledger(), lambda s: scopes.get(s, ""), needs, AT, **more)

    with_them = plan("sleep")
    assert [read.source for read in with_them.reads][-1] == "devices"
    assert [window.series for window in with_them.devices] == ["devices"]
    assert "devices" not in [window.series for window in with_them.windows]
    for without in (
        plan("sleep", missing="devices"),
        plan("sleep", devices=False),
        plan("user_profile_get"),
    ):
        assert not without.devices
        assert "devices" not in [read.source for read in without.reads]
