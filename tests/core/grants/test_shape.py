"""A shape says what kind of value there is, and nothing of the value."""

from __future__ import annotations

import json
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from healthrelay.core.grants.shape import ABSENT, MAX_PATHS, NotJson, Vocabulary

WORDS = Vocabulary(
    words=frozenset({"SCALE", "STAGES"}),
    names=frozenset({"users", "weight", "dataPoints", "date", "name"}),
    ids=frozenset({"name"}),
)
UUID = "123e4567-e89b-12d3-a456-426614174000"


@pytest.mark.parametrize(
    ("value", "kind"),
    [
        ("SCALE", "SCALE"),
        ("JACK", "upper-case word"),
        ("Jack Jansen", "text"),
        ("jack@example.org", "text"),
        ("", "empty text"),
        ("8123", "digits"),
        ("-1.5e3", "number as text"),
        ("NaN", "text NaN"),
        ("-Infinity", "text Infinity"),
        (NotJson("NaN"), "NaN or Infinity without quotes"),
        (ABSENT, "absent"),
        ("2026-11-01", "date"),
        ("07:12:00", "clock"),
        ("2026-11-01T06:12:00Z", "instant in UTC"),
        ("2026-11-01T06:12:00.123456789Z", "instant in UTC with fraction"),
        ("2026-11-01T06:12:00+01:00", "instant with offset"),
        ("2026-11-01T07:12:00.000", "local time with fraction"),
        ("3600s", "duration"),
        ("-1.500s", "duration with fraction"),
        ("Europe/Amsterdam", "zone"),
        (UUID, "uuid"),
        ("１２", "text"),
        (82, "integer"),
        (Decimal("82.4"), "number"),
        (True, "boolean"),
        (None, "null"),
        ([], "empty"),
        ({}, "empty"),
    ],
)
def test_a_value_has_a_kind(value: object, kind: str) -> None:
    assert WORDS.kind(value) == kind


@pytest.mark.parametrize(
    ("text", "pattern"),
    [
        ("1793513520000", "digits(13)"),
        (UUID, "uuid"),
        ("a1b2-c3", "a-z0-9-(7)"),
        ("A1B2C3", "A-Z0-9(6)"),
        ("Jack's scale", "other(12)"),
        ("users/123/dataPoints/4", "users/digits(3)/dataPoints/digits(1)"),
    ],
)
def test_an_identifier_has_a_pattern(text: str, pattern: str) -> None:
    assert WORDS.kind(text, "name") == pattern


def test_members_are_counted_by_path_and_kind() -> None:
    points = [
        {"name": "users/1/weight", "weight": {"weightGrams": 82_000, "stages": [{"type": "x"}]}},
        {"name": "users/22/weight", "weight": {"weightGrams": Decimal("82.5")}},
    ]

    assert WORDS.describe(points) == (
        "name: users/digits(1)/weight (1), users/digits(2)/weight (1)",
        "weight.(odd name)[].(odd name): text (1)",
        "weight.weightGrams: integer (1), number (1)",
    )


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("weight", "weight"),
        ("weightGrams", "weightGrams"),
        ("relativeNightlyStddev30dCelsius", "relativeNightlyStddev30dCelsius"),
        ("vo2Max", "vo2Max"),
        ("emma", "(odd name)"),
        ("emma@example.org", "(odd name)"),
        ("111256657788", "(odd name)"),
        ("userA111256657788", "(odd name)"),
        (UUID, "(odd name)"),
    ],
)
def test_a_members_name_is_shown_when_a_programmer_chose_it(name: str, shown: str) -> None:
    assert WORDS.name(name) == shown


def test_what_has_very_many_members_is_cut() -> None:
    wide = {f"member{'X' * (number + 1)}": number for number in range(MAX_PATHS - 10)}

    lines = WORDS.describe([{"weight": wide, "date": wide}])

    assert len(lines) == MAX_PATHS + 1
    assert lines[-1] == f"and {MAX_PATHS - 20} more members"


SECRETS = st.sampled_from(
    [
        "zq7x",
        "ZQ7X",
        "zq7x@example.org",
        "+31 6 90713",
        "users/zq7x/me",
        "2026-11-01T06:12:09.0713Z",
    ]
)
LEAVES = SECRETS | st.just(907_13) | st.just(Decimal("90713.25")) | st.just(NotJson("NaN"))
JSON = st.recursive(
    LEAVES | st.none() | st.booleans(),
    lambda parts: st.lists(parts) | st.dictionaries(SECRETS | st.just("weight"), parts),
    max_leaves=30,
)


@given(JSON)
def test_no_value_and_no_odd_name_gets_through(value: Any) -> None:
    shown = json.dumps(WORDS.describe([value])).casefold()

    for secret in ("zq7x", "90713", "0713", "example.org"):
        assert secret not in shown


def test_what_never_ends_is_described_all_the_same() -> None:
    deep: Any = "zq7x"
    for _ in range(3_000):
        deep = [deep]

    assert WORDS.describe([deep]) == ("[][][][][][][][][]: list (1)",)
