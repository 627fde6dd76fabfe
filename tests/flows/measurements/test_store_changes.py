"""What was read is kept in one change, or in several that the store can take."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from healthrelay.adapters.sqlite.store import SqliteStore
from healthrelay.core.errors import TooLarge, TryLater
from healthrelay.core.measurements.records import Coverage, Delta, Record, Window
from healthrelay.flows.measurements.fetch import store_changes
from healthrelay.flows.measurements.gather import Gathered
from healthrelay.ports.store import Store

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)
TODAY = NOW.date()
MONTH = tuple(
    Window(series, TODAY - timedelta(29), TODAY) for series in ("body-weight", "body-fat")
)


class Small:
    """Records of a store that takes no more than *most* at once."""

    def __init__(self, store: Store, most: int) -> None:
        self._records = store.records
        self._most = most
        self.noted: list[Coverage | None] = []

    def __getattr__(self, name: str) -> Any:
        return getattr(self._records, name)

    def apply(self, user: str, delta: Delta, now: datetime, covered: Coverage | None = None) -> int:
        if sum(map(len, delta)) > self._most:
            raise TooLarge("Too much.")
        self.noted.append(covered)
        return self._records.apply(user, delta, now, covered)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    store = SqliteStore(f"{tmp_path}/healthrelay.db")
    store.identities.save("jack", {})
    yield store
    store.close()


def every_day(value: str = "82.4") -> tuple[Record, ...]:
    days = [(w.series, (w.start + timedelta(n)).isoformat()) for w in MONTH for n in range(30)]
    return tuple(Record(s, day, day, {"dateTime": day, "value": value}) for s, day in days)


def gathered(records: tuple[Record, ...], **failed: TryLater) -> Gathered:
    return Gathered(MONTH, records, failed)


@pytest.mark.parametrize("most", [60, 30, 7, 1])
def test_a_month_arrives_whole_however_little_the_store_takes(store: Store, most: int) -> None:
    small = Small(store, most)

    delta = store_changes("jack", gathered(every_day()), {}, small, NOW)

    assert sorted(delta.added) == sorted(every_day())
    assert (delta.changed, delta.removed) == ((), ())
    assert sorted(store.records.everything("jack")) == sorted(every_day())
    spans = dict.fromkeys(("body-weight", "body-fat"), (TODAY - timedelta(29), TODAY))
    assert store.records.coverage("jack") == spans
    again = store_changes("jack", gathered(every_day()), spans, small, NOW)
    assert not again


def test_what_is_covered_grows_with_what_is_kept(store: Store) -> None:
    small = Small(store, 10)

    store_changes("jack", gathered(every_day()), {}, small, NOW)

    firsts = [covered["body-weight"][0] for covered in small.noted if covered]
    assert firsts == sorted(firsts, reverse=True)
    assert firsts[0] > firsts[-1] == date(2026, 10, 25)


def test_a_single_day_that_is_too_much_is_told(store: Store) -> None:
    with pytest.raises(TooLarge, match="Too much"):
        store_changes("jack", gathered(every_day()), {}, Small(store, 0), NOW)


def test_an_unchanged_reading_writes_nothing(store: Store) -> None:
    small = Small(store, 60)
    store_changes("jack", gathered(every_day()), {}, small, NOW)
    covered = store.records.coverage("jack")

    store_changes("jack", gathered(every_day()), covered, small, NOW)

    assert len(small.noted) == 1


def test_days_without_data_are_noted_once(store: Store) -> None:
    small = Small(store, 60)

    store_changes("jack", gathered(()), {}, small, NOW)

    assert store.records.coverage("jack").keys() == {"body-weight", "body-fat"}
    assert store.log.head("jack") == 0
