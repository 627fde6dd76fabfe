"""Points written out in tests are such as Google describes them."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.adapters.google_health.moving import converted, rolled

ADAPTERS = Path(__file__).parents[1]


def test_a_point_that_google_does_not_describe_is_found_out() -> None:
    raw = {"steps:dailyRollUp": [rolled(3, steps={"countSum": "1", "stepz": "1"})]}

    with pytest.raises(AssertionError, match="stepz"):
        converted("activities-steps", raw)


def test_no_test_converts_points_without_holding_them_to_the_description() -> None:
    """`moving.converted` checks; points that were read come from the sandbox, which is checked."""
    direct = {
        path.name
        for path in [*ADAPTERS.glob("test_google*.py"), *ADAPTERS.glob("google_health/*.py")]
        if ".convert(" in (text := path.read_text()) and ".read(" not in text
    }

    assert direct == {"moving.py"}
