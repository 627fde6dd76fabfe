"""What is built once is built once, whoever asks and however many."""

from __future__ import annotations

import time
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any

import pytest

from healthrelay.adapters.sqlite.store import SqliteStore
from healthrelay.assembly.services import Services
from healthrelay.core.once import built_once
from tests.household import Household

CROWD = 16


class Slow:
    """Counts how often its part is built; the first *failures* attempts fail."""

    def __init__(self, failures: int = 0) -> None:
        self.failures = failures
        self.attempts = 0

    @built_once
    def part(self) -> object:
        """What takes long."""
        self.attempts += 1
        time.sleep(0.02)
        if self.attempts <= self.failures:
            raise OSError("not yet")
        return object()

    @built_once
    def whole(self) -> list[object]:
        return [self.part]


def ask_at_once(owner: object, name: str) -> list[Any]:
    """Return what each of a crowd of threads was given."""
    barrier = Barrier(CROWD)

    def ask() -> Any:
        barrier.wait()
        return getattr(owner, name)

    with ThreadPoolExecutor(CROWD) as pool:
        return [one.result() for one in [pool.submit(ask) for _ in range(CROWD)]]


def test_a_crowd_gets_one() -> None:
    slow = Slow()

    assert len({id(one[0]) for one in ask_at_once(slow, "whole")}) == 1
    assert slow.attempts == 1
    assert Slow().part is not slow.part
    assert Slow.part.__doc__ == "What takes long."


def test_what_failed_is_tried_again_by_whoever_asks_next() -> None:
    slow = Slow(failures=1)

    with pytest.raises(OSError, match="not yet"):
        _ = slow.part

    assert slow.part is slow.part
    assert slow.attempts == 2


def parts(kind: type) -> list[str]:
    return [name for name in dir(kind) if isinstance(getattr(kind, name), built_once)]


@pytest.mark.parametrize("name", parts(Services))
def test_every_part_of_the_services(name: str, household: Household) -> None:
    household.services.__dict__.pop(name, None)

    assert len({id(one) for one in ask_at_once(household.services, name)}) == 1


@pytest.mark.parametrize("name", parts(SqliteStore))
def test_every_port_of_the_store(name: str, household: Household) -> None:
    household.services.store.__dict__.pop(name, None)

    assert len({id(one) for one in ask_at_once(household.services.store, name)}) == 1
