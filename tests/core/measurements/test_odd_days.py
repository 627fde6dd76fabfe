"""What stays of a day of which something could not be read, and how long it is named."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from healthrelay.core.measurements.odd_days import MAX_ODD_DAYS, is_unsure, keep_members, update_odd
from healthrelay.core.measurements.reading import Window
from healthrelay.core.measurements.records import Record

NEW = Record("body-weight", "2026-11-01", "2026-11-01", {"dateTime": "2026-11-01", "value": "82.4"})
CORRECTED = NEW._replace(data={**NEW.data, "value": "82.9"})
SECOND = Record("body-weight", "2026-11-02", "2026-11-02", {"dateTime": "2026-11-02", "value": "1"})
HEART = Record(
    "activities-heart", "2026-11-01", "2026-11-01", {"value": {"restingHeartRate": 56, "zones": []}}
)


@pytest.mark.parametrize(
    ("unsure", "records"),
    [
        ({}, []),
        ({"body-weight": []}, []),
        ({"body-weight": ["2026-11-01"]}, [NEW]),
        ({"body-weight": [""]}, [NEW, SECOND]),
        ({"body-fat": [""]}, []),
    ],
)
def test_a_day_is_unsure_by_its_own_points_or_by_one_without_a_day(
    unsure: dict[str, list[str]], records: list[Record]
) -> None:
    assert [record for record in (NEW, SECOND) if is_unsure(record, unsure)] == records


def test_a_newer_value_wins_and_nothing_is_added_that_was_not_read() -> None:
    unsure = {"body-weight": [""]}

    assert keep_members([NEW, SECOND], [CORRECTED], unsure) == [CORRECTED]


def test_a_part_of_a_record_that_was_not_read_again_stays() -> None:
    read = HEART._replace(data={"value": {"zones": ["Peak"]}})

    (kept,) = keep_members([HEART], [read], {"activities-heart": ["2026-11-01"]})

    assert kept.data == {"value": {"restingHeartRate": 56, "zones": ["Peak"]}}


def test_a_state_has_no_day_and_stays_whole() -> None:
    user = Record("user", "the one", "2009-01-01", {"age": 44, "height": 178})

    assert keep_members([user], [user._replace(data={"age": 45})], {"user": ["2026-11-01"]}) == [
        user._replace(data={"age": 45, "height": 178})
    ]


ODD = {"body-weight": {"": 1, "2026-11-01": 2, "2026-11-09": 1}, "body-fat": {"2026-11-01": 1}}


@pytest.mark.parametrize(
    ("odd", "after"),
    [
        ({}, {"body-fat": {"2026-11-01": 1}, "body-weight": {"2026-11-09": 1}}),
        (
            {"body-weight": {"2026-11-02": 3}},
            {"body-fat": {"2026-11-01": 1}, "body-weight": {"2026-11-02": 3, "2026-11-09": 1}},
        ),
    ],
)
def test_what_was_odd_is_remembered_until_it_is_read_again(
    odd: dict[str, dict[str, int]], after: dict[str, dict[str, int]]
) -> None:
    read = [Window("body-weight", date(2026, 11, 1), date(2026, 11, 2))]

    assert update_odd(ODD, read, odd) == after


def test_no_more_than_the_newest_odd_days_are_remembered() -> None:
    days = {f"2026-{month:02}-{day:02}": 1 for month in (9, 10) for day in range(1, 29)}

    remembered = update_odd({}, [], {"body-weight": days})["body-weight"]

    assert len(remembered) == MAX_ODD_DAYS
    assert max(remembered) == "2026-10-28"


def intraday(*times: str, interval: int = 1) -> Record:
    points: list[Any] = [{"time": f"07:0{time[0]}:00", "value": int(time[1:])} for time in times]
    data = {"dataset": points, "datasetInterval": interval, "datasetType": "minute"}
    return Record("activities-steps-intraday", "2026-11-01", "2026-11-01", data)


@pytest.mark.parametrize(
    ("read", "kept"),
    [
        (intraday("05", "29"), intraday("05", "17", "29")),
        (intraday("18"), intraday("05", "18")),
        (intraday("09", interval=15), intraday("09", interval=15)),
    ],
)
def test_minutes_that_were_not_read_again_stay(read: Record, kept: Record) -> None:
    known = intraday("05", "17")

    assert keep_members([known], [read], {"activities-steps-intraday": ["2026-11-01"]}) == [kept]
