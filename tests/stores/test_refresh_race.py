"""A hundred workers meet at one expired token that can be refreshed once: nobody loses."""

from __future__ import annotations

import threading
import time
from concurrent.futures import ThreadPoolExecutor

import pytest

from healthrelay.core.errors import ReconnectNeeded
from healthrelay.core.grants.token import Grant, Token
from healthrelay.ports.store import Store
from tests.flows.grants.issuer import ACCOUNT, NOW, Issuer, grant, grants_of

pytestmark = pytest.mark.peer

WORKERS, ROUNDS = 100, 50


class Strict(Issuer):
    """A token endpoint that takes each refresh token once, and takes its time."""

    def __init__(self) -> None:
        super().__init__()
        self.good = "refresh-1"
        self._lock = threading.Lock()

    def refresh(self, refresh_token: str) -> Grant:
        with self._lock:
            self.asked.append(refresh_token)
            if refresh_token != self.good:
                raise ReconnectNeeded("This token was used before (invalid_grant).")
            # Due again at once, so that the next round has something to race for.
            fresh = grant(int(refresh_token.rpartition("-")[2]) + 1, hours=0)
            self.good = str(fresh.refresh)
        time.sleep(0.01)
        return fresh


def test_each_round_has_one_refresh_and_everybody_has_its_token(either_store: Store) -> None:
    strict = Strict()
    grants = grants_of(either_store, token_endpoint=strict)
    grants.connect("jack", grant(1, hours=0), ACCOUNT, NOW)
    barrier = threading.Barrier(WORKERS)

    def work(stale: Token) -> str:
        barrier.wait()
        return grants.renew("jack", stale, NOW).grant.access

    with ThreadPoolExecutor(WORKERS) as pool:
        for number in range(1, ROUNDS + 1):
            stale = grants.load("jack")
            got = set(pool.map(work, [stale] * WORKERS))
            assert got == {f"access-{number + 1}"}

    assert strict.asked == [f"refresh-{number}" for number in range(1, ROUNDS + 1)]
    assert grants.load("jack").grant.refresh == strict.good
