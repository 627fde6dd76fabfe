"""docs/measurements.md names every member that Google describes and no series gives."""

from __future__ import annotations

import re
from collections.abc import Iterator
from fnmatch import fnmatchcase
from pathlib import Path
from typing import NamedTuple

import pytest

from tests.contract.given import Given, given
from tests.contract.members import kinds, members, schemas, within

PAGE = Path(__file__).resolve().parents[2] / "docs" / "measurements.md"
SECTION = "What Google has and is not given"
# What is asked of Google and how it answers, writing, notices, and links to be shared.
NO_MEASUREMENTS = re.compile(
    "(BatchDelete|Create|DailyRollUp|List|Reconcile|RollUp)[A-Za-z]*(Request|Response|Payload)"
    "|ReconciledDataPoint|(Daily)?RollupDataPoint|DataPoint"
    "|Subscri.*|EndpointAuthorization|GoogleDevicesandservices.*"
    "|CivilTimeInterval|Interval|DateTime|TimeZone|Date|CivilDateTime|TimeOfDay"
    "|Http.*|ManifestParams|Empty|Operation|Status"
)


class Row(NamedTuple):
    """One row of the table: types and members, with ``*`` for any text, and the reason."""

    types: list[str]
    members: list[str]
    reason: str

    def names(self, kind: str, member: str) -> bool:
        return any(fnmatchcase(kind, each) for each in self.types) and any(
            fnmatchcase(member, each) for each in self.members
        )


def read_rows(text: str) -> list[Row]:
    """Return the table of *text*."""
    section = text.partition(f"## {SECTION}\n")[2].partition("\n## ")[0]
    cells = [line.strip("|").split("|") for line in section.splitlines() if line.startswith("| `")]
    return [
        Row(_quoted(types), ["*"] if named.strip() == "all" else _quoted(named), reason.strip())
        for types, named, reason in cells
    ]


def complaints(rows: list[Row], known: Given) -> Iterator[str]:
    """Yield what is neither given nor named, named twice, named and given, or named in vain."""
    for kind, schema in kinds().items():
        for path in members(schema):
            member = ".".join(path)
            is_given = path in known.get(kind, set())
            named = sum(row.names(kind, member) for row in rows)
            if named != (0 if is_given else 1):
                yield f"{kind} {member}: {'given' if is_given else 'not given'}, named {named}×"
    for row in rows:
        for each in row.types:
            held = [m for kind in kinds() if fnmatchcase(kind, each) for m in _texts(kind)]
            for member in row.members:
                if not any(fnmatchcase(text, member) for text in held):
                    yield f"{each} {member}: named, but there is no such thing"


def _texts(kind: str) -> list[str]:
    return [".".join(path) for path in members(kinds()[kind])]


def _quoted(cell: str) -> list[str]:
    return re.findall("`([^`]+)`", cell)


@pytest.fixture(scope="module")
def known() -> Given:
    return given()


def test_every_member_is_given_or_named_with_a_reason(known: Given) -> None:
    rows = read_rows(PAGE.read_text())

    assert list(complaints(rows, known)) == []
    assert all(row.reason for row in rows)


@pytest.mark.parametrize(
    ("row", "complaint"),
    [
        (Row(["weight"], ["weightGrams"], ""), "weight weightGrams: given, named 1×"),
        (Row(["moods"], ["moods"], ""), "moods moods: not given, named 2×"),
        (Row(["weights"], ["*"], ""), "weights *: named, but there is no such thing"),
        (Row(["weight"], ["gramz"], ""), "weight gramz: named, but there is no such thing"),
    ],
    ids=["given", "twice", "no such type", "no such member"],
)
def test_a_row_too_many_is_found_out(known: Given, row: Row, complaint: str) -> None:
    rows = read_rows(PAGE.read_text())

    assert {*complaints([*rows, row], known)} - {*complaints(rows, known)} == {complaint}


def test_a_row_too_few_is_found_out(known: Given) -> None:
    rows = [row for row in read_rows(PAGE.read_text()) if "electrocardiogram" not in row.types]

    assert "electrocardiogram leadNumber: not given, named 0×" in complaints(rows, known)


def test_every_schema_belongs_to_a_type_or_is_no_measurement(known: Given) -> None:
    seen = {each for schema in kinds().values() for each in within(schema)}
    others = schemas().keys() - seen

    assert [name for name in others if not NO_MEASUREMENTS.fullmatch(name)] == []
    assert kinds().keys() >= known.keys()
