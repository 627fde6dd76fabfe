"""A day on which two devices were worn: both are listed, and merged they are one."""

from __future__ import annotations

from collections import defaultdict
from datetime import date
from typing import Any

import pytest

from sandbox.google.datatype import Record
from sandbox.google.datatypes import ROWS
from tests.sandbox.person import AREAS, GooglePerson, health

DAILY = [row for row in ROWS if row.record is Record.DAILY]
SINCE = "2026-04-01"


@pytest.fixture
def token(google: GooglePerson) -> str:
    return str(google.connect(scope=health(*AREAS))["access_token"])


def days(google: GooglePerson, token: str, kind: Any, how: str) -> dict[date, list[Any]]:
    """Return the points of each day since spring, without what only a list has."""
    text = f'{kind.prefix}.date >= "{SINCE}"'
    body = google.points(kind.id, token, how, filter=text).json()
    assert "nextPageToken" not in body
    points: dict[date, list[Any]] = defaultdict(list)
    for point in body["dataPoints"]:
        points[date(**point[kind.key]["date"])].append(point)
    return points


@pytest.mark.parametrize("kind", DAILY, ids=lambda kind: kind.id)
def test_list_has_both_and_reconcile_the_trackers(
    google: GooglePerson, token: str, kind: Any
) -> None:
    listed, merged = (days(google, token, kind, how) for how in ("", ":reconcile"))

    assert listed.keys() == merged.keys()
    firsts = set()
    for day, points in listed.items():
        by_platform = {point["dataSource"]["platform"]: point[kind.key] for point in points}
        rings = {"HEALTH_CONNECT"} if day in google.sandbox.wearer.ring_days else set()
        assert by_platform.keys() == {"FITBIT"} | rings
        assert merged[day] == [{kind.key: by_platform["FITBIT"]}]
        if rings:
            assert by_platform["HEALTH_CONNECT"] != by_platform["FITBIT"]
            firsts.add(points[0]["dataSource"]["platform"])
    assert firsts == {"FITBIT", "HEALTH_CONNECT"}, "which comes first means nothing"
