"""Refresh tokens that work once: each is spent once, and its successor is stored before use.

A refresh token that is presented twice kills the whole grant at the strict server.
"""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest
import requests

from tests.oauth.measurements import WEIGHT
from tests.oauth.round import Round

pytestmark = pytest.mark.peer

ONE_MINUTE = pytest.mark.parametrize("access_seconds", [60])
"""Less than the margin in which a token is refreshed, so every fetch refreshes first."""


def spent(taken: Round) -> list[str]:
    """The refresh tokens that were presented, in order."""
    return [form["refresh_token"] for form in taken.gateway.asked if "refresh_token" in form]


def given(taken: Round) -> list[str]:
    """The refresh tokens that were given out, in order."""
    return [answer["refresh_token"] for answer in taken.gateway.answered]


@ONE_MINUTE
def test_every_refresh_spends_the_newest_token(new_round: Round) -> None:
    new_round.connect()

    added = [new_round.household.fetched()["added"] for _ in range(3)]

    assert added == [1, 0, 0]
    assert len(set(given(new_round))) == 4
    assert spent(new_round) == given(new_round)[:3]


def test_a_token_that_is_not_due_is_not_refreshed(new_round: Round) -> None:
    new_round.connect()
    new_round.household.fetched()
    new_round.household.fetched()

    assert spent(new_round) == []


@ONE_MINUTE
def test_the_rotated_token_is_saved_before_the_data_are_asked_for(new_round: Round) -> None:
    new_round.connect()
    before = new_round.household.services.store.tokens.load("jack")
    seen = []

    def power_cut() -> int:
        seen.append(new_round.household.services.store.tokens.load("jack"))
        return 503

    new_round.gateway.before_data = power_cut
    failed = new_round.household.fetch()
    new_round.gateway.before_data = lambda: 200

    assert failed.status_code == 503
    assert len(seen) == 1
    assert seen != [before]
    assert new_round.household.fetched()["added"] == 1
    assert spent(new_round) == given(new_round)[:2]


@ONE_MINUTE
def test_fetches_at_the_same_time_spend_no_token_twice(new_round: Round) -> None:
    new_round.connect()

    with ThreadPoolExecutor(4) as pool:
        statuses = [
            a.status_code for a in pool.map(lambda _: new_round.household.fetch(), range(4))
        ]

    assert statuses == [200] * 4
    assert len(spent(new_round)) == len(set(spent(new_round)))
    assert new_round.household.fetched()["user"] == "jack"
    assert new_round.household.snapshot() == WEIGHT


def test_an_access_token_refused_before_its_time_is_refreshed_once(new_round: Round) -> None:
    new_round.connect()
    refusals = iter([401])
    new_round.gateway.before_data = lambda: next(refusals, 200)

    assert new_round.household.fetched()["added"] == 1
    assert spent(new_round) == given(new_round)[:1]


def test_a_revoked_grant_asks_the_wearer_to_connect_again_and_keeps_the_data(
    new_round: Round,
) -> None:
    new_round.connect()
    new_round.household.fetched()
    token = {"token": given(new_round)[0]}
    assert (
        requests.post(new_round.peer.google_revoke_url, data=token, timeout=30).status_code == 200
    )

    assert new_round.household.fetch().status_code == 503
    new_round.household.wait_a_minute()
    refused = new_round.household.fetch()

    assert refused.status_code == 502
    told = refused.json()
    assert (told["who"], told["connect"]) == ("wearer", "/auth1?user=jack")
    assert new_round.household.snapshot() == WEIGHT
    new_round.connect()
    assert new_round.household.fetched()["added"] == 0
