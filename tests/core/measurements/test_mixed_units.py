"""Whether an earlier version stored weights in one unit."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from healthrelay.core.measurements import units
from healthrelay.core.measurements.mixed_units import WEIGHED, likely_system, mixed_series
from healthrelay.core.measurements.records import Record

ORIGIN = "google_health 1a2b3c4d"
SYSTEMS = ["metric", "en_US", "en_GB"]


def weighed(*values: Any, series: str = "body-weight", since: Any = None) -> list[Record]:
    """Return a weighing a day; those from the place *since* on were read again since then."""
    records = []
    for place, value in enumerate(values):
        day = (date(2026, 11, 1) + timedelta(place)).isoformat()
        origin = ORIGIN if since is not None and place >= since else ""
        records.append(Record(series, day, day, {WEIGHED[series]: value}, origin))
    return records


def test_weights_are_those_by_the_day() -> None:
    assert WEIGHED == {"weight": "weight", "body-weight": "value", "body": "weight"}


# The history of the fault: 19 values in kilograms, then 7 in pounds. 1 kg is 2.2046 lb, 1 st 14 lb.
@pytest.mark.parametrize(
    "values",
    [
        ("82.4", "82.5", "181.88", "182.1"),
        (82.4, 12.98, 12.93),
        (181.88, 12.98),
        ("82.4", "73", "181.88"),
        ("82.4", None, "", "181.88"),
    ],
    ids=str,
)
@pytest.mark.parametrize("series", WEIGHED)
def test_two_units_are_found(series: str, values: tuple[Any, ...]) -> None:
    records = weighed(*values, series=series)

    for before in SYSTEMS:
        assert mixed_series(reversed(records), before) == {series: records}


@pytest.mark.parametrize(
    "values",
    [("82.4",), ("82.4", "81.2", "90.1"), (), ("3.5", "6.1"), (0, "82.4"), ("82.4", "NaN", "82")],
    ids=str,
)
def test_one_unit_is_one_whatever_it_is(values: tuple[Any, ...]) -> None:
    """Even of a child that has grown for months."""
    assert [mixed_series(weighed(*values), before) for before in SYSTEMS] == [{}] * 3


def test_what_was_read_again_shows_in_which_unit_the_others_are() -> None:
    kilograms = weighed("82.4", "82.5", "82.6", since=1)

    assert mixed_series(kilograms, "metric") == {}
    assert mixed_series(kilograms, "en_US") == {"body-weight": kilograms[:1]}
    assert mixed_series(weighed("181.9", "82.5", since=1), "en_US") == {}


@pytest.mark.parametrize("assumed", SYSTEMS)
def test_the_system_that_fits_is_found_where_anything_tells(assumed: str) -> None:
    two = weighed("82.4", "181.88", series="body")

    assert likely_system(weighed("82.4", "82.5", since=1), assumed) == "metric"
    assert likely_system(weighed("181.9", "82.5", since=1), assumed) == "en_US"
    assert likely_system([*two, *weighed("12.98", "82.5", since=1)], assumed) == "en_GB"
    assert likely_system([*two, *weighed("82.4", "82.5")], assumed) == assumed


def test_what_has_an_origin_is_not_judged() -> None:
    """A scale that two people share is no change of units."""
    assert mixed_series(weighed("35", "77.2", "35.1", since=0), "metric") == {}


def test_other_series_are_not_judged() -> None:
    way = [Record("activities-distance", d, d, {"value": v}) for d, v in (("1", "5"), ("2", "11"))]

    assert mixed_series(way, "metric") == {}


@given(
    st.lists(st.integers(40_000, 160_000), min_size=1, max_size=6),
    st.integers(0, 5),
    st.permutations(SYSTEMS),
)
def test_a_life_without_leaps_is_mixed_where_the_setting_changed(
    grams: list[int], changed: int, systems: list[str]
) -> None:
    """Somebody whose weight never changes by more than 5 % from one weighing to the next."""
    base = grams[0]
    life = [base + base * (each % 100 - 50) // 2000 for each in grams]
    shown = [
        units.text(units.convert(Decimal(each) / 1000, "mass", "metric", systems[place >= changed]))
        for place, each in enumerate(life)
    ]

    assert bool(mixed_series(weighed(*shown), systems[2])) == (0 < changed < len(life))
