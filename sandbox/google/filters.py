"""The filter grammar: restrictions on time, `>=` and `<` joined by AND (by OR too, for sleep)."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, datetime
from enum import Enum

from sandbox.google import datatypes
from sandbox.google.datatype import DataType, Record
from sandbox.google.errors import ApiError, refused
from sandbox.google.points import Period, Point
from sandbox.google.values import read_civil, read_instant
from sandbox.wearer import civil

_RESTRICTION = re.compile(r'\s*([A-Za-z0-9_.-]+)\s*(>=|<=|!=|=|<|>|:)\s*"([^"]*)"\s*')
_BAD = "INVALID_DATA_POINT_FILTER"


class Kind(Enum):
    """How a member's value is written."""

    INSTANT = "instant"
    CIVIL = "civil"
    DATE = "date"


_MEMBERS: dict[Record, dict[str, Kind]] = {
    Record.SAMPLE: {
        "sample_time.physical_time": Kind.INSTANT,
        "sample_time.civil_time": Kind.CIVIL,
    },
    Record.INTERVAL: {"interval.start_time": Kind.INSTANT, "interval.civil_start_time": Kind.CIVIL},
    Record.DAILY: {"date": Kind.DATE},
    Record.SESSION: {"interval.civil_start_time": Kind.CIVIL},
    Record.NONE: {},
}
_SPECIAL: dict[str, dict[str, Kind]] = {
    "sleep": {"interval.end_time": Kind.INSTANT, "interval.civil_end_time": Kind.CIVIL},
    "electrocardiogram": {"interval.start_time": Kind.INSTANT},
}


@dataclass(frozen=True, slots=True)
class Restriction:
    """One comparison; *literal* is aware for instants, naive for civil times."""

    member: str
    kind: Kind
    lower: bool
    literal: datetime

    def admits(self, point: Point) -> bool:
        """Return whether *point* satisfies the comparison."""
        ends = self.member.endswith("end_time")
        at = point.end if ends and point.end is not None else point.start
        value = at if self.kind is Kind.INSTANT else civil(at)
        return value >= self.literal if self.lower else value < self.literal


Terms = tuple[tuple[Restriction, ...], ...]


@dataclass(frozen=True, slots=True)
class Filter:
    """Alternatives joined by AND, as AIP-160 has it: OR binds more tightly."""

    terms: Terms = ()

    def admits(self, point: Point) -> bool:
        """Return whether *point* passes."""
        return all(any(r.admits(point) for r in alternatives) for alternatives in self.terms)

    @property
    def period(self) -> Period:
        """Days that surely hold everything the filter admits."""
        lower, upper = _bounds(self.terms)
        first = max((at.date() for at in lower), default=date.min)
        last = min((at.date() for at in upper), default=date.max)
        return Period.around(first, last)


def parse(text: str, row: DataType) -> Filter:
    """Read a filter for data of type *row*; every deviation from the grammar is refused."""
    if not text.strip():
        return Filter()
    ors = [re.split(r"\s+OR\s+", term) for term in re.split(r"\s+AND\s+", text)]
    if row.id != "sleep" and any(len(alternatives) > 1 for alternatives in ors):
        raise refused(f"{_BAD}_EXPRESSION_STRUCTURE", "Only AND may join restrictions.")
    terms = tuple(tuple(_restriction(r, row) for r in alternatives) for alternatives in ors)
    _check_together(terms)
    return Filter(terms)


def _restriction(text: str, row: DataType) -> Restriction:
    match = _RESTRICTION.fullmatch(text)
    if match is None:
        raise refused("INVALID_FILTER_FORMAT", "Invalid filter format.")
    prefix, _, member = match[1].partition(".")
    _check_prefix(prefix, row)
    kind = _SPECIAL.get(row.id, _MEMBERS[row.record]).get(member)
    if kind is None:
        message = f"Member '{match[1]}' is not supported for filtering."
        raise refused(f"{_BAD}_DATA_TYPE_MEMBER", message)
    if match[2] not in ((">=",) if row.id == "electrocardiogram" else (">=", "<")):
        message = f"Comparator '{match[2]}' is not supported for '{match[1]}'."
        raise refused(f"{_BAD}_RESTRICTION_COMPARATOR", message)
    return Restriction(member, kind, match[2] == ">=", _literal(match[3], kind))


def _check_prefix(prefix: str, row: DataType) -> None:
    if prefix == row.prefix:
        return
    if any(prefix == other.prefix for other in datatypes.ROWS):
        message = f"'{prefix}' is not the data type of this collection."
        raise refused(f"{_BAD}_COLLECTION_MISMATCH", message)
    raise refused(_BAD, f"Unknown data type '{prefix}' in the filter.")


def _literal(text: str, kind: Kind) -> datetime:
    if kind is Kind.INSTANT:
        value = read_instant(text)
        if value is None:
            raise refused(_BAD, f"'{text}' is not an RFC 3339 timestamp.")
        return value
    value = read_civil(text)
    if value is None or (kind is Kind.DATE and "T" in text):
        raise _not_civil(text)
    return value


def _not_civil(text: str) -> ApiError:
    message = f"'{text}' is not a civil date or time of this member."
    return refused(f"{_BAD}_CIVIL_DATE_TIME_FORMAT", message)


def _check_together(terms: Terms) -> None:
    every = [r for alternatives in terms for r in alternatives]
    if len({r.kind for r in every}) > 1:
        message = "Filter cannot contain both physical and civil time ranges."
        raise refused(f"{_BAD}_MIXED_TIME_RESTRICTIONS", message)
    lower, upper = _bounds(terms)
    if lower and upper and max(lower) >= min(upper):
        message = "Query end time must be strictly larger than start time."
        raise refused("INVALID_TIME_RANGE", message)


def _bounds(terms: Terms) -> tuple[list[datetime], list[datetime]]:
    sole = [alternatives[0] for alternatives in terms if len(alternatives) == 1]
    lower = [r.literal for r in sole if r.lower]
    upper = [r.literal for r in sole if not r.lower]
    return lower, upper
