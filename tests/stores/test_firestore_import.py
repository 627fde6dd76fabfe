"""A household with ten years in Igor's database moves into the cloud's store."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest

from healthrelay.core.json import Json
from healthrelay.igor.old_plugin import LegacyPerson
from healthrelay.igor.takeover import SeriesCount, take_over
from tests.peers.firestore import MakeFirestore

pytestmark = pytest.mark.peer

NOW = datetime(2026, 6, 3, 8, tzinfo=UTC)
YEARS = [(date(2016, 1, 1) + timedelta(day)).isoformat() for day in range(3650)]


def test_ten_years_are_taken_over_once(make_firestore: MakeFirestore) -> None:
    store = make_firestore()
    weights: list[Json] = [{"dateTime": day, "value": "165.3"} for day in YEARS]
    steps: list[Json] = [{"dateTime": day, "value": "8042"} for day in YEARS]
    series = {"body-weight": weights, "activities-steps": steps}
    jack = LegacyPerson("jack", {"period": "1y"}, series)

    first = take_over(jack, store, "en_US", NOW)
    second = take_over(jack, store, "en_US", NOW)

    assert dict(first.series) == dict.fromkeys(series, SeriesCount(3650, 0, {}))
    assert dict(second.series) == dict.fromkeys(series, SeriesCount(0, 3650, {}))
    records = store.records.everything("jack")
    assert len(records) == 7300
    assert {record.data["value"] for record in records} == {"74.979", "8042"}
    assert store.log.head("jack") == 2
    assert store.identities.settings("jack") == {"period": "1y"}
