"""The ledger is kept whole, small, and read from what an earlier version kept in its place."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime, timedelta
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from healthrelay.core.json import to_text
from healthrelay.core.measurements.ledger import Days, Device, Ledger, Mark
from healthrelay.core.measurements.ledger_document import from_coverage, from_document, to_document

NAMES = st.sampled_from(["body-weight", "activities-heart-intraday 22:00-23:30", "sleep"])
TEXT = st.text("abc-:T0123456789", max_size=20)
DAYS = st.dates().map(date.isoformat)
INSTANTS = st.datetimes(timezones=st.just(UTC)).map(datetime.isoformat)
NEVER = st.just("")
LOOKS = st.lists(DAYS).map(tuple)
MARKS = st.dictionaries(TEXT, st.builds(Mark, INSTANTS, DAYS, LOOKS), min_size=1)
SYNCS = NEVER | st.datetimes().map(datetime.isoformat)
LEDGERS = st.builds(
    Ledger,
    epoch=TEXT,
    read_at=NEVER | INSTANTS,
    outcome=TEXT,
    devices=st.dictionaries(TEXT, st.builds(Device, TEXT, TEXT, SYNCS, DAYS, st.booleans())),
    days=st.dictionaries(NAMES, st.builds(Days, st.dates(), st.text("osef", min_size=1))),
    causes=st.dictionaries(NAMES, TEXT),
    marks=st.dictionaries(NAMES, MARKS),
    again=st.dictionaries(NAMES, st.lists(DAYS, min_size=1).map(tuple)),
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

    assert len(to_text({"ledger": to_document(ledger)})) < 4000


def test_three_days_are_one_character() -> None:
    days = Days(date(2026, 11, 1), "osefo")

    # o=0 s=1 e=2, two bits each: 000110 is 6, G. Then f=3 o=0 and nothing: 110000 is 48, w.
    assert to_document(Ledger(days={"sleep": days})) == {"days": {"sleep": ["2026-11-01", 5, "Gw"]}}


def test_every_day_that_an_earlier_version_covered_is_open() -> None:
    ledger = from_coverage({"sleep": ["2026-10-30", "2026-11-02"]})

    assert ledger == Ledger(days={"sleep": Days(date(2026, 10, 30), "oooo")})


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
        {"logs_to": 7},
        {"turn": "next"},
    ],
)
def test_junk_is_refused(document: dict[str, object]) -> None:
    with pytest.raises((ValueError, TypeError, AttributeError)):
        from_document(document)


def test_days_grow_on_both_sides() -> None:
    days = Days(date(2026, 11, 3), "se")

    grown = days.extend(date(2026, 11, 1), date(2026, 11, 5))

    assert grown == Days(date(2026, 11, 1), "ooseo")
    assert grown.end - grown.start == timedelta(4)
