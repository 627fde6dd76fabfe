"""No question is longer than Google allows, nor than its pages come to an end."""

from __future__ import annotations

import itertools
import json
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from typing import Any

import pytest

from healthrelay.adapters.google_health.provider import MAX_PAGES, GoogleHealth
from healthrelay.adapters.google_health.questions import DailyRollUp, Points, RollUp
from healthrelay.adapters.google_health.rows import QUESTIONS
from healthrelay.adapters.http import Answer, Http
from healthrelay.core.errors import Refused
from healthrelay.core.measurements.ledger import Ledger
from healthrelay.core.measurements.reading import Window
from healthrelay.core.measurements.reads import Read, pack

SHORT = ("calories-in-heart-rate-zone", "heart-rate", "active-minutes", "total-calories")
USUAL_PAGE = 1440
"""What the server gives where it takes no notice of the page size of the request."""
# Points a day, at most: a stretch a minute, a beat every other second, a few of anything else.
MINUTES, BEATS = 1440, 43_200
DENSE = {
    **dict.fromkeys(("steps", "distance", "floors", "altitude", "activity-level"), MINUTES),
    "heart-rate": BEATS,
}
LAST = date(2026, 11, 23)


@pytest.mark.parametrize("name", [n for n, q in QUESTIONS.items() if "ollUp" in n])
def test_no_roll_up_is_longer_than_its_cap(name: str) -> None:
    question = QUESTIONS[name]
    assert isinstance(question, RollUp | DailyRollUp)
    assert question.source.days
    body = question.request(Read(name, LAST - timedelta(question.source.days - 1), LAST), "").body
    assert body is not None
    cap = 14 if question.type in SHORT else 90
    start, end = _range(body["range"])
    assert timedelta() < end - start <= timedelta(days=cap)
    # The size of a page counts against the same cap.
    assert timedelta(minutes=body.get("pageSize", 0)) <= timedelta(days=cap)
    assert isinstance(question, RollUp) or "pageSize" not in body


def _range(span: dict[str, Any]) -> tuple[datetime, datetime]:
    if "startTime" in span:
        return datetime.fromisoformat(span["startTime"]), datetime.fromisoformat(span["endTime"])
    start, end = (datetime(**span[name]["date"]) for name in ("start", "end"))
    return start, end


@pytest.mark.parametrize("name", [n for n, q in QUESTIONS.items() if "ollUp" not in n and ":" in n])
def test_no_question_has_more_pages_than_are_read(name: str) -> None:
    question = QUESTIONS[name]
    all_points = getattr(question, "all", question)
    assert isinstance(all_points, Points)
    if all_points.type in ("sleep", "exercise"):
        assert all_points.page_size == 25
        assert (question.source.days or 0) * 10 <= MAX_PAGES * 25
    elif all_points.type in DENSE:
        assert (question.source.days or 10**6) * DENSE[all_points.type] <= MAX_PAGES * USUAL_PAGE


@pytest.mark.parametrize(
    ("series", "detail", "days"),
    [
        ("activities-minutesVeryActive", "", 27),
        ("activities-tracker-minutesVeryActive", "", 27),
        ("activities-steps-intraday", "1min", 27),
        ("activities-heart-intraday", "1min", 12),
        ("activities-heart-intraday", "1sec", 1),
        ("activities-calories-intraday", "1min", 12),
        ("activities-heart", "", 14),
        ("sleep", "", 366),
    ],
)
def test_several_years_are_cut_into_calls_that_come_to_an_end(
    series: str, detail: str, days: int
) -> None:
    provider = GoogleHealth("http://unused", Http())
    window = Window(series, date(2021, 1, 1), LAST, detail)

    reads = pack({window: provider.needs(window)}, Ledger())

    longest = {}
    for read in reads:
        length = (read.end - read.start).days + 1
        longest[read.source] = max(length, longest.get(read.source, 0))
    assert longest[provider.needs(window)[-1 if series == "activities-heart" else 0].name] == days
    assert {read.start for read in reads} >= {window.start}


class Endless(Http):
    """Always has one more page."""

    def __init__(self) -> None:
        super().__init__()
        self._tokens: Iterator[int] = itertools.count()

    def send(self, *_: Any, **__: Any) -> Answer:
        page = {"dataPoints": [], "nextPageToken": str(next(self._tokens))}
        return Answer(200, {}, json.dumps(page).encode())


def test_more_pages_than_we_read_is_not_told_as_something_that_passes() -> None:
    provider = GoogleHealth("http://unused", Endless())

    with pytest.raises(Refused, match="more than 200 pages; ask for fewer days"):
        provider.read("token", Read("weight:reconcile", LAST, LAST))
