"""What a person's charts cost in Firestore: documents read, for each time that is shown."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from healthrelay.core.grants.consent import CONSENTS
from healthrelay.core.json import Json
from healthrelay.core.measurements.ledger import Days, Ledger
from healthrelay.core.measurements.reading import Delta
from healthrelay.flows.grants.sessions import owner_version
from healthrelay.flows.measurements.charts import PersonCharts, read_charts
from healthrelay.flows.today import read_person
from tests.core.charts.given import TODAY, daily, session
from tests.peers.emulated import EmulatedStore
from tests.stores.contract import NOW

pytestmark = pytest.mark.peer

AT = datetime(2026, 11, 28, 16, 2, tzinfo=UTC)
SERIES = ("body-weight", "body-fat", "activities-steps")
PADDING: Json = [{"dateTime": "00:00:00", "value": "1"}] * 250
"""About ten kilobytes, as a night with its minutes has: a year of nights is stored by months."""


def keep_months(store: EmulatedStore) -> None:
    """Half a year of everything that is charted, with the ledger that knows it."""
    days = [TODAY - timedelta(n) for n in range(180)]
    records = [daily(name, day, "80.5") for name in SERIES for day in days]
    records += [daily("activities-heart", day, {"restingHeartRate": 57}) for day in days]
    nights = [session(f"{day}T00:10:00", [("light", 400)], minuteData=PADDING) for day in days]
    known = Days(days[-1], "s" * len(days))
    names = (*SERIES, "activities-heart", "sleep")
    ledger = Ledger(read_at=AT.isoformat(), days=dict.fromkeys(names, known))
    store.records.apply("jack", Delta(added=tuple(records)), NOW, ledger)
    store.records.apply("jack", Delta(added=tuple(nights)), NOW, ledger)


@pytest.mark.parametrize(
    ("shown", "reads"),
    [
        # The session of who looks, the person, and again with the year: 4. Nights by months: the
        # person, the mark of the year, and the months from 30 October to 28 November.
        ("30d", 4 + 4),
        # And from 31 August: two months more.
        ("90d", 4 + 6),
    ],
)
def test_a_page_reads_a_year_and_the_nights_of_its_time(
    store: EmulatedStore, shown: str, reads: int
) -> None:
    keep_months(store)
    first, made = look(store, shown)

    charts, cost = look(store, shown)

    assert charts == first
    assert len(charts.values["weight"].points) == int(shown[:-1])
    assert len(charts.sleep.points) == int(shown[:-1])
    assert cost == reads
    assert made > reads


def keep_years(store: EmulatedStore) -> None:
    """Five years of everything that is charted; the nights of half a year as large as they are."""
    keep_months(store)
    days = [TODAY - timedelta(n) for n in range(5 * 365 + 1)]
    records = [daily(name, day, "80.5") for name in SERIES for day in days]
    records += [daily("activities-heart", day, {"restingHeartRate": 57}) for day in days]
    old = days[180:]
    records += [session(f"{day}T00:10:00", [("light", 400)], minutesAsleep=400) for day in old]
    store.records.apply("jack", Delta(added=tuple(records)), NOW)


def look(store: EmulatedStore, shown: str) -> tuple[PersonCharts, int]:
    """The charts of a page, and how many documents were read for them."""
    before = store.meter.reads
    owner_version(store.identities)
    today = read_person("jack", store.overview, CONSENTS["google_health"], "metric", AT)
    charts = read_charts(today.status, "jack", shown, store=store, system="metric")
    return charts, store.meter.reads - before


def test_a_page_of_years_reads_a_document_a_year(store: EmulatedStore) -> None:
    keep_years(store)
    (first, made), (year, again) = look(store, "1y"), look(store, "1y")
    everything, most = look(store, "all")

    # The session, the person, once more with two years or all six (2021 to 2026); of the last
    # night the person, the mark of the year, and the month.
    assert (again, most) == (1 + 1 + (1 + 2) + 3, 1 + 1 + (1 + 6) + 3)
    # The first look reads the buckets as well.
    assert made > 40
    assert (year.values, year.sleep) == (first.values, first.sleep)
    assert [len(year.values[name].points) for name in ("weight", "steps")] == [365, 53]
    assert len(everything.values["weight"].points) == 61
    assert len(everything.sleep.points) == 61
    assert year.last_night is not None
    assert year.last_night.main.stretches
    assert everything.whole


def test_all_of_a_new_household_has_the_stages_of_each_night(store: EmulatedStore) -> None:
    days = [TODAY - timedelta(n) for n in range(20)]
    nights = [session(f"{day}T00:10:00", [("deep", 60), ("rem", 30)]) for day in days]
    store.records.apply("jack", Delta(added=tuple(nights)), NOW)
    look(store, "all")

    charts, cost = look(store, "all")

    assert {one.night.main.staged for one in charts.sleep.points if one.night} == {True}
    assert len(charts.sleep.points) == 20
    # Three of the page, the year, the person, and the nights.
    assert cost == 6
