"""How many readers may wait."""

from __future__ import annotations

from contextlib import ExitStack

import pytest

from healthrelay.core.errors import RateLimited
from healthrelay.flows.delivery.places import Places


def test_one_person_leaves_half_of_the_places_to_others() -> None:
    places = Places(4)
    with ExitStack() as stack:
        for user in ("jack", "jack", "emma"):
            stack.enter_context(places.take(user))
        with pytest.raises(RateLimited) as refused, places.take("jack"):
            pass
        stack.enter_context(places.take("emma"))
        with pytest.raises(RateLimited), places.take("mia"):
            pass

    assert refused.value.after == 25
    with places.take("jack"), places.take("jack"), places.take("mia"):
        pass


def test_a_place_is_free_again_whatever_happened() -> None:
    places = Places(0)  # even the smallest process has one
    for _ in range(3):
        with pytest.raises(ZeroDivisionError), places.take("jack"):
            raise ZeroDivisionError

    with places.take("jack"), pytest.raises(RateLimited), places.take("emma"):
        pass


def test_nobody_waits_beyond_the_end_of_the_process() -> None:
    places = Places(4)
    with places.take("jack") as ended:
        assert not ended.is_set()
        places.close()
        assert ended.is_set()
    with places.take("emma") as ended:
        assert ended.is_set()
