"""Refresh tokens that work once: each is spent once, and its successor is stored before use.

A refresh token that is presented twice kills the whole grant at the strict server.
"""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest
import requests

from tests.household import Household
from tests.oauth.gateway import Gateway
from tests.oauth.round import Round
from tests.peers.oidc_provider import OidcProvider

pytestmark = pytest.mark.peer

ONE_MINUTE = pytest.mark.parametrize("access_seconds", [60])
"""Less than the margin in which a token is refreshed, so every fetch refreshes first."""
WEIGHT = {"body-weight": [{"dateTime": "2026-06-03", "value": "82.4"}]}


def spent(gateway: Gateway) -> list[str]:
    """The refresh tokens that were presented, in order."""
    return [form["refresh_token"] for form in gateway.asked if "refresh_token" in form]


def given(gateway: Gateway) -> list[str]:
    """The refresh tokens that were given out, in order."""
    return [answer["refresh_token"] for answer in gateway.answered]


@ONE_MINUTE
def test_every_refresh_spends_the_newest_token(
    new_round: Round, household: Household, gateway: Gateway
) -> None:
    new_round.connect()

    added = [household.fetched()["added"] for _ in range(3)]

    assert added == [1, 0, 0]
    assert len(set(given(gateway))) == 4
    assert spent(gateway) == given(gateway)[:3]


def test_a_token_that_is_not_due_is_not_refreshed(
    new_round: Round, household: Household, gateway: Gateway
) -> None:
    new_round.connect()
    household.fetched()
    household.fetched()

    assert spent(gateway) == []


@ONE_MINUTE
def test_the_rotated_token_is_saved_before_the_data_are_asked_for(
    new_round: Round, household: Household, gateway: Gateway
) -> None:
    new_round.connect()
    before = household.services.store.tokens.load("jack")
    seen = []

    def power_cut() -> int:
        seen.append(household.services.store.tokens.load("jack"))
        return 503

    gateway.before_data = power_cut
    failed = household.fetch()
    gateway.before_data = lambda: 200

    assert failed.status_code == 503
    assert len(seen) == 1
    assert seen != [before]
    assert household.fetched()["added"] == 1
    assert spent(gateway) == given(gateway)[:2]


@ONE_MINUTE
def test_fetches_at_the_same_time_spend_no_token_twice(
    new_round: Round, household: Household, gateway: Gateway
) -> None:
    new_round.connect()

    with ThreadPoolExecutor(4) as pool:
        statuses = [a.status_code for a in pool.map(lambda _: household.fetch(), range(4))]

    assert statuses == [200] * 4
    assert len(spent(gateway)) == len(set(spent(gateway)))
    assert household.fetched()["user"] == "jack"
    assert household.snapshot() == WEIGHT


def test_an_access_token_refused_before_its_time_is_refreshed_once(
    new_round: Round, household: Household, gateway: Gateway
) -> None:
    new_round.connect()
    refusals = iter([401])
    gateway.before_data = lambda: next(refusals, 200)

    assert household.fetched()["added"] == 1
    assert spent(gateway) == given(gateway)[:1]


def test_a_revoked_grant_asks_the_wearer_to_connect_again_and_keeps_the_data(
    new_round: Round, household: Household, gateway: Gateway, peer: OidcProvider
) -> None:
    new_round.connect()
    household.fetched()
    token = {"token": given(gateway)[0]}
    assert requests.post(peer.google_revoke_url, data=token, timeout=30).status_code == 200

    assert household.fetch().status_code == 503
    household.wait_a_minute()
    refused = household.fetch()

    assert refused.status_code == 502
    told = refused.json()
    assert (told["who"], told["connect"]) == ("wearer", "/auth1?user=jack")
    assert household.snapshot() == WEIGHT
    new_round.connect()
    assert household.fetched()["added"] == 0
