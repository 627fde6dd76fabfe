"""Whoever reads some of the records gets them in the units in which all are given out."""

from __future__ import annotations

import random
from datetime import date, timedelta
from typing import Any

import pytest

from healthrelay.adapters.sqlite.store import SqliteStore
from healthrelay.core.measurements.ledger import Ledger
from healthrelay.core.measurements.reading import Delta
from healthrelay.core.measurements.records import Record
from healthrelay.flows.delivery.events import Page, events
from healthrelay.flows.presenter import presenter
from tests.flows.delivery.fakes import NOW

ORIGIN = "google_health 1a2b3c4d"
STEPS = Record("activities-steps", "2026-11-01", "2026-11-01", {"value": "9"}, ORIGIN)


def history(*values: tuple[str, str]) -> list[Record]:
    """Return a weight a day: its value, and where it comes from."""
    days = [(date(2026, 1, 1) + timedelta(n)).isoformat() for n in range(len(values))]
    return [
        Record("body-weight", day, day, {"dateTime": day, "value": value}, origin)
        for day, (value, origin) in zip(days, values, strict=True)
    ]


def keep(store: SqliteStore, records: list[Record], units: str) -> None:
    """Store each of *records* with an entry of its own."""
    for record in records:
        store.records.apply("jack", Delta(added=(record,)), NOW)
    store.records.apply("jack", Delta(), NOW, Ledger(units=units))


@pytest.mark.parametrize("seed", range(6))
@pytest.mark.parametrize(("before", "system"), [("en_US", "metric"), ("metric", "en_US")])
def test_an_event_has_the_values_of_the_snapshot(
    store: SqliteStore, seed: int, before: str, system: str
) -> None:
    rng = random.Random(seed)
    values = [
        (rng.choice(["82.4", "83.1", *(["181.9"] if seed % 2 else [])]), rng.choice(["", ORIGIN]))
        for _ in range(12)
    ]
    keep(store, history(*values), before)
    everything = store.records.everything("jack")
    show = presenter("jack", everything, store.records, system)
    snapshot = {record.key: dict(show(record)) for record in everything}

    for after in range(len(values)):
        asked = Page(after, 1)
        page: Any = events("jack", asked, log=store.log, records=store.records, system=system)
        ((key, element),) = page["events"][0]["added"]["body-weight"].items()
        assert element == snapshot[key]


def test_one_that_nothing_shows_to_be_odd_stays_as_it_is_beside_another_unit(
    store: SqliteStore,
) -> None:
    records = history(("82.4", ""), ("82.5", ""), ("181.9", ""))
    keep(store, records, "en_US")

    assert presenter("jack", records[:1], store.records, "metric")(records[0])["value"] == "82.4"


def test_one_of_a_series_in_one_unit_is_converted(store: SqliteStore) -> None:
    records = history(("181.9", ""), ("182", ""))
    keep(store, records, "en_US")

    assert presenter("jack", records[:1], store.records, "metric")(records[0])["value"] == "82.508"


def test_who_has_nothing_of_an_earlier_version_is_asked_for_nothing_more(
    store: SqliteStore,
) -> None:
    keep(store, [*history(("82.4", "")), STEPS], "en_US")
    store.close()  # in memory: whoever reads now finds an empty store

    assert presenter("jack", [STEPS], store.records, "metric")(STEPS) == {"value": "9"}
