"""A record that was stored under another key before is renamed, never doubled."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

import pytest

from healthrelay.adapters.google_health.provider import GoogleHealth
from healthrelay.adapters.http import Http
from healthrelay.core.grants.token import Account
from healthrelay.core.measurements.days import Moment
from healthrelay.core.measurements.reading import Delta, Window
from healthrelay.core.measurements.reads import Read
from healthrelay.core.measurements.records import Record
from healthrelay.flows.measurements.gather import convert
from healthrelay.flows.measurements.store_changes import store_changes
from healthrelay.ports.store import Store

NOW = datetime(2026, 11, 4, 12, tzinfo=UTC)
DAY = date(2026, 11, 3)
WINDOW = Window("foods", DAY, DAY)
FOODS = Read("nutrition-log:reconcile", DAY, DAY)
NOON = "1793703600000"
"""Of 11:00 UTC, in milliseconds: what the version before made of a name that is no number."""


def dish(name: str, kcal: int, start: str = "2026-11-03T11:00:00Z") -> dict[str, Any]:
    times = {"startTime": start, "endTime": "2026-11-03T11:20:00Z", "startUtcOffset": "3600s"}
    return {
        "dataPointName": f"users/1/dataTypes/nutrition-log/dataPoints/{name}",
        "nutritionLog": {"interval": times, "energy": {"kcal": kcal}},
    }


LUNCH = [dish("soup", 120), dish("bread", 240), dish("cheese", 90)]
LATE_DINNER = dish("late", 500, start="2026-11-03T18:00:00Z")
"""It ends before it begins: it cannot be read."""


def eaten(store: Store) -> dict[str, int]:
    """Return key → kcal of all that is stored."""
    records: Any = store.records.everything("jack")
    return {record.key: record.data["nutritionalValues"]["calories"] for record in records}


def fetched(store: Store, *points: dict[str, Any]) -> Delta:
    provider = GoogleHealth("http://unused", Http())
    gathered = convert([WINDOW], {FOODS: points}, provider, Account("1", None), NOW)
    ledger, moment = store.records.ledger("jack"), Moment(NOW, NOW.replace(tzinfo=None))
    return store_changes(
        "jack",
        gathered,
        ledger,
        moment,
        "metric",
        records=store.records,
        log_event=lambda *_, **__: None,
    )


def stored_before(store: Store, *records: tuple[str, int]) -> None:
    """Store what the version before stored: key and kcal of each."""
    elements = [
        Record(
            "foods",
            key,
            "2026-11-03",
            {"logDate": "2026-11-03", "logId": int(key), "nutritionalValues": {"calories": n}},
        )
        for key, n in records
    ]
    store.records.apply("jack", Delta(added=tuple(elements)), NOW)


@pytest.mark.parametrize("odd", [(), (LATE_DINNER,)], ids=["whole", "with an odd point"])
def test_the_old_key_goes_in_the_change_in_which_the_new_ones_come(
    store: Store, odd: tuple[dict[str, Any], ...]
) -> None:
    stored_before(store, (NOON, 90))

    delta = fetched(store, *LUNCH, *odd)

    assert [record.key for record in delta.removed] == [NOON]
    assert sorted(eaten(store).values()) == [90, 120, 240]
    first, second = store.log.after("jack", 0, 10)
    assert (first.added, second.removed) == ({"foods": (NOON,)}, {"foods": (NOON,)})
    assert len(second.added["foods"]) == 3


def test_nothing_is_told_once_all_have_their_keys(store: Store) -> None:
    stored_before(store, (NOON, 90))
    fetched(store, *LUNCH)
    head = store.log.head("jack")

    assert not fetched(store, *LUNCH)
    assert store.log.head("jack") == head


def test_a_record_whose_key_stays_is_not_told_again(store: Store) -> None:
    fetched(store, dish("1234", 310))
    head = store.log.head("jack")

    fetched(store, dish("1234", 310), *LUNCH)

    (entry,) = store.log.after("jack", head, 10)
    assert (entry.changed, entry.removed) == ({}, {})
    assert "1234" not in entry.added["foods"]
    assert eaten(store)["1234"] == 310


def test_what_cannot_be_read_keeps_its_record(store: Store) -> None:
    stored_before(store, (NOON, 90), ("1234", 310))

    delta = fetched(store, *LUNCH, LATE_DINNER)

    assert [record.key for record in delta.removed] == [NOON]
    assert eaten(store)["1234"] == 310
