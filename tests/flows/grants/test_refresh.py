"""Grants: saved before use, and never lost to another writer."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest

from healthrelay.adapters.sqlite import SqliteStore
from healthrelay.adapters.vault import SealingVault
from healthrelay.core.errors import Misconfigured
from healthrelay.core.grants.token import Grant
from healthrelay.flows.grants.refresh import Grants
from tests.flows.grants.issuer import ACCOUNT, NOW, Issuer, grant


@pytest.fixture
def store() -> SqliteStore:
    store = SqliteStore(":memory:")
    store.identities.save("jack", {})
    return store


@pytest.fixture
def issuer() -> Issuer:
    return Issuer()


@pytest.fixture
def grants(store: SqliteStore, issuer: Issuer) -> Grants:
    return Grants("fitbit", store.tokens, SealingVault({"k": b"k" * 32}), issuer)


def test_grant_comes_back_whole(grants: Grants, issuer: Issuer) -> None:
    given = Grant("a", "r", NOW + timedelta(hours=1), ("weight",), NOW + timedelta(days=7))

    grants.connect("jack", given, ACCOUNT, NOW)

    token = grants.current("jack", NOW)
    assert (token.account, token.grant) == (ACCOUNT, given)
    assert issuer.asked == []


def test_due_token_is_refreshed_once(grants: Grants, issuer: Issuer) -> None:
    grants.connect("jack", grant(1, hours=-1), ACCOUNT, NOW)

    assert grants.current("jack", NOW).grant.access == "access-2"
    assert grants.current("jack", NOW).grant.access == "access-2"
    assert issuer.asked == ["refresh-1"]


def test_loser_of_a_race_uses_the_winners_token(
    grants: Grants, issuer: Issuer, store: SqliteStore
) -> None:
    grants.connect("jack", grant(1, hours=-1), ACCOUNT, NOW)
    issuer.meanwhile = lambda: grants.connect("jack", grant(7), ACCOUNT, NOW)

    assert grants.current("jack", NOW).grant.access == "access-7"
    assert grants.current("jack", NOW).grant.refresh == "refresh-7"


def test_refused_token_is_replaced_by_what_was_stored_meanwhile(
    grants: Grants, issuer: Issuer
) -> None:
    grants.connect("jack", grant(1), ACCOUNT, NOW)
    refused = grants.current("jack", NOW)
    grants.connect("jack", grant(5), ACCOUNT, NOW)

    assert grants.renew("jack", refused, NOW).grant.access == "access-5"
    assert issuer.asked == []


def test_grant_copied_to_another_person_does_not_open(grants: Grants, store: SqliteStore) -> None:
    grants.connect("jack", grant(1), ACCOUNT, NOW)
    store.identities.save("second", {})
    stored = store.tokens.load("jack")
    assert stored is not None
    store.tokens.save("second", stored.document, 0)

    with pytest.raises(Misconfigured, match="does not open"):
        grants.current("second", NOW)


def test_grant_of_another_account_does_not_open(grants: Grants, store: SqliteStore) -> None:
    grants.connect("jack", grant(1), ACCOUNT, NOW)
    stored = store.tokens.load("jack")
    assert stored is not None
    store.tokens.save("jack", {**stored.document, "account": "Z9Y8X7"}, stored.version)

    with pytest.raises(Misconfigured, match="does not open"):
        grants.current("jack", NOW)


def test_damaged_content_is_told(grants: Grants, store: SqliteStore) -> None:
    grants.connect("jack", grant(1), ACCOUNT, NOW)
    stored = store.tokens.load("jack")
    assert stored is not None
    place = "identities/jack/plugindata/fitbit/token fitbit A1B2C3"
    sealed = SealingVault({"k": b"k" * 32}).seal("not json", place)
    store.tokens.save("jack", {**stored.document, "sealed": sealed}, stored.version)

    with pytest.raises(Misconfigured, match="damaged"):
        grants.current("jack", NOW)


def test_connect_wins_over_a_refresh_of_the_old_grant(grants: Grants, store: SqliteStore) -> None:
    class Busy:
        """The store's tokens, where somebody else writes between our read and our write."""

        def __init__(self) -> None:
            self.writes = 0

        def load(self, user: str) -> object:
            found = store.tokens.load(user)
            if self.writes < 2:
                self.writes += 1
                grants.connect("jack", grant(self.writes), ACCOUNT, NOW)
            return found

        def save(self, user: str, document: object, expected: int) -> None:
            store.tokens.save(user, document, expected)  # type: ignore[arg-type]

    busy = Busy()
    late = Grants("fitbit", busy, SealingVault({"k": b"k" * 32}), Issuer())  # type: ignore[arg-type]

    late.connect("jack", grant(9), ACCOUNT, NOW)

    assert grants.current("jack", NOW).grant.access == "access-9"


@pytest.mark.parametrize("round_", range(10))
def test_many_workers_spend_one_refresh_token_once(
    grants: Grants, issuer: Issuer, round_: int
) -> None:
    grants.connect("jack", grant(1, hours=-1), ACCOUNT, NOW)

    with ThreadPoolExecutor(20) as pool:
        tokens = list(pool.map(lambda _: grants.current("jack", NOW), range(20)))

    assert {token.grant.access for token in tokens} == {"access-2"}
    assert issuer.asked == ["refresh-1"]
