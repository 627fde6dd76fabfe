"""Parting: revoke, then forget; and what may come between."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from healthrelay.core.damage import Damaged
from healthrelay.core.errors import ReconnectNeeded, TryLater, Unknown
from healthrelay.core.grants.token import Grant
from healthrelay.flows.grants.disconnect import Disconnected, disconnect
from healthrelay.flows.grants.lease import LEASE
from tests.flows.grants.issuer import NOW, VAULT, Login
from tests.stores.contract import add_weights, weight


class Leaving(Login):
    """Jack's login, and a revocation endpoint that remembers, and may be in trouble."""

    def __init__(self) -> None:
        super().__init__()
        self.store.identities.save("jack", {"period": "1w"})
        self.ended: list[str | None] = []
        self.away = False
        self.meanwhile: Callable[[], object] = lambda: None

    def revoke(self, given: Grant) -> None:
        if self.away:
            raise TryLater("The provider is away.")
        self.ended.append(given.refresh)
        self.meanwhile, act = lambda: None, self.meanwhile
        act()

    def part(self, user: str = "jack", **changes: Any) -> Disconnected:
        plain: dict[str, Any] = {
            "store": self.store,
            "vault": VAULT,
            "provider": "fitbit",
            "revoke": self.revoke,
            "now": NOW,
            "sleep": lambda _: None,
        }
        return disconnect(user, **{**plain, **changes})

    @property
    def forgotten(self) -> bool:
        return self.store.tokens.load("jack") is None


@pytest.fixture
def login() -> Leaving:
    return Leaving()


def test_grant_goes_and_the_rest_stays(login: Leaving) -> None:
    login.store.records.apply("jack", add_weights("2026-11-01"), NOW)
    forgotten: list[bool] = []
    login.meanwhile = lambda: forgotten.append(login.forgotten)

    assert login.part() == Disconnected("fitbit")

    assert (login.ended, forgotten) == (["refresh-1"], [False])
    assert login.forgotten
    assert login.store.records.everything("jack") == [weight("2026-11-01")]
    assert login.store.identities.settings("jack") == {"period": "1w"}
    assert login.part() == Disconnected()
    assert login.ended == ["refresh-1"]


@pytest.mark.parametrize("cut_short", [False, True])
def test_grant_that_the_provider_does_not_end_is_kept_as_it_was(
    login: Leaving, cut_short: bool
) -> None:
    if cut_short:
        login.take(-2 * LEASE)
    before = login.document
    login.away = True

    with pytest.raises(TryLater, match="away"):
        login.part()

    assert login.document == before
    login.away = False
    assert login.part() == Disconnected("fitbit")


def test_it_may_be_forgotten_anyway(login: Leaving) -> None:
    login.away = True

    done = login.part(anyway=True)

    assert (done.provider, str(done.trouble)) == ("fitbit", "The provider is away.")
    assert login.forgotten


def test_another_providers_grant_is_not_sent_to_this_one(login: Leaving) -> None:
    done = login.part(provider="google_health", anyway=True)

    assert "connected fitbit" in str(done.trouble)
    assert login.ended == []


def test_consent_given_meanwhile_is_ended_too(login: Leaving) -> None:
    login.meanwhile = lambda: login.connect(7)

    assert login.part() == Disconnected("fitbit")

    assert login.ended == ["refresh-1", "refresh-7"]
    assert login.forgotten


def test_note_made_meanwhile_does_not_keep_us_waiting_for_ourselves(login: Leaving) -> None:
    token = login.load()
    waits: list[float] = []
    login.meanwhile = lambda: login.grants.record_reading("jack", token, TryLater("x"), NOW)

    assert login.part(sleep=waits.append) == Disconnected("fitbit")
    assert (login.forgotten, waits) == (True, [])


def test_refresh_under_way_is_waited_for_and_its_grant_ended(login: Leaving) -> None:
    """The worker has spent refresh-1; only refresh-2 can still end the grant."""

    class Waiting(Exception):
        pass

    def wait(_: float) -> None:
        raise Waiting

    def leave() -> None:
        with pytest.raises(Waiting):
            login.part(sleep=wait)

    login.issuer.meanwhile = leave
    assert login.current().grant.refresh == "refresh-2"

    assert login.part(sleep=wait) == Disconnected("fitbit")
    assert login.ended == ["refresh-2"]
    assert login.forgotten


def test_no_worker_spends_the_token_while_it_is_ended(login: Leaving) -> None:
    def fetch() -> None:
        with pytest.raises(TryLater):
            login.grants.renew("jack", login.load(), NOW - timedelta(seconds=10))

    login.meanwhile = fetch
    login.part()

    assert (login.issuer.asked, login.ended) == ([], ["refresh-1"])
    with pytest.raises(ReconnectNeeded, match="not connected"):
        login.current()
    assert login.forgotten


def test_refresh_slower_than_its_lease_does_not_bring_the_grant_back(login: Leaving) -> None:
    login.issuer.meanwhile = lambda: login.part(now=NOW + 2 * LEASE)

    with pytest.raises(ReconnectNeeded):
        login.current()

    assert login.ended == ["refresh-1"]
    assert login.forgotten


def test_damaged_settings_keep_no_grant_alive(login: Leaving) -> None:
    class Spoiled:
        """The store, where the settings cannot be read."""

        identities, tokens = _Unreadable(), login.store.tokens

    assert login.part(store=Spoiled()) == Disconnected("fitbit")
    assert login.ended == ["refresh-1"]


class _Unreadable:
    def settings(self, user: str) -> dict[str, str]:
        raise Damaged(user, "settings, documents")


def test_strangers_are_told(login: Leaving) -> None:
    with pytest.raises(Unknown):
        login.part("emma")
