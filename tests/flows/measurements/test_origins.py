"""What came from elsewhere is never lost by what a provider does not know, and never doubled."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from healthrelay.adapters.sqlite.store import SqliteStore
from healthrelay.core.measurements.days import Moment
from healthrelay.core.measurements.reading import Window, select
from healthrelay.core.measurements.reads import Source
from healthrelay.core.measurements.records import Record
from healthrelay.core.measurements.wanted import wanted
from healthrelay.flows.measurements.gather import Gathered
from healthrelay.flows.measurements.store_changes import store_changes
from healthrelay.igor.old_plugin import LegacyPerson
from healthrelay.igor.takeover import take_over
from healthrelay.ports.store import Store

START = datetime(2026, 9, 1, 12, tzinfo=UTC)
GOOGLE, FITBIT = "google_health 1a2b3c4d", "fitbit 1a2b3c4d"
SERIES = ("weight", "body-weight")
LISTED = (Source("listed"),)


@pytest.fixture(params=["sqlite", "firestore"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Store:
    if request.param == "sqlite":
        store: Store = SqliteStore(str(tmp_path / "store.db"))
    else:
        store = request.getfixturevalue("make_firestore")()
    store.identities.save("jack", {})
    return store


def day_before(days: int) -> str:
    return (START.date() - timedelta(days=days)).isoformat()


def weighing(day: str, name: str, origin: str) -> tuple[Record, Record]:
    """A weighing of seven o'clock, and the day's weight that comes of it."""
    entry = {"logId": name, "date": day, "time": "07:00:00", "weight": 82.4}
    daily = {"dateTime": day, "value": "82.4"}
    return (
        Record("weight", name, f"{day}T07:00:00", entry, origin),
        Record("body-weight", day, day, daily, origin),
    )


def fetch(store: Store, now: datetime, known: Iterable[Record], origin: str) -> None:
    """Read what is wanted at *now* of a provider that knows *known*."""
    moment = Moment(now, now.replace(tzinfo=None))
    month = {Window(s, moment.day - timedelta(days=29), moment.day): LISTED for s in SERIES}
    ledger = store.records.ledger("jack")
    windows = tuple(wanted(month, ledger, moment))
    read = Gathered(windows, tuple(select(known, windows)), {}, origin=origin)
    store_changes(
        "jack",
        read,
        ledger,
        moment,
        "metric",
        records=store.records,
        log_event=lambda *_, **__: None,
    )


def stored(store: Store) -> list[tuple[str, str, str]]:
    """Return series, day and origin of all that is stored."""
    return sorted((r.series, r.when[:10], r.origin) for r in store.records.everything("jack"))


def import_year(store: Store) -> list[str]:
    """Take a year of weights over from the old plugin; return its days."""
    days = [day_before(ago) for ago in range(365)]
    series = {
        "weight": [
            {"logId": str(ago), "date": day, "time": "07:00:00", "weight": "82.4"}
            for ago, day in enumerate(days)
        ],
        "body-weight": [{"dateTime": day, "value": "82.4"} for day in days],
    }
    take_over(LegacyPerson("jack", {}, series), store, "metric", START)  # type: ignore[arg-type]
    return days


def live_sixty_days(store: Store, known: list[Record]) -> list[str]:
    """Fetch every half a day for 60 days of which the scale weighs every other one."""
    lived = []
    for half in range(120):
        now = START + timedelta(hours=12 * half)
        if half % 4 == 2:
            lived.append(f"{now.date()}")
            known += weighing(f"{now.date()}", f"new-{half}", GOOGLE)
        fetch(store, now, known, GOOGLE)
    return lived


@pytest.mark.parametrize("first", ["the import", "the provider"])
def test_a_year_that_was_imported_outlives_a_provider_that_knows_ten_days(
    store: Store, first: str
) -> None:
    ten = [day_before(ago) for ago in range(1, 11)]
    known = [r for day in ten for r in weighing(day, f"points-{day}", GOOGLE)]
    if first == "the provider":
        fetch(store, START, known, GOOGLE)
    imported = import_year(store)

    lived = live_sixty_days(store, known)

    expected = dict.fromkeys(imported, "import") | dict.fromkeys([*ten, *lived], GOOGLE)
    assert stored(store) == sorted((s, d, o) for s in SERIES for d, o in expected.items())


def test_a_day_of_a_new_provider_takes_the_place_of_the_former_ones_at_once(store: Store) -> None:
    days = [day_before(ago) for ago in range(20)]
    fetch(store, START, [r for d in days for r in weighing(d, f"1{d[-2:]}", FITBIT)], FITBIT)

    known = [r for day in days[:10] for r in weighing(day, f"points-{day}", GOOGLE)]
    fetch(store, START + timedelta(minutes=1), known, GOOGLE)

    expected = dict.fromkeys(days, FITBIT) | dict.fromkeys(days[:10], GOOGLE)
    assert stored(store) == sorted((s, d, o) for s in SERIES for d, o in expected.items())
    live_sixty_days(store, known)
    assert {(s, d, FITBIT) for s in SERIES for d in days[10:]} <= set(stored(store))


def test_what_was_removed_at_the_provider_goes_and_nothing_else(store: Store) -> None:
    import_year(store)
    known = [r for ago in range(10) for r in weighing(day_before(ago), f"points-{ago}", GOOGLE)]
    fetch(store, START, known, GOOGLE)
    left = [r for r in known if r.when[:10] != day_before(4)]

    fetch(store, START + timedelta(hours=2), left, GOOGLE)
    assert ("weight", day_before(4), GOOGLE) in stored(store)
    fetch(store, START + timedelta(hours=3), left, GOOGLE)

    gone = {("weight", day_before(4)), ("body-weight", day_before(4))}
    now_stored = {(series, day) for series, day, _ in stored(store)}
    assert now_stored == {(s, day_before(ago)) for s in SERIES for ago in range(365)} - gone
