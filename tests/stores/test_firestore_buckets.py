"""Which document holds which records: pure, without any Firestore."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from healthrelay.adapters.firestore import buckets
from healthrelay.adapters.firestore.buckets import Bucket
from healthrelay.core.errors import Refused
from healthrelay.core.measurements.reading import Delta, Window
from healthrelay.core.measurements.records import Record
from tests.stores.contract import entry, weight


def night(log_id: int, day: str, levels: str = "") -> Record:
    data = {"logId": log_id, "dateOfSleep": day, "levels": levels}
    return Record("sleep", str(log_id), day, data)


def bucket(*records: Record, period: str = "2026") -> Bucket:
    return Bucket(records[0].series, period, {record.key: record for record in records})


def encode_one(*records: Record) -> dict[str, Any]:
    """Return the fields of the one document that these records make."""
    (fields,) = buckets.encode(bucket(*records)).values()
    assert fields is not None
    return dict(fields)


def records_in(documents: Mapping[str, Any]) -> dict[str, Record]:
    """Return the records that lie in *documents*, by key."""
    return {
        record.key: record
        for name, fields in documents.items()
        if fields and not buckets.is_split(fields)
        for record in buckets.decode(name, fields).records.values()
    }


@pytest.mark.parametrize(
    ("series", "name"),
    [
        ("body-weight", "body-weight.2026"),
        ("weight", "weight.2026"),
        ("sleep", "sleep.2026"),
        ("devices", "devices.2026"),
        ("activities-heart-intraday", "activities-heart-intraday.2026-11-01"),
        ("a-series-of-tomorrow", "a-series-of-tomorrow.2026"),
    ],
)
def test_bucket_is_a_year_or_for_intraday_a_day(series: str, name: str) -> None:
    assert buckets.bucket_name((series, "2026-11-01")) == name


STEADY = ("body-weight", "body", "sleep-efficiency", "activities-heart-intraday", "devices", "user")
WANDERING = ("weight", "sleep", "activities", "unheard-of")


@pytest.mark.parametrize("series", [*STEADY, *WANDERING])
def test_only_entries_with_numbers_of_their_own_can_wander(series: str) -> None:
    assert buckets.key_is_not_day(series) == (series in WANDERING)


def test_window_is_all_its_days() -> None:
    window = Window("body-fat", date(2025, 12, 31), date(2026, 1, 1))

    points = {("body-fat", "2025-12-31"), ("body-fat", "2026-01-01")}
    assert buckets.window_points([window]) == points


def test_document_is_one_compact_text_with_the_members_in_order() -> None:
    assert encode_one(weight("2026-11-02"), weight("2026-11-01")) == {
        "records": '[["2026-11-01",{"dateTime":"2026-11-01","value":"82.4"}],'
        '["2026-11-02",{"dateTime":"2026-11-02","value":"82.4"}]]'
    }


def test_document_of_a_log_names_its_keys() -> None:
    fields = encode_one(entry(7, "2026-11-01T07:12:00"))

    assert fields == {
        "records": '[["7","2026-11-01T07:12:00",{"logId":7,"date":"2026-11-01","weight":82.4}]]',
        "keys": '["7"]',
    }
    assert buckets.read_keys(fields) == {"7"}


def test_bucket_comes_back() -> None:
    entries = entry(7, "2026-11-01T07:12:00"), entry(8, "2026-11-01")

    assert buckets.decode("weight.2026", encode_one(*entries)) == bucket(*entries)
    assert buckets.decode("weight.2026", {}) == Bucket("weight", "2026", {})


def test_origins_stand_once_for_those_that_follow_each_other() -> None:
    imported = [weight(f"2026-01-{day:02}")._replace(origin="import") for day in range(1, 32)]
    read = [weight(f"2026-02-{day:02}")._replace(origin="fitbit 1a2b3c4d") for day in range(1, 29)]
    again = weight("2026-03-01")._replace(origin="import")

    fields = encode_one(*read, *imported, again)

    assert fields["origins"] == '[["import","fitbit 1a2b3c4d"],[[0,31],[1,28],[0,1]]]'
    assert records_in({"body-weight.2026": fields})["2026-02-28"].origin == "fitbit 1a2b3c4d"


def test_bucket_of_an_earlier_version_knows_no_origins() -> None:
    fields = {"records": '[["2026-11-01",{"dateTime":"2026-11-01","value":"82.4"}]]'}

    assert records_in({"body-weight.2026": fields}) == {"2026-11-01": weight("2026-11-01")}


def test_a_bucket_whose_origins_are_not_those_of_its_records_is_damaged() -> None:
    fields = encode_one(weight("2026-11-01")._replace(origin="import"))

    with pytest.raises(ValueError, match="zip"):
        buckets.decode("body-weight.2026", fields | {"origins": '[["import"],[[0,2]]]'})


def test_emptied_bucket_is_deleted() -> None:
    opened = {"body-weight.2026": bucket(weight("2026-11-01"))}

    documents = buckets.changed_documents(opened, Delta(removed=(weight("2026-11-01"),)))

    assert documents == {"body-weight.2026": None}


def test_bucket_that_is_not_touched_is_not_written() -> None:
    opened = {
        "body-weight.2026": bucket(weight("2026-11-01")),
        "body-weight.2025": bucket(weight("2025-11-01"), period="2025"),
    }

    documents = buckets.changed_documents(opened, Delta(changed=(weight("2026-11-01", "80"),)))

    assert list(documents) == ["body-weight.2026"]


def test_entry_whose_day_is_corrected_leaves_its_old_bucket() -> None:
    opened = {
        "weight.2025": bucket(entry(1, "2025-12-31"), entry(2, "2025-12-30"), period="2025"),
        "weight.2026": Bucket("weight", "2026", {}),
    }

    documents = buckets.changed_documents(opened, Delta(changed=(entry(1, "2026-01-01"),)))

    inside = {n: set(buckets.decode(n, f or {}).records) for n, f in documents.items()}
    assert inside == {"weight.2025": {"2"}, "weight.2026": {"1"}}


def test_last_of_two_equal_names_wins_wherever_the_first_lies() -> None:
    opened = {name: Bucket("weight", name[-4:], {}) for name in ("weight.2025", "weight.2026")}

    added = entry(1, "2025-12-31"), entry(1, "2026-01-01")
    documents = buckets.changed_documents(opened, Delta(added=added))

    assert list(documents) == ["weight.2026"]


def test_too_large_a_year_becomes_months_and_a_month_days() -> None:
    january = [night(number, f"2026-01-{number:02}", "x" * 30) for number in range(1, 11)]
    march = night(40, "2026-03-01")

    documents = buckets.encode(bucket(*january, march), limit=400)

    assert documents["sleep.2026"] == {"split": True}
    assert documents["sleep.2026-01"] == {"split": True}
    assert set(documents) == {
        "sleep.2026",
        "sleep.2026-01",
        "sleep.2026-03",
        *(f"sleep.2026-01-{day:02}" for day in range(1, 11)),
    }
    assert records_in(documents) == {night.key: night for night in (*january, march)}


def test_parts_of_split_buckets_are_found_by_day() -> None:
    points = {("sleep", "2026-01-05"), ("sleep", "2026-02-05"), ("weight", "2026-01-05")}

    assert buckets.narrower_buckets({"sleep.2026"}, points) == {"sleep.2026-01", "sleep.2026-02"}
    assert buckets.narrower_buckets({"sleep.2026-01"}, points) == {"sleep.2026-01-05"}
    assert buckets.narrower_buckets(set(), points) == set()


def test_too_large_a_day_is_packed() -> None:
    points = [{"time": f"{minute // 60:02}:{minute % 60:02}:00"} for minute in range(1440)]
    data = {"dateTime": "2026-11-01", "dataset": points}
    day = Record("activities-heart-intraday", "2026-11-01", "2026-11-01", data)
    limit = len(json.dumps(data)) // 3

    documents = buckets.encode(bucket(day, period="2026-11-01"), limit)

    ((name, fields),) = documents.items()
    assert fields is not None
    assert list(fields) == ["packed"]
    assert buckets.text_bytes(fields) <= limit
    assert buckets.decode(name, fields).records["2026-11-01"] == day


def test_day_that_no_document_can_hold_is_refused_by_name_alone() -> None:
    day = night(1, "2026-11-01", "secret, and not to be packed")

    with pytest.raises(Refused, match=r"sleep\.2026-11-01 is larger") as caught:
        buckets.encode(bucket(day), limit=60)

    assert "secret" not in str(caught.value)


def test_a_year_of_daily_values_needs_a_fiftieth_of_a_document() -> None:
    days = [date.fromordinal(date(2026, 1, 1).toordinal() + n).isoformat() for n in range(365)]

    fields = encode_one(*map(weight, days))

    assert buckets.text_bytes(fields) == 20_441
    assert 48 < buckets.MAX_BYTES / 20_441 < 49

    read = encode_one(*(weight(day)._replace(origin="google_health 1a2b3c4d") for day in days))
    assert read["origins"] == '[["google_health 1a2b3c4d"],[[0,365]]]'


TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=20)
DAYS = st.dates(date(2026, 1, 1), date(2026, 12, 31)).map(date.isoformat)
ORIGINS = st.sampled_from(["", "import", "fitbit 1a2b3c4d"])
NIGHTS = st.dictionaries(
    st.integers(0, 99), st.tuples(DAYS, TEXTS, ORIGINS), min_size=1, max_size=40
)


@given(NIGHTS, st.integers(400, 900))
def test_whatever_is_split_holds_the_same_records(
    nights: dict[int, tuple[str, str, str]], limit: int
) -> None:
    before = bucket(
        *(
            night(number, day, text)._replace(origin=origin)
            for number, (day, text, origin) in nights.items()
        )
    )
    try:
        documents = buckets.encode(before, limit)
    except Refused:
        return

    assert records_in(documents) == before.records
    assert all(buckets.text_bytes(fields or {}) <= limit for fields in documents.values())
