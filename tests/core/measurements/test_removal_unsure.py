"""On a day of which something is not known nothing is missing, but successions are made at once."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, date, datetime, timedelta

import pytest

from healthrelay.core.measurements.ledger import Marks
from healthrelay.core.measurements.reading import Window
from healthrelay.core.measurements.records import Record
from healthrelay.core.measurements.removal import Compared, Reading, compare

NOW = datetime(2026, 11, 28, 12, tzinfo=UTC)
GOOGLE, FITBIT = "google_health 1a2b3c4d", "fitbit 1a2b3c4d"
DAY = "2026-11-20"
UNSURE = pytest.mark.parametrize("unsure", [DAY, ""], ids=["that day", "some day"])


def exercise(key: str, start: str = "18:00:00", origin: str = GOOGLE) -> Record:
    data = {"logId": key, "startDate": DAY, "startTime": start, "duration": 1_800_000}
    return Record("activities", key, f"{DAY}T{start}", data, origin)


def weight(key: str, time: str, origin: str = GOOGLE) -> Record:
    data = {"logId": key, "date": DAY, "time": time, "weight": 82.4}
    return Record("weight", key, f"{DAY}T{time}", data, origin)


def look(
    known: Iterable[Record], incoming: Iterable[Record], unsure: str, marks: Marks | None = None
) -> Compared:
    windows = [Window(series, date(2026, 11, 1), NOW.date()) for series in ("activities", "weight")]
    days = {window.series: [unsure] for window in windows}
    reading = Reading(windows, GOOGLE, NOW, "2026-11-28", unsure=days)
    return compare(known, incoming, marks or {}, reading)


def removed(compared: Compared) -> list[str]:
    return [record.key for record in compared.delta.removed]


@UNSURE
@pytest.mark.parametrize("origin", [GOOGLE, "import"])
def test_a_session_that_was_reissued_never_counts_beside_itself(unsure: str, origin: str) -> None:
    compared = look([exercise("11", origin=origin)], [exercise("12", "18:01:00")], unsure)

    assert (removed(compared), compared.delta.added) == (["11"], (exercise("12", "18:01:00"),))


@UNSURE
def test_a_day_of_the_new_provider_takes_the_place_of_the_former_ones(unsure: str) -> None:
    assert removed(
        look([weight("old", "07:00:00", FITBIT)], [weight("1", "08:00:00")], unsure)
    ) == ["old"]


@UNSURE
def test_what_has_no_successor_is_not_missing(unsure: str) -> None:
    looked = (NOW - timedelta(hours=2)).isoformat()
    marks = look([weight("1", "07:00:00")], [], "2026-11-01").marks
    marks = {s: {k: m._replace(first=looked) for k, m in by.items()} for s, by in marks.items()}
    assert removed(look([weight("1", "07:00:00")], [], "2026-11-01", marks)) == ["1"]

    compared = look([weight("1", "07:00:00")], [exercise("12")], unsure, marks)

    assert (removed(compared), compared.marks) == ([], {})
