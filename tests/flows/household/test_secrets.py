"""Sealing anew with another key, on line, on both stores."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest

from healthrelay.adapters.vault import SealingVault
from healthrelay.assembly.targets import new_keys
from healthrelay.core.errors import Misconfigured
from healthrelay.core.grants.token import Account
from healthrelay.flows.delivery.targets import Endpoint, add, open_keys
from healthrelay.flows.grants.lease import Lease
from healthrelay.flows.household.application import (
    StoredIgor,
    open_client_secret,
    open_igor,
    save_igor,
    save_registration,
)
from healthrelay.flows.household.secrets import Rotation
from healthrelay.ports.store import Store
from tests.flows.grants.issuer import NOW, Issuer, grant, grants_of, stored_token, take

ENDPOINT = Endpoint("https://hook.example/in", private=False)
OLD, NEW = b"o" * 32, b"n" * 32
BEFORE, ONLY_NEW = SealingVault({"old": OLD}), SealingVault({"new": NEW})
AFTER = SealingVault({"new": NEW, "old": OLD})
PEOPLE = [f"user{number}" for number in range(5)]


@pytest.fixture
def store(either_store: Store) -> Store:
    """Five people with grants, a registration and an Igor, all sealed with the old key."""
    for user in PEOPLE:
        either_store.identities.save(user, {})
        grants_of(either_store, BEFORE).connect(user, grant(1, hours=9), Account(user), NOW)
    save_registration("cid", "a client secret", either_store.identities, BEFORE)
    save_igor(StoredIgor("https://igor.example", token="a token"), either_store.identities, BEFORE)
    return either_store


def test_keys_of_targets_are_sealed_again_with_the_rest(store: Store) -> None:
    keys = add("user1", "node-red", ENDPOINT, store=store, vault=BEFORE, new_keys=new_keys)

    rotation = Rotation(store, AFTER)
    rotation.run()

    assert "identities/user1/targets/node-red" in rotation.resealed
    document = store.targets.of("user1")["node-red"]
    assert open_keys("user1", "node-red", document, ONLY_NEW) == [keys]


def test_everything_opens_with_the_new_key_alone(store: Store) -> None:
    rotation = Rotation(store, AFTER)
    rotation.run()

    assert (len(rotation.resealed), len(rotation.current), rotation.unopened) == (7, 0, {})
    assert open_client_secret(store.identities, ONLY_NEW) == "a client secret"
    igor = StoredIgor("https://igor.example", "", "a token")
    assert open_igor(store.identities.application(), ONLY_NEW) == igor
    for user in PEOPLE:
        assert grants_of(store, ONLY_NEW).load(user).grant.access == "access-1"
    again = Rotation(store, AFTER)
    again.run()
    assert (len(again.resealed), len(again.current)) == (0, 7)


def test_missing_key_is_named_and_spoils_nothing_else(store: Store) -> None:
    lost = SealingVault({"lost": b"l" * 32})
    grants_of(store, lost).connect("user3", grant(1, hours=9), Account("user3"), NOW)

    rotation = Rotation(store, AFTER)
    rotation.run()

    place = "identities/user3/plugindata/fitbit/token fitbit user3"
    assert list(rotation.unopened) == [place]
    assert "'lost'" in rotation.unopened[place]
    assert len(rotation.resealed) == 6
    assert grants_of(store, lost).load("user3").grant.access == "access-1"


def test_lease_that_somebody_holds_stays_theirs(store: Store) -> None:
    take(store, user="user1")

    Rotation(store, AFTER).run()

    lease = Lease.of(stored_token(store, "user1").document)
    assert lease is not None
    assert (lease.owner, lease.lasts(NOW)) == ("another", True)


def test_no_login_is_lost_while_everybody_refreshes(store: Store) -> None:
    issuer = Issuer()
    done = threading.Event()

    def refresh(user: str) -> str:
        grants = grants_of(store, AFTER, token_endpoint=issuer)
        for minutes in range(1, 9):
            grants.renew(user, grants.load(user), NOW + timedelta(minutes=minutes))
        return grants.load(user).grant.access

    def rotate() -> None:
        while not done.is_set():
            Rotation(store, AFTER).run()

    with ThreadPoolExecutor(6) as pool:
        rotating = pool.submit(rotate)
        tokens = list(pool.map(refresh, PEOPLE))
        done.set()
        rotating.result()

    assert tokens == ["access-9"] * 5
    Rotation(store, AFTER).run()
    assert {grants_of(store, ONLY_NEW).load(user).grant.access for user in PEOPLE} == {"access-9"}


def test_grant_copied_to_another_persons_document_does_not_open(store: Store) -> None:
    theirs, mine = stored_token(store, "user1"), stored_token(store, "user2")
    store.tokens.save("user2", theirs.document, mine.version)

    with pytest.raises(Misconfigured, match="does not open"):
        grants_of(store, BEFORE).current("user2", NOW)
    rotation = Rotation(store, AFTER)
    rotation.run()
    assert len(rotation.unopened) == 1
