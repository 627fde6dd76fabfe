"""One point that cannot be read keeps what is known of its day, and doubles nothing."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from healthrelay.core.measurements.days import Moment
from healthrelay.core.measurements.reading import Window
from healthrelay.core.measurements.records import Record
from healthrelay.flows.measurements.gather import Gathered
from healthrelay.flows.measurements.store_changes import store_changes
from healthrelay.ports.store import Store

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)
DAY = "2026-11-20"
GOOGLE, FITBIT = "google_health 1a2b3c4d", "fitbit 1a2b3c4d"


def night(key: str, start: str, end: str = "06:40:00.000", origin: str = GOOGLE) -> Record:
    times = {"startTime": f"2026-11-19T{start}", "endTime": f"{DAY}T{end}"}
    return Record("sleep", key, DAY, {"logId": key, "dateOfSleep": DAY, **times}, origin)


def weight(key: str, time: str, origin: str = GOOGLE) -> Record:
    data = {"logId": key, "date": DAY, "time": time, "weight": 82.4}
    return Record("weight", key, f"{DAY}T{time}", data, origin)


def read(store: Store, *records: Record, unsure: str | None = DAY) -> list[str]:
    """Store what a fetch read, with or without an *unsure* day; return what is stored then."""
    windows = tuple(Window(s, NOW.date().replace(day=1), NOW.date()) for s in ("sleep", "weight"))
    days = {} if unsure is None else {window.series: {unsure} for window in windows}
    origin = records[0].origin if records else GOOGLE
    store_changes(
        "jack",
        Gathered(windows, records, {}, unsure=days, origin=origin),
        store.records.ledger("jack"),
        Moment(NOW, NOW.replace(tzinfo=None)),
        "metric",
        records=store.records,
        log_event=lambda *_, **__: None,
    )
    return sorted(record.key for record in store.records.everything("jack"))


@pytest.mark.parametrize("unsure", [DAY, ""], ids=["that day", "some day"])
def test_a_night_that_was_reissued_never_counts_twice(store: Store, unsure: str) -> None:
    read(store, night("11", "23:10:00.000"), unsure=None)

    assert read(store, night("12", "23:12:00.000"), unsure=unsure) == ["12"]


def test_two_nights_that_become_one_never_count_beside_it(store: Store) -> None:
    earlier = night("11", "21:00:00.000")
    earlier = earlier._replace(data={**earlier.data, "endTime": "2026-11-19T23:00:00.000"})
    read(store, earlier, night("12", "23:10:00.000"), unsure=None)

    assert read(store, night("12", "21:00:00.000")) == ["12"]


def test_a_day_of_a_new_provider_takes_the_place_of_the_former_ones(store: Store) -> None:
    read(store, weight("old", "07:00:00", FITBIT), unsure=None)

    assert read(store, weight("new", "08:00:00")) == ["new"]


def test_what_nothing_takes_the_place_of_stays(store: Store) -> None:
    read(store, weight("1", "07:00:00"), unsure=None)

    assert read(store, weight("2", "08:00:00")) == ["1", "2"]
    assert not store.records.ledger("jack").marks
