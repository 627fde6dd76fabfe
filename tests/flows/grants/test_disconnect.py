"""Parting: revoke, then forget; and what may come between."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from functools import partial

import pytest

from healthrelay.adapters.sqlite import SqliteStore
from healthrelay.adapters.vault import SealingVault
from healthrelay.core.errors import ReconnectNeeded, TryLater, Unknown
from healthrelay.core.grants.token import Grant
from healthrelay.core.measurements.records import Delta
from healthrelay.flows.grants.disconnect import Disconnected, disconnect
from healthrelay.flows.grants.lease import LEASE
from healthrelay.flows.grants.refresh import Grants
from tests.flows.grants.issuer import ACCOUNT, NOW, Issuer, grant, take
from tests.stores.contract import weight

Part = Callable[..., Disconnected]
VAULT = SealingVault({"k": b"k" * 32})


class Ender:
    """A revocation endpoint that remembers, and may be in trouble."""

    def __init__(self) -> None:
        self.ended: list[str | None] = []
        self.trouble = False
        self.meanwhile: Callable[[], None] = lambda: None

    def __call__(self, given: Grant) -> None:
        if self.trouble:
            raise TryLater("The provider is away.")
        self.ended.append(given.refresh)
        self.meanwhile, act = lambda: None, self.meanwhile
        act()


@pytest.fixture
def store() -> SqliteStore:
    store = SqliteStore(":memory:")
    store.identities.save("jack", {"period": "1w"})
    store.records.apply("jack", Delta(added=(weight("2026-11-01"),)), NOW)
    return store


@pytest.fixture
def issuer() -> Issuer:
    return Issuer()


@pytest.fixture
def grants(store: SqliteStore, issuer: Issuer) -> Grants:
    made = Grants("fitbit", store.tokens, VAULT, issuer, sleep=lambda _: None)
    made.connect("jack", grant(1, hours=0), ACCOUNT, NOW)
    return made


@pytest.fixture
def ender() -> Ender:
    return Ender()


@pytest.fixture
def part(store: SqliteStore, ender: Ender) -> Part:
    return partial(
        disconnect,
        store=store,
        vault=VAULT,
        provider="fitbit",
        revoke=ender,
        now=NOW,
        sleep=lambda _: None,
    )


@pytest.mark.usefixtures("grants")
def test_grant_goes_and_the_rest_stays(part: Part, ender: Ender, store: SqliteStore) -> None:
    stored: list[bool] = []
    ender.meanwhile = lambda: stored.append(store.tokens.load("jack") is not None)

    assert part("jack") == Disconnected("fitbit")

    assert (ender.ended, stored) == (["refresh-1"], [True])
    assert store.tokens.load("jack") is None
    assert store.records.everything("jack") == [weight("2026-11-01")]
    assert store.identities.settings("jack") == {"period": "1w"}
    assert part("jack") == Disconnected()
    assert ender.ended == ["refresh-1"]


@pytest.mark.usefixtures("grants")
@pytest.mark.parametrize("cut_short", [False, True])
def test_grant_that_the_provider_does_not_end_is_kept_as_it_was(
    part: Part, ender: Ender, store: SqliteStore, cut_short: bool
) -> None:
    if cut_short:
        take(store, NOW - 2 * LEASE)
    before = store.tokens.load("jack")
    ender.trouble = True

    with pytest.raises(TryLater, match="away"):
        part("jack")

    after = store.tokens.load("jack")
    assert before is not None
    assert after is not None
    assert after.document == before.document
    ender.trouble = False
    assert part("jack") == Disconnected("fitbit")


@pytest.mark.usefixtures("grants")
def test_it_may_be_forgotten_anyway(part: Part, ender: Ender, store: SqliteStore) -> None:
    ender.trouble = True

    done = part("jack", anyway=True)

    assert (done.provider, str(done.trouble)) == ("fitbit", "The provider is away.")
    assert store.tokens.load("jack") is None


@pytest.mark.usefixtures("grants")
def test_another_providers_grant_is_not_sent_to_this_one(part: Part, ender: Ender) -> None:
    done = part("jack", provider="google_health", anyway=True)

    assert "connected fitbit" in str(done.trouble)
    assert ender.ended == []


def test_consent_given_meanwhile_is_ended_too(
    part: Part, ender: Ender, grants: Grants, store: SqliteStore
) -> None:
    ender.meanwhile = lambda: grants.connect("jack", grant(7), ACCOUNT, NOW)

    assert part("jack") == Disconnected("fitbit")

    assert ender.ended == ["refresh-1", "refresh-7"]
    assert store.tokens.load("jack") is None


def test_note_made_meanwhile_does_not_keep_us_waiting_for_ourselves(
    part: Part, ender: Ender, grants: Grants, store: SqliteStore
) -> None:
    token, waits = grants.stored("jack"), [0]
    ender.meanwhile = lambda: [grants.record_reading("jack", token, TryLater("x"), NOW), None][1]

    def sleep(_: float) -> None:
        waits[0] += 1

    assert part("jack", sleep=sleep) == Disconnected("fitbit")
    assert (store.tokens.load("jack"), waits) == (None, [0])


def test_refresh_under_way_is_waited_for_and_its_grant_ended(
    part: Part, ender: Ender, grants: Grants, issuer: Issuer, store: SqliteStore
) -> None:
    """The worker has spent refresh-1; only refresh-2 can still end the grant."""

    class Waiting(Exception):
        pass

    def wait(_: float) -> None:
        raise Waiting

    def leave() -> None:
        with pytest.raises(Waiting):
            part("jack", sleep=wait)

    issuer.meanwhile = leave
    assert grants.current("jack", NOW).grant.refresh == "refresh-2"

    assert part("jack", sleep=wait) == Disconnected("fitbit")
    assert ender.ended == ["refresh-2"]
    assert store.tokens.load("jack") is None


def test_no_worker_spends_the_token_while_it_is_ended(
    part: Part, ender: Ender, grants: Grants, issuer: Issuer, store: SqliteStore
) -> None:
    def fetch() -> None:
        with pytest.raises(TryLater):
            grants.renew("jack", grants.stored("jack"), NOW - timedelta(seconds=10))

    ender.meanwhile = fetch
    part("jack")

    assert (issuer.asked, ender.ended) == ([], ["refresh-1"])
    with pytest.raises(ReconnectNeeded, match="not connected"):
        grants.current("jack", NOW)
    assert store.tokens.load("jack") is None


def test_refresh_slower_than_its_lease_does_not_bring_the_grant_back(
    part: Part, ender: Ender, grants: Grants, issuer: Issuer, store: SqliteStore
) -> None:
    issuer.meanwhile = lambda: [part("jack", now=NOW + 2 * LEASE), None][1]

    with pytest.raises(ReconnectNeeded):
        grants.current("jack", NOW)

    assert ender.ended == ["refresh-1"]
    assert store.tokens.load("jack") is None


def test_strangers_are_told(part: Part) -> None:
    with pytest.raises(Unknown):
        part("emma")
