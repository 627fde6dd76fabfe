"""The short form of ``make fuzz``."""

from __future__ import annotations

import pytest

from tests.fuzz.doors import FUNCTIONS
from tests.fuzz.run import PROVIDERS, distort, good, knock

pytestmark = pytest.mark.peer


def test_odd_requests_meet_no_defect_and_store_nothing_without_a_key() -> None:
    results = list(knock(200, 2))

    assert good(results), results
    assert len(results) == 2 * len(FUNCTIONS)
    # The doors are not merely shut: with a key each kind of answer comes.
    assert all(set(result["statuses"]) > {"400", "405"} for result in results[len(FUNCTIONS) :])


@pytest.mark.parametrize("provider", PROVIDERS)
def test_bent_answers_lose_nothing(provider: str) -> None:
    result = distort(provider, 75, 2)

    assert good([result]), result
    assert result["bent"] > 50
    assert {"200", "502", "503"} <= set(result["statuses"])
