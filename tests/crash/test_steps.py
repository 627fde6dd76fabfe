"""A port or method that is renamed must not silently stop being a step of the crash tests."""

from __future__ import annotations

import pytest

from healthrelay.ports import delivery, overview, peers, store
from tests.crash.steps import WATCHED

PORTS: dict[str, type] = {
    "store": store.Store,
    "identities": store.Identities,
    "tokens": store.Tokens,
    "handshakes": store.Handshakes,
    "accounts": store.Accounts,
    "records": store.Records,
    "runs": store.RunTimes,
    "overview": overview.Overview,
    "scheduler_lease": store.SchedulerLease,
    "token_endpoint": peers.TokenEndpoint,
    "log": delivery.Log,
    "targets": delivery.Targets,
    "provider": peers.Provider,
    "igor": peers.Target,
    "webhook": peers.Target,
}


@pytest.mark.parametrize("name", WATCHED)
def test_every_step_is_a_method_of_its_port(name: str) -> None:
    assert [method for method in WATCHED[name] if not hasattr(PORTS[name], method)] == []


def test_every_part_of_the_store_is_watched_by_its_own_name() -> None:
    parts = {name for name, member in vars(store.Store).items() if isinstance(member, property)}

    assert parts <= set(WATCHED)
