"""A record goes only after a second look, and what takes its place does so at once."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from healthrelay.core.measurements.ledger import Marks
from healthrelay.core.measurements.reading import Delta, Window
from healthrelay.core.measurements.records import Record
from healthrelay.core.measurements.removal import Compared, Reading, compare

NOW = datetime(2026, 11, 28, 12, tzinfo=UTC)
GOOGLE, OTHERS, FITBIT = "google_health 1a2b3c4d", "google_health 99999999", "fitbit 1a2b3c4d"
ALL = date(2026, 1, 1), date(2026, 12, 31)
HOUR = timedelta(hours=1)


def steps(day: int, value: str = "8123", origin: str = GOOGLE) -> Record:
    when = f"2026-11-{day:02}"
    return Record("activities-steps", when, when, {"dateTime": when, "value": value}, origin)


def weight(key: str, when: str = "2026-11-20T07:12:00", origin: str = GOOGLE) -> Record:
    data = {"logId": key, "date": when[:10], "time": when[11:], "weight": 82.4}
    return Record("weight", key, when, data, origin)


def food(key: str, name: str, origin: str = GOOGLE) -> Record:
    data = {"logId": key, "logDate": "2026-11-20", "loggedFood": {"name": name}}
    return Record("foods", key, "2026-11-20", data, origin)


def night(key: str, start: str, end: str, origin: str = GOOGLE) -> Record:
    data = {"logId": key, "dateOfSleep": end[:10], "startTime": start, "endTime": end}
    return Record("sleep", key, end[:10], data, origin)


def look(
    known: Iterable[Record],
    incoming: Iterable[Record],
    marks: Marks | None = None,
    after: timedelta = timedelta(0),
    origin: str = GOOGLE,
) -> Compared:
    known, incoming = list(known), list(incoming)
    windows = [Window(name, *ALL) for name in {record.series for record in known + incoming}]
    now = NOW + after
    return compare(known, incoming, marks or {}, Reading(windows, origin, now, f"{now.date()}"))


def removed(compared: Compared) -> list[str]:
    return [record.key for record in compared.delta.removed]


@pytest.mark.parametrize(
    ("kilograms", "system", "what"),
    [
        # 82.402 kg are 181.6653 lb: an earlier version stored 181.67, which are 82.404 kg.
        ("82.402", "en_US", "adopted"),
        ("82.402", "metric", "changed"),
        ("82.404", "metric", "adopted"),
        ("82.41", "en_US", "changed"),
    ],
)
def test_what_nobody_sees_as_another_value_is_no_change(
    kilograms: str, system: str, what: str
) -> None:
    day = "2026-11-20"
    before = Record("body-weight", day, day, {"dateTime": day, "value": "181.67"})
    read = Record("body-weight", day, day, {"dateTime": day, "value": kilograms}, GOOGLE)
    windows = [Window("body-weight", *ALL)]
    reading = Reading(windows, GOOGLE, NOW, "2026-11-28", units="en_US", system=system)

    delta = compare([before], [read], {}, reading).delta

    assert [name for name, records in delta._asdict().items() if records] == [what]


def test_one_empty_answer_removes_nothing() -> None:
    once = look([weight("a")], [])

    assert not once.delta
    assert once.marks["weight"]["a"].day == "2026-11-20"


@pytest.mark.parametrize(("after", "gone"), [(HOUR - timedelta(seconds=1), []), (HOUR, ["a"])])
def test_a_second_look_an_hour_later_does(after: timedelta, gone: list[str]) -> None:
    once = look([weight("a")], [])

    twice = look([weight("a")], [], once.marks, after)

    assert removed(twice) == gone
    assert bool(twice.marks) is not bool(gone)


def test_what_returns_is_marked_no_more() -> None:
    once = look([weight("a")], [])

    assert not look([weight("a")], [weight("a")], once.marks, HOUR).marks


def test_more_than_two_days_go_only_after_looks_on_three_days() -> None:
    known = [steps(day) for day in (1, 2, 3)]
    compared = look(known, [])
    for hours in (1, 2, 11, 13, 24, 35):  # NOW is noon: until the next day, then until the third
        compared = look(known, [], compared.marks, timedelta(hours=hours))
        assert not compared.delta

    assert removed(look(known, [], compared.marks, timedelta(hours=36))) == [r.key for r in known]


def test_two_days_go_after_two_looks() -> None:
    known = [steps(1), steps(2), steps(3)]
    once = look(known, [steps(3)])

    assert removed(look(known, [steps(3)], once.marks, HOUR)) == ["2026-11-01", "2026-11-02"]


def test_a_mark_of_days_that_were_not_read_is_no_look() -> None:
    once = look([weight("a")], [])

    other = look([steps(1)], [steps(1)], once.marks, timedelta(days=3))

    assert not other.delta
    assert other.marks == once.marks


@pytest.mark.parametrize("origin", ["", "import", OTHERS, FITBIT])
def test_what_others_gave_does_not_go_because_it_is_unknown_here(origin: str) -> None:
    known = [weight("a", origin=origin), steps(3, origin=origin)]
    marks: Marks = {}
    for days in range(5):
        compared = look(known, [], marks, timedelta(days=days))
        marks = compared.marks
        assert not compared.delta
        assert not marks


@pytest.mark.parametrize("origin", [OTHERS, FITBIT])
def test_a_day_of_the_new_provider_takes_the_place_of_the_former_ones(origin: str) -> None:
    old = weight("old", "2026-11-20T23:59:59", origin)
    elsewhere = weight("elsewhere", "2026-11-21T07:00:00", origin)

    compared = look([old, elsewhere], [weight("new")])

    assert (removed(compared), compared.delta.added) == (["old"], (weight("new"),))


def test_an_imported_entry_gives_way_to_the_providers_of_the_same_second_only() -> None:
    known = [
        weight("1700000000000", origin="import"),
        weight("1700000000001", "2026-11-20T07:13:00", "import"),
    ]

    compared = look(known, [weight("new")])

    assert removed(compared) == ["1700000000000"]


def test_of_two_imported_entries_of_one_second_each_new_one_replaces_one() -> None:
    known = [weight("1", origin="import"), weight("2", origin="import")]

    assert len(removed(look(known, [weight("new")]))) == 1
    assert len(removed(look(known, [weight("new"), weight("newer")]))) == 2


def test_the_same_value_of_another_origin_is_adopted_and_is_no_news() -> None:
    compared = look([steps(1, origin="import")], [steps(1)])

    assert compared.delta == Delta(adopted=(steps(1),))
    assert not compared.delta.is_news


def test_another_value_of_another_origin_is_a_change() -> None:
    assert look([steps(1, "1", "")], [steps(1)]).delta == Delta(changed=(steps(1),))


NIGHT = "2026-11-19T23:10:00.000", "2026-11-20T06:40:00.000"


@pytest.mark.parametrize(
    ("new", "gone"),
    [
        pytest.param(night("b", *NIGHT), ["a"], id="reissued under another name"),
        pytest.param(
            night("b", "2026-11-20T06:39:00.000", "2026-11-20T07:00:00.000"), ["a"], id="overlaps"
        ),
        pytest.param(
            night("b", "2026-11-20T06:40:00.000", "2026-11-20T07:00:00.000"), [], id="follows"
        ),
    ],
)
def test_a_night_gives_way_at_once_to_one_of_the_same_time(new: Record, gone: list[str]) -> None:
    assert removed(look([night("a", *NIGHT)], [new])) == gone


def test_two_nights_that_become_one_never_count_beside_it() -> None:
    first = night("a", "2026-11-19T23:10:00.000", "2026-11-20T02:00:00.000")
    second = night("b", "2026-11-20T02:30:00.000", "2026-11-20T06:40:00.000")
    whole = night("b", *NIGHT)

    compared = look([first, second], [whole])

    assert (removed(compared), compared.delta.changed) == (["a"], (whole,))


def test_a_weighing_that_comes_again_under_another_name_is_replaced() -> None:
    assert removed(look([weight("a")], [weight("b")])) == ["a"]


@pytest.mark.parametrize("first", ["a", "b"])
def test_a_neighbour_that_merely_changed_replaces_nothing(first: str) -> None:
    second = {"a": "b", "b": "a"}[first]
    changed = weight(second)._replace(data={**weight(second).data, "weight": 82.9})

    compared = look([weight(first), weight(second)], [changed])

    assert (removed(compared), compared.delta.changed) == ([], (changed,))
    assert list(compared.marks["weight"]) == [first]
    assert removed(look([weight(first), changed], [changed], compared.marks, HOUR)) == [first]


def test_another_dish_of_the_day_replaces_nothing() -> None:
    assert removed(look([food("a", "Bread")], [food("b", "Soup")])) == []
    assert removed(look([food("a", "Bread")], [food("b", "Bread")])) == ["a"]


def test_a_name_that_a_record_had_before_goes_with_it() -> None:
    known = [steps(3), weight("old", "2026-11-20T07:00:00")]
    windows = [Window(series, *ALL) for series in ("weight", "activities-steps")]
    reading = Reading(windows, GOOGLE, NOW, "2026-11-28", replaced=[("weight", "old")])

    assert removed(compare(known, [weight("new")], {}, reading)) == ["old"]


SOME = st.lists(
    st.builds(
        lambda day, value, origin: steps(day, str(value), origin),
        st.integers(1, 9),
        st.integers(1, 3),
        st.sampled_from(["", "import", GOOGLE, OTHERS, FITBIT]),
    ),
    max_size=9,
)


@given(SOME, st.lists(st.lists(st.integers(1, 9), max_size=9), max_size=8))
def test_nothing_of_another_origin_ever_goes_by_absence(
    known: list[Record], answers: list[list[int]]
) -> None:
    store = {record.name: record for record in known}
    marks: Marks = {}
    adopted = set()
    for hour, days in enumerate(answers):
        incoming = [steps(day) for day in days]
        adopted |= {record.name for record in incoming}
        compared = look(store.values(), incoming, marks, timedelta(hours=8 * hour))
        marks = compared.marks
        for record in compared.delta.removed:
            assert record.origin == GOOGLE
            del store[record.name]
        store |= {r.name: r for r in (*compared.delta.added, *compared.delta.changed)}
        store |= {r.name: r for r in compared.delta.adopted}
    # The last of two of one name is what is known.
    last = {record.name: record for record in known}
    others = {name for name, record in last.items() if record.origin != GOOGLE}
    assert others - adopted <= store.keys()


@given(SOME, SOME)
def test_reading_the_same_again_changes_nothing(known: list[Record], answer: list[Record]) -> None:
    incoming = [record._replace(origin=GOOGLE) for record in answer]
    first = look(known, incoming)
    store = {record.name: record for record in known}
    store |= {r.name: r for part in first.delta for r in part}
    for record in first.delta.removed:
        del store[record.name]

    again = look(store.values(), incoming, first.marks)

    assert not again.delta
    assert again.marks == first.marks
