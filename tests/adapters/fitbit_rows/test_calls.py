"""What python-fitbit reads: each series by its own path, and nothing but readings."""

from __future__ import annotations

import json
from typing import Any

import pytest

from healthrelay.adapters.fitbit.calls import CALLS
from healthrelay.adapters.fitbit.provider import LegacyFitbit
from healthrelay.adapters.fitbit.rows import ABSENT, ROWS
from healthrelay.adapters.http import Http
from healthrelay.core.errors import HealthrelayError, Refused, TryLater, Unsupported
from healthrelay.core.measurements.catalogue import SERIES
from healthrelay.core.measurements.ledger import Ledger
from healthrelay.core.measurements.reading import Window
from healthrelay.core.measurements.reads import Read, pack
from tests.adapters.fitbit_rows.converting import MONDAY, SUNDAY
from tests.adapters.peers import answering, response

WAYS = ("recent", "favorite", "frequent")
GOALS = ("body_weight", "body_fat", "activities_daily", "activities_weekly", "food", "water")
READS = {
    *("time_series", "intraday_time_series", "get_bodyweight", "get_bodyfat", "body"),
    *("activities", "sleep", "foods_log", "foods_log_water", "get_devices", "user_profile_get"),
    *("get_badges", "get_friends", "get_meals", "food_units", "activities_list"),
    *(f"{how}_{what}" for how in WAYS for what in ("activities", "foods")),
    *("activity_stats", *(f"{of}_goal" for of in GOALS)),
}
DATES = {"base_date", "end_date", "date", "detail_level"}


class Listener:
    """Stands where a `fitbit.Fitbit` would, and notes its calls."""

    def __init__(self) -> None:
        self.calls: list[tuple[str, tuple[Any, ...], dict[str, Any]]] = []

    def __getattr__(self, name: str) -> Any:
        return lambda *args, **named: self.calls.append((name, args, named))


@pytest.fixture
def legacy(loopback: None) -> LegacyFitbit:
    return LegacyFitbit("http://unused", "cid", Http())


def packed(legacy: LegacyFitbit, *series: str) -> tuple[Read, ...]:
    """Return what is read for *series* from Monday to Sunday."""
    windows = [Window(name, MONDAY, SUNDAY) for name in series]
    return pack({window: legacy.needs(window) for window in windows}, Ledger())


def test_every_series_is_read_or_said_to_be_unreadable() -> None:
    assert ROWS.keys() | ABSENT.keys() == SERIES.keys()
    assert not ROWS.keys() & ABSENT.keys()


@pytest.mark.parametrize("source", CALLS)
def test_calls_read_and_never_write(source: str) -> None:
    listener = Listener()

    CALLS[source].send(listener, Read(source, MONDAY, SUNDAY))

    ((method, args, named),) = listener.calls
    assert method in READS
    assert named.keys() <= DATES
    assert not args or method in ("time_series", "intraday_time_series")


def test_what_python_fitbit_lacks_is_named(legacy: LegacyFitbit) -> None:
    with pytest.raises(Unsupported, match=r"^python-fitbit cannot read heart rate variability\.$"):
        legacy.needs(Window("hrv", MONDAY, SUNDAY))


def test_a_day_is_one_call_and_fills_two_series(legacy: LegacyFitbit) -> None:
    reads = packed(legacy, "sleep", "sleep-summary")

    assert [read.source for read in reads] == ["day of sleep"] * 7
    assert [read.start.day for read in reads] == [read.end.day for read in reads]
    assert [read.start.day for read in reads] == [8, 7, 6, 5, 4, 3, 2]


def test_a_companion_is_read_once(legacy: LegacyFitbit) -> None:
    names = ("activities-distance", "activities-steps", "activities-calories")

    assert [read.source for read in packed(legacy, *names)] == list(names)


@pytest.mark.parametrize(
    ("series", "days"),
    [
        ("weight", 31),
        ("fat", 30),
        ("activities-activityCalories", 30),
        ("activities-tracker-activityCalories", 30),
        ("activities-tracker-floors", 1095),
        ("activities-heart", 365),
        ("sleep-minutesAsleep", 100),
        ("foods-log-water", 1095),
        ("activities-heart-intraday", 1),
        ("body", 1),
    ],
)
def test_no_call_is_longer_than_the_server_allows(
    legacy: LegacyFitbit, series: str, days: int
) -> None:
    assert legacy.needs(Window(series, MONDAY, SUNDAY))[0].days == days


def read(source: str, body: object, status: int = 200) -> list[Any]:
    """Return what *source* brings when the server says *body*."""
    content = json.dumps(body).encode()
    with answering(response(status, content)) as url:
        legacy = LegacyFitbit(url, "cid", Http())
        return list(legacy.read("the-token", Read(source, MONDAY, MONDAY)))


@pytest.mark.usefixtures("loopback")
def test_some_answers_are_bare_lists_and_no_others_may_be() -> None:
    assert read("devices", []) == []
    assert read("devices", [{"id": "1"}]) == [{"id": "1"}]
    assert [source for source, call in CALLS.items() if call.bare] == [
        *("devices", "food-units", "recent-activities", "favorite-activities"),
        *("frequent-activities", "favorite-foods"),
    ]
    for source in ("user", "badges", "activity-stats"):
        with pytest.raises(TryLater, match="not its JSON"):
            read(source, [])


@pytest.mark.usefixtures("loopback")
@pytest.mark.parametrize(
    ("source", "body"),
    [
        ("devices", {}),
        ("devices", {"devices": []}),
        ("user", {}),
        ("user", {"user": []}),
        ("badges", {"badges": {}}),
        ("water-goal", {"goals": {}}),
        ("activities-floors", {"activities-steps": []}),
        ("points of heart 1sec", {"activities-heart": []}),
        ("points of heart 1sec", {"activities-heart-intraday": []}),
    ],
)
def test_an_answer_without_what_was_asked_for_is_told(source: str, body: object) -> None:
    with pytest.raises(TryLater):
        read(source, body)


@pytest.mark.usefixtures("loopback")
@pytest.mark.parametrize(
    ("source", "body"),
    [("water-goal", {"goal": {}}), ("activity-stats", {}), ("badges", {"badges": []})],
)
def test_what_is_empty_says_nothing(source: str, body: object) -> None:
    assert read(source, body) == []


@pytest.mark.usefixtures("loopback")
@pytest.mark.parametrize(("status", "kind"), [(400, Refused), (503, TryLater)])
def test_a_bare_list_is_no_excuse_for_an_error(status: int, kind: type[HealthrelayError]) -> None:
    with pytest.raises(kind):
        read("devices", [], status)
