"""The right to spend a refresh token: one worker at a time, and nothing won is thrown away."""

from __future__ import annotations

from datetime import timedelta

import pytest

from healthrelay.core.errors import TryLater
from healthrelay.flows.grants.lease import LEASE, Lease
from tests.flows.grants.issuer import NOW, Login


def test_every_lease_has_the_next_number_and_none_is_left(login: Login) -> None:
    for number in (1, 2, 3):
        assert login.document["generation"] == number - 1
        seen: list[Lease | None] = []
        login.issuer.meanwhile = lambda seen=seen: seen.append(Lease.of(login.document))  # type: ignore[misc]
        login.grants.renew("jack", login.load(), NOW)

        (lease,) = seen
        assert lease is not None
        assert (lease.generation, lease.until) == (number, NOW + LEASE)
        assert "lease" not in login.document

    login.connect(9)
    assert login.document["generation"] == 3


def test_lease_of_a_dead_worker_runs_out(login: Login) -> None:
    login.take(-LEASE + timedelta(seconds=2))
    naps: list[float] = []

    token = login.grants_that(sleep=naps.append).current("jack", NOW)

    assert token.grant.access == "access-2"
    assert 2 <= sum(naps) <= 3
    assert max(naps) <= 1


def test_loser_waits_for_the_winners_token(login: Login) -> None:
    login.take()

    token = login.grants_that(sleep=lambda _: login.connect(4)).current("jack", NOW)

    assert token.grant.access == "access-4"
    assert login.issuer.asked == []


def test_patience_ends(login: Login) -> None:
    waited = timedelta()

    def again(seconds: float) -> None:
        """One worker after another takes the lease and dies."""
        nonlocal waited
        waited += timedelta(seconds=seconds)
        login.take(waited)

    login.take()
    with pytest.raises(TryLater, match="Somebody else"):
        login.grants_that(sleep=again).current("jack", NOW)
    assert login.issuer.asked == []


def test_lease_written_by_a_clock_that_was_wrong_does_not_hold(login: Login) -> None:
    login.take(timedelta(days=400))

    assert login.current().grant.access == "access-2"


def test_worker_that_lost_its_lease_never_overwrites_what_another_won(login: Login) -> None:
    login.issuer.meanwhile = lambda: login.connect(7)

    assert login.current().grant.access == "access-7"
    assert login.current().grant.refresh == "refresh-7"


def test_worker_that_lost_its_lease_keeps_the_only_good_token_there_is(login: Login) -> None:
    """The old token is spent: if what it won were thrown away, the login would be lost."""
    login.issuer.meanwhile = lambda: login.take(LEASE)

    assert login.current().grant.access == "access-2"
    assert login.load().grant.refresh == "refresh-2"
    assert login.issuer.asked == ["refresh-1"]


def test_removed_person_does_not_come_back_with_a_refresh(login: Login) -> None:
    login.issuer.meanwhile = lambda: login.store.identities.remove("jack")

    with pytest.raises(Exception, match="no user jack"):
        login.current()
    assert login.store.tokens.load("jack") is None
