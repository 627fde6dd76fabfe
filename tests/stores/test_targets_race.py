"""A target is removed while its keys are renewed and sealed again: gone is gone, on both stores."""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest

from healthrelay.adapters.firestore.people import FirestoreTargets
from healthrelay.adapters.vault import SealingVault
from healthrelay.assembly.targets import new_keys
from healthrelay.core.delivery.messages import Message
from healthrelay.core.delivery.progress import LOG, Progress
from healthrelay.core.errors import BadRequest, Unknown
from healthrelay.core.json import Document
from healthrelay.core.measurements.reading import Delta
from healthrelay.flows.delivery import targets
from healthrelay.flows.delivery.deliver import deliver
from healthrelay.flows.delivery.targets import (
    Endpoint,
    Keys,
    endpoint_of,
    open_keys,
    remove,
    stored_target,
)
from healthrelay.flows.household.secrets import Rotation
from healthrelay.ports.store import Store
from tests.flows.delivery.fakes import context_of
from tests.peers.emulated import EmulatedStore
from tests.stores.contract import NOW, weight
from tests.stores.test_firestore_races import Unanswered

ENDPOINT = Endpoint("https://hook.example/in", private=False)
OLD, NEW = b"o" * 32, b"n" * 32
VAULTS = (SealingVault({"old": OLD, "new": NEW}), SealingVault({"new": NEW, "old": OLD}))
ROUNDS = 12


def add(store: Store, vault: SealingVault) -> Keys:
    return targets.add("jack", "node-red", ENDPOINT, store=store, vault=vault, new_keys=new_keys)


def rotate(store: Store, vault: SealingVault) -> Keys:
    return targets.rotate("jack", "node-red", store=store, vault=vault, new_keys=new_keys)


def keys_of(store: Store, vault: SealingVault) -> list[Keys]:
    return open_keys("jack", "node-red", stored_target("jack", "node-red", store), vault)


def until_it_is_gone(work: Callable[[], object], started: threading.Event) -> int:
    """How often *work* was done before it found no target any more."""
    done = 0
    while True:
        try:
            work()
        except Unknown:
            return done
        done += 1
        started.set()


def test_removed_while_keys_change_it_does_not_come_back(either_store: Store) -> None:
    def seal(vault: SealingVault) -> None:
        Rotation(either_store, vault).run()
        keys_of(either_store, vault)

    works: list[Callable[[], object]] = [
        lambda: rotate(either_store, VAULTS[0]),
        lambda: rotate(either_store, VAULTS[1]),
        lambda: seal(VAULTS[0]),
        lambda: seal(VAULTS[1]),
    ]
    for _ in range(ROUNDS):
        add(either_store, VAULTS[0])
        started = [threading.Event() for _ in works]
        with ThreadPoolExecutor(len(works)) as pool:
            pairs = zip(works, started, strict=True)
            busy = [pool.submit(until_it_is_gone, *pair) for pair in pairs]
            assert all(event.wait(30) for event in started)
            remove("jack", "node-red", either_store)
            assert all(future.result() for future in busy)

        assert either_store.targets.of("jack") == {}
        assert either_store.log.following("jack").targets == {}


def test_keys_that_change_at_once_all_stay_or_are_all_new(either_store: Store) -> None:
    """Two owners renew, one seals again: the newest keys are those of one of the two."""
    add(either_store, VAULTS[0])

    with ThreadPoolExecutor(3) as pool:
        renewed = [pool.submit(rotate, either_store, vault) for vault in VAULTS]
        pool.submit(Rotation(either_store, VAULTS[1]).run).result()
        keys = {future.result() for future in renewed}

    assert endpoint_of(stored_target("jack", "node-red", either_store)) == ENDPOINT
    assert set(keys_of(either_store, VAULTS[0])) == keys


def test_two_who_make_the_same_target_make_one(either_store: Store) -> None:
    made: list[Keys] = []
    refused: list[BadRequest] = []
    barrier = threading.Barrier(4)

    def make(_: int) -> None:
        barrier.wait()
        try:
            made.append(add(either_store, VAULTS[0]))
        except BadRequest as error:
            refused.append(error)

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(make, range(4)))

    assert (len(made), len(refused)) == (1, 3)
    assert all("already" in str(error) for error in refused)
    assert keys_of(either_store, VAULTS[0]) == made


class Removed:
    """A receiver that is removed by its owner while it takes a message."""

    name = "node-red"
    kind = LOG

    def __init__(self, store: Store) -> None:
        self._store = store

    def send(self, message: Message) -> None:
        remove("jack", "node-red", self._store)


def test_removed_during_a_delivery_it_follows_nothing(either_store: Store) -> None:
    add(either_store, VAULTS[0])
    either_store.records.apply("jack", Delta(added=(weight("2026-11-01"),)), NOW)

    deliver("jack", context_of(either_store, own=lambda user: [Removed(either_store)]))

    assert either_store.log.following("jack").targets == {}
    assert either_store.log.following("jack").progress("node-red") == Progress()


@pytest.mark.peer
def test_a_target_whose_answer_is_lost_is_kept_and_removed(store: EmulatedStore) -> None:
    one: Document = {"url": "https://a.example", "private": False, "sealed": "v1.k.x"}

    FirestoreTargets(Unanswered(store.project)).save("jack", "script", one, None)
    assert store.targets.of("jack") == {"script": one}
    FirestoreTargets(Unanswered(store.project)).save("jack", "script", None, one)

    assert store.targets.of("jack") == {}
