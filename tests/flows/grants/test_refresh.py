"""Grants: saved before use, and never lost to another writer."""

from __future__ import annotations

import time
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest

from healthrelay.core.errors import Misconfigured
from healthrelay.core.grants.token import Grant
from healthrelay.flows.grants.refresh import Grants
from tests.flows.grants.issuer import ACCOUNT, NOW, VAULT, Issuer, Login, grant


def test_grant_comes_back_whole(login: Login) -> None:
    given = Grant("a", "r", NOW + timedelta(hours=1), ("weight",), NOW + timedelta(days=7))

    login.grants.connect("jack", given, ACCOUNT, NOW)

    token = login.current()
    assert (token.account, token.grant) == (ACCOUNT, given)
    assert login.issuer.asked == []


def test_refused_token_is_replaced_by_what_was_stored_meanwhile(login: Login) -> None:
    login.connect(1)
    refused = login.current()
    login.connect(5)

    assert login.grants.renew("jack", refused, NOW).grant.access == "access-5"
    assert login.issuer.asked == []


def test_grant_of_another_account_does_not_open(login: Login) -> None:
    login.change(account="Z9Y8X7")

    with pytest.raises(Misconfigured, match="does not open"):
        login.current()


def test_damaged_content_is_told(login: Login) -> None:
    place = "identities/jack/plugindata/fitbit/token fitbit A1B2C3"
    login.change(sealed=VAULT.seal("not json", place))

    with pytest.raises(Misconfigured, match="damaged"):
        login.current()


def test_connect_wins_over_a_refresh_of_the_old_grant(login: Login) -> None:
    class Busy:
        """The store's tokens, where somebody else writes between our read and our write."""

        def __init__(self) -> None:
            self.writes = 0

        def load(self, user: str) -> object:
            found = login.store.tokens.load(user)
            if self.writes < 2:
                self.writes += 1
                login.connect(self.writes)
            return found

        def save(
            self, user: str, document: object, expected: int, admission: object, bind: object
        ) -> None:
            assert admission is None
            assert bind is not None
            login.store.tokens.save(user, document, expected)  # type: ignore[arg-type]

    late = Grants("fitbit", Busy(), VAULT, Issuer())  # type: ignore[arg-type]

    late.connect("jack", grant(9), ACCOUNT, NOW)

    assert login.current().grant.access == "access-9"


@pytest.mark.parametrize("round_", range(10))
def test_many_workers_spend_one_refresh_token_once(login: Login, round_: int) -> None:
    grants = login.grants_that(sleep=time.sleep)

    with ThreadPoolExecutor(20) as pool:
        tokens = list(pool.map(lambda _: grants.current("jack", NOW), range(20)))

    assert {token.grant.access for token in tokens} == {"access-2"}
    assert login.issuer.asked == ["refresh-1"]
