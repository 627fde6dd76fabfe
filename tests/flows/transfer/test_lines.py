"""The lines of a dump: whatever a person's data hold, they survive."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime

from hypothesis import given
from hypothesis import strategies as st

from healthrelay.core.delivery.entries import Entry
from healthrelay.core.delivery.progress import DeadLetters, Progress
from healthrelay.core.measurements.ledger import Days, Device, Ledger, Look, Mark, State
from healthrelay.core.measurements.records import Record
from healthrelay.core.trouble import Trouble
from healthrelay.flows.transfer.dump import to_bytes
from healthrelay.flows.transfer.person import from_lines, to_lines
from healthrelay.ports.store import PersonDump
from tests.stores.contract import PERSON

TEXT = st.text(st.characters(exclude_categories=()), max_size=8)
"""Any text: controls, line separators, lone surrogates."""
WORDS = st.text(st.characters(exclude_categories=()), min_size=1, max_size=8)
INSTANTS = st.datetimes(timezones=st.just(UTC))
DAYS = st.dates().map(date.isoformat)
TIMES = st.just("") | INSTANTS.map(datetime.isoformat)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | TEXT,
    lambda inside: st.lists(inside, max_size=3) | st.dictionaries(TEXT, inside, max_size=3),
    max_leaves=8,
)
DOCUMENTS = st.dictionaries(TEXT, JSON, max_size=3)
TEXTS = st.lists(TEXT, max_size=2).map(tuple)
KEYS = st.dictionaries(TEXT, st.lists(TEXT, min_size=1, max_size=3).map(tuple), max_size=2)
SINCE = st.none() | INSTANTS
TROUBLES = st.builds(Trouble, WORDS, WORDS, WORDS, SINCE, TEXTS, next_step=st.just(""))
PROGRESSES = st.builds(
    Progress,
    sequence=st.integers(0),
    state=st.sampled_from(["ok", "failing", "paused"]),
    attempt=st.integers(0, 9),
    due=st.none() | INSTANTS,
    trouble=st.none() | TROUBLES,
    at=st.none() | INSTANTS,
    dead=st.lists(st.builds(DeadLetters, st.integers(1), st.integers(1)), max_size=2).map(tuple),
    died=st.none() | INSTANTS,
)
SERIES_DAYS = st.builds(
    Days, st.dates(max_value=date(9999, 12, 1)), st.text("osef", max_size=9)
).map(
    lambda days: days._replace(
        doubted=dict.fromkeys(days.where([State.OPEN]), Look(1, "2026-11-28T12:00:00+00:00"))
    )
)
MARKS = st.dictionaries(
    TEXT,
    st.builds(Mark, INSTANTS.map(datetime.isoformat), DAYS, st.lists(DAYS, max_size=2).map(tuple)),
    min_size=1,
    max_size=2,
)
LEDGERS = st.builds(
    Ledger,
    epoch=TEXT,
    read_at=TIMES,
    devices=st.dictionaries(TEXT, st.builds(Device, TEXT, TEXT, TIMES, DAYS, st.booleans())),
    days=st.dictionaries(TEXT, SERIES_DAYS, max_size=2),
    causes=st.dictionaries(TEXT, TEXT, max_size=2),
    marks=st.dictionaries(TEXT, MARKS, max_size=2),
    again=st.dictionaries(TEXT, st.lists(DAYS, max_size=2).map(tuple), max_size=2),
    tried=st.dictionaries(TEXT, DAYS, max_size=2),
    logs_read=st.just("") | DAYS,
    logs_to=st.just("") | DAYS,
    units=TEXT,
)
PEOPLE = st.builds(
    PersonDump,
    settings=st.dictionaries(TEXT, TEXT, max_size=3),
    poll_key=st.none() | TEXT,
    grant=st.none() | DOCUMENTS,
    targets=st.dictionaries(TEXT, DOCUMENTS, max_size=2),
    progress=st.dictionaries(TEXT, PROGRESSES, max_size=2),
    ledger=LEDGERS,
    entries=st.lists(
        st.builds(Entry, st.integers(1), INSTANTS, KEYS, KEYS, KEYS, TEXTS), max_size=3
    ),
    records=st.lists(st.builds(Record, TEXT, TEXT, TEXT, DOCUMENTS, TEXT), max_size=3),
    system=TEXT,
)


@given(user=TEXT, person=PEOPLE)
def test_any_person_survives(user: str, person: PersonDump) -> None:
    encoded = [to_bytes(line) for line in to_lines(user, person)]
    first, *rest = (json.loads(line) for line in encoded)
    again = from_lines(first, iter(rest))

    assert first["person"] == user
    assert again == person
    assert repr(again.records) == repr(person.records)  # the order of members, too
    assert [to_bytes(line) for line in to_lines(user, again)] == encoded
    assert all(line.count(b"\n") == 1 and line.isascii() for line in encoded)


def test_what_a_store_gives_in_any_order_is_written_in_one() -> None:
    one, other = {"b": "1", "a": "2"}, {"a": "2", "b": "1"}
    progress = {name: Progress(n) for n, name in enumerate("ba")}
    days = {name: Days(date(2026, 11, 1), "os") for name in "ba"}
    ledger = Ledger(days=days, causes=one)
    person = PERSON._replace(settings=one, targets={}, progress=progress, ledger=ledger)
    same = person._replace(
        settings=other,
        progress=dict(sorted(progress.items())),
        ledger=Ledger(days=dict(sorted(days.items())), causes=other),
    )

    assert [*map(to_bytes, to_lines("jack", same))] == [*map(to_bytes, to_lines("jack", person))]


def test_the_instant_of_an_entry_is_written_in_utc() -> None:
    at = datetime.fromisoformat("2026-11-01T13:00:00+01:00")
    person = PERSON._replace(entries=[Entry(1, at, {}, {}, {"weight": ("7",)})], records=[])

    assert to_bytes([*to_lines("jack", person)][1]) == (
        b'{"entry":[1,"2026-11-01T12:00:00+00:00",{"removed":{"weight":["7"]}}]}\n'
    )
