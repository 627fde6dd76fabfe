"""Pages and page tokens."""

from __future__ import annotations

from itertools import chain
from typing import Any

from tests.sandbox.person import GooglePerson

FILTER = 'weight.sample_time.civil_time >= "2026-05-01"'


def pages(google: GooglePerson, token: str, **parameters: Any) -> list[list[str]]:
    """The names on every page, until no token comes any more."""
    pages: list[list[str]] = []
    following = ""
    while following or not pages:
        more = {"pageToken": following} if following else {}
        answer = google.points("weight", token, ":reconcile", **parameters, **more).json()
        pages.append([point["dataPointName"] for point in answer.get("dataPoints", [])])
        following = answer.get("nextPageToken", "")
    return pages


def test_pages_join_to_the_whole(google: GooglePerson, token: str) -> None:
    (whole,) = pages(google, token, filter=FILTER)
    cut = pages(google, token, filter=FILTER, pageSize=7)
    assert {len(page) for page in cut[:-1]} == {7}
    assert list(chain(*cut)) == whole


def test_size_zero_is_the_default_and_too_much_is_cut(google: GooglePerson, token: str) -> None:
    assert len(pages(google, token, pageSize=0)) == 1
    assert len(pages(google, token, pageSize=1_000_000)) == 1
    assert google.points("weight", token, pageSize=-1).status_code == 400
    assert google.points("weight", token, pageSize="many").status_code == 400


def test_default_size_of_lists(google: GooglePerson, token: str) -> None:
    answer = google.points("steps", token).json()
    assert len(answer["dataPoints"]) == 1440
    assert answer["nextPageToken"]


def test_small_pages_and_an_empty_first_one_on_demand(google: GooglePerson, token: str) -> None:
    (whole,) = pages(google, token, filter=FILTER)
    google.sandbox.google.page_limit = 10
    google.sandbox.google.empty_first_page = True
    first, *rest = pages(google, token, filter=FILTER)
    assert first == []
    assert len(rest[0]) == 10
    assert list(chain(*rest)) == whole


def test_parameters_must_not_change_while_paging(google: GooglePerson, token: str) -> None:
    def ask(kind: str = "weight", **parameters: Any) -> int:
        return google.points(kind, token, **parameters).status_code

    following = google.points("weight", token, filter=FILTER, pageSize=3).json()["nextPageToken"]
    assert ask(filter=FILTER, pageSize=3, pageToken=following) == 200
    assert ask(filter=FILTER, pageSize=4, pageToken=following) == 400
    assert ask(pageSize=3, pageToken=following) == 400
    assert ask("body-fat", pageSize=3, pageToken=following) == 400
    assert ask(filter=FILTER, pageSize=3, pageToken="guess") == 400
    assert ask(filter=FILTER, pageSize=3, pageToken="é") == 400


def test_roll_ups_are_paged_too(google: GooglePerson, token: str) -> None:
    day = {"year": 2026, "month": 5, "day": 1}
    span = {"start": {"date": day}, "end": {"date": day | {"month": 6}}}
    whole = google.roll("steps", token, {"range": span}).json()["rollupDataPoints"]
    google.sandbox.google.page_limit = 20
    first = google.roll("steps", token, {"range": span}).json()
    more = {"range": span, "pageToken": first["nextPageToken"]}
    second = google.roll("steps", token, more).json()
    assert first["rollupDataPoints"] + second["rollupDataPoints"] == whole
    assert "nextPageToken" not in second
