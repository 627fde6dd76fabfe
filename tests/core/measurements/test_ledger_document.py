"""The ledger is kept whole, small, and read from what an earlier version kept in its place."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime, timedelta
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from healthrelay.core.json import to_text
from healthrelay.core.measurements.ledger import Days, Device, Ledger, Look, Mark
from healthrelay.core.measurements.ledger_document import from_coverage, from_document, to_document

NAMES = st.sampled_from(["body-weight", "activities-heart-intraday 22:00-23:30", "sleep"])
TEXT = st.text("abc-:T0123456789", max_size=20)
DAYS = st.dates().map(date.isoformat)
INSTANTS = st.datetimes(timezones=st.just(UTC)).map(datetime.isoformat)
NEVER = st.just("")
LOOKS = st.lists(DAYS).map(tuple)
MARKS = st.dictionaries(TEXT, st.builds(Mark, INSTANTS, DAYS, LOOKS), min_size=1)
SYNCS = NEVER | st.datetimes().map(datetime.isoformat)


@st.composite
def some_days(draw: st.DrawFn) -> Days:
    start, states = draw(st.dates(max_value=date(9998, 1, 1))), draw(st.text("osef", min_size=1))
    places = st.integers(0, len(states) - 1).map(lambda place: start + timedelta(place))
    looks = st.builds(Look, st.integers(1, 2), NEVER | INSTANTS)
    return Days(start, states, draw(st.dictionaries(places, looks)))


LEDGERS = st.builds(
    Ledger,
    epoch=TEXT,
    read_at=NEVER | INSTANTS,
    outcome=TEXT,
    devices=st.dictionaries(TEXT, st.builds(Device, TEXT, TEXT, SYNCS, DAYS, st.booleans())),
    days=st.dictionaries(NAMES, some_days()),
    causes=st.dictionaries(NAMES, TEXT),
    marks=st.dictionaries(NAMES, MARKS),
    again=st.dictionaries(NAMES, st.lists(DAYS, min_size=1).map(tuple)),
    tried=st.dictionaries(NAMES, DAYS),
    logs_read=NEVER | DAYS,
    logs_to=NEVER | DAYS,
    turn=st.integers(0, 9),
    units=TEXT,
)


@given(LEDGERS)
def test_a_ledger_survives_its_document(ledger: Ledger) -> None:
    assert from_document(json.loads(to_text(to_document(ledger)))) == ledger


def test_what_is_empty_takes_no_room() -> None:
    assert to_document(Ledger()) == {}


def test_a_year_of_fifteen_series_takes_less_than_4_kb() -> None:
    # Random states are the worst there is: every three days take one character, whatever they are.
    random = Random(14)
    names = [f"activities-tracker-minutesLightlyActive{number}" for number in range(15)]
    days = {n: Days(date(2026, 1, 1), "".join(random.choices("osef", k=365))) for n in names}
    device = Device("TRACKER", "Charge 6", "2026-11-01T07:30:00", "2026-11-01")
    ledger = Ledger("1a2b3c4d", "2026-11-28T12:00:00+00:00", "", {"27072629": device}, days)
    ledger = ledger._replace(tried=dict.fromkeys(names, "2026-11-28"))
    every_other = [date(2026, 1, 1) + timedelta(n) for n in range(0, 365, 2)]
    doubted = dict.fromkeys(every_other, Look(1, "2026-11-28T12:00:00+00:00"))
    in_doubt = {name: each._replace(doubted=doubted) for name, each in days.items()}

    assert len(to_text({"ledger": to_document(ledger)})) < 4000
    # Until history has been read for the last time, every other day of it may be doubted.
    in_doubt_ledger = ledger._replace(days=in_doubt, tried={})
    assert len(to_text({"ledger": to_document(in_doubt_ledger)})) < 4000


def test_three_days_are_one_character() -> None:
    days = Days(date(2026, 11, 1), "osefo")

    # o=0 s=1 e=2, two bits each: 000110 is 6, G. Then f=3 o=0 and nothing: 110000 is 48, w.
    assert to_document(Ledger(days={"sleep": days})) == {"days": {"sleep": ["2026-11-01", 5, "Gw"]}}


def test_doubted_days_are_a_bit_each_behind_the_others() -> None:
    once, twice = Look(1, "2026-11-28T12:00:00+00:00"), Look(2, "2026-11-28T00:30:00+00:00")
    doubted = {date(2026, 11, 1): once, date(2026, 11, 3): twice, date(2026, 11, 8): once}
    days = Days(date(2026, 11, 1), "o" * 9, doubted)

    # AA is the first look. Bit 0 of the first six days is 1, B, and bit 1 of the next 2, C.
    # AB is the other; bit 2 is 4, E.
    parts = ["2026-11-01", 9, "AAA.AABC.ABE"]
    document = {"days": {"sleep": parts}, "looks": [[*once], [*twice]]}
    assert to_document(Ledger(days={"sleep": days})) == document


def test_every_day_that_an_earlier_version_covered_is_open() -> None:
    ledger = from_coverage({"sleep": ["2026-10-30", "2026-11-02"]})

    start = date(2026, 10, 30)
    days = Days(start, "oooo", {start + timedelta(n): Look(2) for n in range(4)})
    assert ledger == Ledger(days={"sleep": days})


def test_within_day_points_that_an_earlier_version_covered_are_read_again() -> None:
    name = "activities-heart-intraday"

    assert from_coverage({name: ["2026-11-01", "2026-11-02"]}).again == {
        name: ("2026-11-01", "2026-11-02")
    }


@pytest.mark.parametrize(
    "document",
    [
        {"days": {"sleep": ["2026-11-01", 9, "Gw"]}},
        {"days": {"sleep": ["2026-11-01", 5, "G!"]}},
        {"days": {"sleep": ["yesterday", 5, "Gw"]}},
        {"days": []},
        {"marks": {"sleep": {"7": ["2026"]}}},
        {"marks": {"sleep": {"7": ["2026-11-01T12:00:00+00:00", "soon", []]}}},
        {"read": "2026-11-01T12:00:00"},
        {"devices": {"d1": ["SCALE", "Aria", "lately", "2026-11-01"]}},
        {"again": {"sleep": ["today"]}},
        {"tried": {"sleep": "lately"}},
        {"logs_to": 7},
        {"turn": "next"},
    ],
)
def test_junk_is_refused(document: dict[str, object]) -> None:
    with pytest.raises((ValueError, TypeError, AttributeError, KeyError)):
        from_document(document)


def test_days_grow_on_both_sides() -> None:
    days = Days(date(2026, 11, 3), "se")

    grown = days.extend(date(2026, 11, 1), date(2026, 11, 5))

    assert grown == Days(date(2026, 11, 1), "ooseo")
    assert grown.end - grown.start == timedelta(4)
