"""Forty lives of ninety days: whatever goes wrong, in the end everything is true again.

One that fails is made smaller by ``make years ARGS="--seed SEED --lives 1"``.
"""

from __future__ import annotations

import pytest

from tests.years.history import draw
from tests.years.run import run_one

SEEDS = range(1, 41)
GROUPS = [SEEDS[start::10] for start in range(10)]
"""So that as many processes as there are get about as much to do."""


@pytest.mark.timeout(600)
@pytest.mark.parametrize("seeds", GROUPS, ids=lambda seeds: f"seed {seeds[0]} and more")
def test_what_is_stored_stays_true_over_months(seeds: range) -> None:
    results = [run_one(seed, days=90, small=False) for seed in seeds]

    assert "\n\n".join(filter(None, (result.failure for result in results))) == ""
    # They were no calm lives.
    assert all(result.figures["kills"] > 0 for result in results)


def test_lives_are_of_all_kinds() -> None:
    lives = [draw(seed) for seed in SEEDS]

    assert {life.store for life in lives} == {"sqlite", "firestore"}
    assert {life.deep for life in lives} == {True, False}
    assert {bool(life.fitbit_days) for life in lives} == {True, False}
    assert {life.imported for life in lives} == {True, False}
    assert {len(life.people) for life in lives} == {1, 2}
