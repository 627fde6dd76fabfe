"""The questions that Google Health answers (https://developers.google.com/health/reference/rest).

A question names a data type and the way to read it, over whole local days. Civil filters
compare each point's own local time, so that a day is the wearer's day without any arithmetic
of zones here.
"""

from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta
from typing import Any, NamedTuple, Protocol
from urllib.parse import quote, urlencode

from healthrelay.core.measurements.reads import Read, Source

Json = dict[str, Any]

PAGE_SIZE = 10_000
SESSION_PAGE = 25
SESSION_DAYS = 366
INTERVAL_DAYS = 27
"""Of a point a minute: four full pages, or 27 where the server gives its usual 1440 points."""
BEAT_DAYS = 1
"""Of a heart beat every two or three seconds: four full pages, or thirty of the usual ones."""
ROLL_UP_DAYS = 90
SHORT_ROLL_UP_DAYS = 14
"""The cap of heart-rate, total-calories, active-minutes and calories-in-heart-rate-zone."""
_PADDING = timedelta(hours=14)
"""No place on earth is further from UTC."""
_FAMILIES = "users/me/dataSourceFamilies"


class Request(NamedTuple):
    """One HTTP request, below ``/v4/users/me``."""

    method: str
    path: str
    body: Json | None = None


class Question(Protocol):
    """How to read one source, and where its points are in an answer."""

    @property
    def source(self) -> Source: ...

    @property
    def points(self) -> str:
        """The member of an answer that holds the points."""

    def request(self, read: Read, page: str) -> Request:
        """Return the request for *read*, from the page that the token *page* names."""


class Points(NamedTuple):
    """The points of a type: reconciled (one merged stream of all sources) unless *how* is list.

    *member* is what the filter compares, such as ``sample_time.civil_time``; without one the
    whole history is read.
    """

    type: str
    member: str
    how: str = ":reconcile"
    page_size: int = PAGE_SIZE
    points: str = "dataPoints"
    days: int | None = None
    family: str = ""
    """A data source family, such as ``google-wearables``; all sources when empty."""

    @property
    def source(self) -> Source:
        name = f"{self.type}{self.how}{_of_family(self.family)}"
        return Source(name, self.days, dated=bool(self.member))

    def request(self, read: Read, page: str) -> Request:
        query = {"pageSize": str(self.page_size)}
        if self.member:
            field = f"{self.type.replace('-', '_')}.{self.member}"
            after = read.end + timedelta(days=1)
            query["filter"] = f'{field} >= "{read.start}" AND {field} < "{after}"'
        if page:
            query["pageToken"] = page
        if self.family:
            query["dataSourceFamily"] = f"{_FAMILIES}/{self.family}"
        path = f"/dataTypes/{self.type}/dataPoints{self.how}"
        return Request("GET", f"{path}?{urlencode(query, quote_via=quote)}")


class DailyRollUp(NamedTuple):
    """Totals of local days. Without a page size, for Google counts it against *days*."""

    type: str
    days: int = ROLL_UP_DAYS
    family: str = ""
    points: str = "rollupDataPoints"

    @property
    def source(self) -> Source:
        return Source(f"{self.type}:dailyRollUp{_of_family(self.family)}", days=self.days)

    def request(self, read: Read, page: str) -> Request:
        span = {"start": _civil(read.start), "end": _civil(read.end + timedelta(days=1))}
        body: Json = {"range": span, "windowSizeDays": 1}
        if self.family:
            body["dataSourceFamily"] = f"{_FAMILIES}/{self.family}"
        if page:
            body["pageToken"] = page
        return Request("POST", f"/dataTypes/{self.type}/dataPoints:dailyRollUp", body)


class RollUp(NamedTuple):
    """Totals of minutes, which Google counts in absolute time: whoever converts picks the day's.

    The range is padded by what a local day may lie before or after the UTC day, and begins
    on a whole minute, so that asking again gives the same points.
    """

    type: str
    days: int = SHORT_ROLL_UP_DAYS - 2
    points: str = "rollupDataPoints"

    @property
    def source(self) -> Source:
        return Source(f"{self.type}:rollUp", days=self.days)

    def request(self, read: Read, page: str) -> Request:
        start, end = (
            datetime(day.year, day.month, day.day, tzinfo=UTC)
            for day in (read.start, read.end + timedelta(days=1))
        )
        span = {"startTime": _instant(start - _PADDING), "endTime": _instant(end + _PADDING)}
        # Ten thousand minutes are less than a week: well below the cap that Google holds
        # a page to as well, and a seventh of the pages.
        body: Json = {"range": span, "windowSize": "60s", "pageSize": PAGE_SIZE}
        if page:
            body["pageToken"] = page
        return Request("POST", f"/dataTypes/{self.type}/dataPoints:rollUp", body)


class AccountPart(NamedTuple):
    """A part of the account, such as ``/settings``; one object, or the list *points*."""

    path: str
    points: str = ""

    @property
    def source(self) -> Source:
        return Source(self.path, dated=False)

    def request(self, read: Read, page: str) -> Request:
        query = {"pageSize": "100"} if self.points else {}
        if page and self.points:
            query["pageToken"] = page
        return Request("GET", f"{self.path}?{urlencode(query)}" if query else self.path)


def samples(type: str) -> Points:  # noqa: A002 - Google's own word
    """All measurements of a *type* that is taken at instants."""
    return Points(type, "sample_time.civil_time")


def intervals(type: str) -> Points:  # noqa: A002
    """All intervals of a *type*, on the day they begin; most are a minute long."""
    return Points(type, "interval.civil_start_time", days=INTERVAL_DAYS)


def sessions(type: str) -> Points:  # noqa: A002
    """All sessions of a *type*: nights on the day they end, anything else where it begins."""
    end = "end" if type == "sleep" else "start"
    member = f"interval.civil_{end}_time"
    if type in ("sleep", "exercise"):
        # Small pages: a year of them comes to an end long before our time-out.
        return Points(type, member, page_size=SESSION_PAGE, days=SESSION_DAYS)
    return Points(type, member)


def days(type: str) -> Points:  # noqa: A002
    """Return the values of a *type* that Google itself has by the day.

    Reconciled, for a list has a value of each source, and which of them counts is Google's to say.
    """
    return Points(type, "date")


def history(type: str) -> Points:  # noqa: A002
    """Everything there is of a *type* that changes rarely."""
    return Points(type, "")


def _of_family(family: str) -> str:
    return f" of {family}" if family else ""


def _civil(day: date) -> Mapping[str, Mapping[str, int]]:
    return {"date": {"year": day.year, "month": day.month, "day": day.day}}


def _instant(at: datetime) -> str:
    return at.strftime("%Y-%m-%dT%H:%M:%SZ")
