"""The right to spend a refresh token: one worker at a time, and nothing won is thrown away."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest

from healthrelay.adapters.sqlite import SqliteStore
from healthrelay.adapters.vault import SealingVault
from healthrelay.core.errors import TryLater
from healthrelay.flows.grants.lease import LEASE, Lease
from healthrelay.flows.grants.refresh import Grants
from tests.flows.grants.issuer import ACCOUNT, NOW, Issuer, grant, take


@pytest.fixture
def store() -> SqliteStore:
    store = SqliteStore(":memory:")
    store.identities.save("jack", {})
    return store


@pytest.fixture
def issuer() -> Issuer:
    return Issuer()


def grants_of(
    store: SqliteStore, issuer: Issuer, meanwhile: Callable[[float], None] = lambda _: None
) -> Grants:
    """Grants that do *meanwhile* when they wait for somebody else."""
    vault = SealingVault({"k": b"k" * 32})
    return Grants("fitbit", store.tokens, vault, issuer, sleep=meanwhile)


@pytest.fixture
def grants(store: SqliteStore, issuer: Issuer) -> Grants:
    """Jack's token is due."""
    made = grants_of(store, issuer)
    made.connect("jack", grant(1, hours=-1), ACCOUNT, NOW)
    return made


def kept(store: SqliteStore) -> dict[str, object]:
    stored = store.tokens.load("jack")
    assert stored is not None
    return dict(stored.document)


def test_every_lease_has_the_next_number_and_none_is_left(
    grants: Grants, issuer: Issuer, store: SqliteStore
) -> None:
    for number in (1, 2, 3):
        assert kept(store)["generation"] == number - 1
        seen: list[Lease | None] = []
        issuer.meanwhile = lambda seen=seen: seen.append(Lease.of(kept(store)))  # type: ignore[misc]
        grants.renew("jack", grants.stored("jack"), NOW)

        assert [lease and (lease.generation, lease.until) for lease in seen] == [
            (number, NOW + LEASE)
        ]
        assert "lease" not in kept(store)

    grants.connect("jack", grant(9), ACCOUNT, NOW)
    assert kept(store)["generation"] == 3


def test_lease_of_a_dead_worker_runs_out(
    grants: Grants, issuer: Issuer, store: SqliteStore
) -> None:
    take(store, NOW - LEASE + timedelta(seconds=2))
    naps: list[float] = []

    token = grants_of(store, issuer, naps.append).current("jack", NOW)

    assert token.grant.access == "access-2"
    assert 2 <= sum(naps) <= 3
    assert max(naps) <= 1


def test_loser_waits_for_the_winners_token(
    grants: Grants, issuer: Issuer, store: SqliteStore
) -> None:
    take(store)

    def win(_seconds: float) -> None:
        grants.connect("jack", grant(4), ACCOUNT, NOW)

    token = grants_of(store, issuer, win).current("jack", NOW)

    assert token.grant.access == "access-4"
    assert issuer.asked == []


def test_patience_ends(grants: Grants, issuer: Issuer, store: SqliteStore) -> None:
    clock = NOW

    def again(seconds: float) -> None:
        """One worker after another takes the lease and dies."""
        nonlocal clock
        clock += timedelta(seconds=seconds)
        take(store, clock)

    take(store)
    with pytest.raises(TryLater, match="Somebody else"):
        grants_of(store, issuer, again).current("jack", NOW)
    assert issuer.asked == []


def test_lease_written_by_a_clock_that_was_wrong_does_not_hold(
    grants: Grants, issuer: Issuer, store: SqliteStore
) -> None:
    take(store, NOW + timedelta(days=400))

    assert grants.current("jack", NOW).grant.access == "access-2"


def test_worker_that_lost_its_lease_never_overwrites_what_another_won(
    grants: Grants, issuer: Issuer, store: SqliteStore
) -> None:
    issuer.meanwhile = lambda: grants.connect("jack", grant(7), ACCOUNT, NOW)

    assert grants.current("jack", NOW).grant.access == "access-7"
    assert grants.current("jack", NOW).grant.refresh == "refresh-7"


def test_worker_that_lost_its_lease_keeps_the_only_good_token_there_is(
    grants: Grants, issuer: Issuer, store: SqliteStore
) -> None:
    """The old token is spent: if what it won were thrown away, the login would be lost."""
    issuer.meanwhile = lambda: take(store, NOW + LEASE)

    assert grants.current("jack", NOW).grant.access == "access-2"
    assert grants.stored("jack").grant.refresh == "refresh-2"
    assert issuer.asked == ["refresh-1"]


def test_removed_person_does_not_come_back_with_a_refresh(
    grants: Grants, issuer: Issuer, store: SqliteStore
) -> None:
    issuer.meanwhile = lambda: [store.identities.remove("jack"), None][1]

    with pytest.raises(Exception, match="no user jack"):
        grants.current("jack", NOW)
    assert store.tokens.load("jack") is None
