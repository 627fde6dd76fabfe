"""The short form of ``make chaos``."""

from __future__ import annotations

import pytest

from tests.chaos.run import good, run

pytestmark = pytest.mark.peer


@pytest.mark.parametrize("seed", [1, 2])
def test_whatever_goes_wrong_everybody_ends_with_everything(seed: int) -> None:
    result = run(3_000, seed)

    assert good(result), result
    assert result["entries"] >= 3_000
    assert result["kills"] > 0
    # It was no calm run: more was sent than would have been needed, and some came twice.
    assert all(result["attempts"][name] > 3_000 for name in ("node-red", "script")), result
    assert all(result["duplicates"][name] > 0 for name in ("node-red", "script")), result
