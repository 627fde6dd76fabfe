"""Forty lives of ninety days: whatever goes wrong, in the end everything is true again.

One that fails is made smaller by ``make years ARGS="--seed SEED --lives 1"``.
"""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from tests.years.history import draw

ROOT = Path(__file__).resolve().parents[2]
LIVES, TOGETHER = 40, 5
FIRST_SEEDS = range(1, LIVES + 1, TOGETHER)


@pytest.mark.timeout(600)
@pytest.mark.parametrize("seed", FIRST_SEEDS)
def test_what_is_stored_stays_true_over_months(seed: int) -> None:
    """In a process of its own, which nobody slows down by looking which lines it runs."""
    words = ["--seed", str(seed), "--lives", str(TOGETHER), "--workers", "1", "--as-drawn"]
    command = [sys.executable, "-m", "tests.years.run", *words]
    lived = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)

    assert lived.returncode == 0, lived.stdout + lived.stderr
    figures = json.loads(lived.stdout)
    assert (figures["lives"], figures["failed"]) == (TOGETHER, 0)
    # They were no calm lives.
    assert figures["kills"] >= TOGETHER


def test_lives_are_of_all_kinds() -> None:
    lives = [draw(seed) for seed in range(1, LIVES + 1)]

    assert {life.store for life in lives} == {"sqlite", "firestore"}
    assert {life.deep for life in lives} == {True, False}
    assert {bool(life.fitbit_days) for life in lives} == {True, False}
    assert {life.imported for life in lives} == {True, False}
    assert {life.history for life in lives} == {True, False}
    assert {len(life.people) for life in lives} == {1, 2}
