"""docs/measurements.md says of every series what it is, from where, and how both compare."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from healthrelay.adapters.fitbit.calls import CALLS
from healthrelay.adapters.fitbit.rows import ABSENT as NOT_AT_FITBIT
from healthrelay.adapters.fitbit.rows import ROWS as FITBIT
from healthrelay.adapters.google_health.rows import ABSENT as NOT_AT_GOOGLE
from healthrelay.core.measurements.catalogue import EPOCH, SERIES
from healthrelay.core.measurements.ledger import WATCHED_DAYS
from healthrelay.core.measurements.reading import Window
from healthrelay.core.measurements.syncs import SETTLING_HOURS
from healthrelay.core.measurements.wanted import (
    LOGS_BACK_DAYS,
    LOGS_EVERY_DAYS,
    MAX_FAR_CALLS,
    MAX_WITHIN_DAY_CALLS,
    NEWEST_DAYS,
    TURNS,
)

PAGE = Path(__file__).resolve().parents[3] / "docs" / "measurements.md"


def rows(section: str) -> dict[str, list[str]]:
    """Series → the other cells of its row in the first table of *section*."""
    text = PAGE.read_text().partition(f"## {section}\n")[2].partition("\n## ")[0]
    cells_of: dict[str, list[str]] = {}
    for line in text.splitlines():
        names, *cells = [cell.strip() for cell in line.strip("|").split("|")]
        if line.startswith("|") and names.startswith("`"):
            for name in re.findall(r"`([\w-]+)`", names):
                assert name not in cells_of, f"{name} has two rows"
                cells_of[name] = cells
    return cells_of


@pytest.mark.parametrize("section", ["From Google Health", "From the legacy API", "Side by side"])
def test_every_series_has_a_row_and_no_other(section: str) -> None:
    assert rows(section).keys() == SERIES.keys()


def test_what_is_read_again_is_said_as_it_is() -> None:
    text = PAGE.read_text().partition("## What is read, and how often\n")[2].partition("\n### ")[0]
    rows = [line for line in text.splitlines() if line.startswith("|")][2:]

    assert [[int(number) for number in re.findall(r"\d+", row)] for row in rows] == [
        [WATCHED_DAYS],
        [WATCHED_DAYS],
        [NEWEST_DAYS, WATCHED_DAYS],
        [WATCHED_DAYS, TURNS],
        [MAX_FAR_CALLS, LOGS_EVERY_DAYS],
        [WATCHED_DAYS, MAX_WITHIN_DAY_CALLS, 2],
        [MAX_FAR_CALLS],
        [],
    ]
    assert f"synced {SETTLING_HOURS} hours or more after the day ended" in PAGE.read_text()
    assert LOGS_BACK_DAYS == 365


def test_what_google_has_not_is_said_to_be_refused() -> None:
    table = rows("From Google Health")

    assert {name for name, cells in table.items() if cells[1] == "none"} == NOT_AT_GOOGLE.keys()
    assert all(len(cells) == 4 and cells[3] for cells in table.values())


def test_ranges_of_the_legacy_api_are_those_of_the_calls() -> None:
    table = rows("From the legacy API")
    for name, row in FITBIT.items():
        days = CALLS[row.needs(Window(name, EPOCH, EPOCH))[0]].days
        assert table[name][2] == (str(days) if days else "–"), name
    assert {n for n, cells in table.items() if cells[1].startswith("none")} == NOT_AT_FITBIT.keys()
