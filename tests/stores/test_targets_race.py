"""A target is removed while its keys are renewed and sealed anew: gone is gone, on both stores."""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime

import pytest

from healthrelay.adapters.firestore.people import FirestoreTargets
from healthrelay.adapters.vault import SealingVault
from healthrelay.adapters.webhook import mint
from healthrelay.core.delivery.messages import Message
from healthrelay.core.delivery.progress import Progress
from healthrelay.core.errors import BadRequest, Unknown
from healthrelay.core.measurements.records import Delta
from healthrelay.flows.delivery.context import Courier
from healthrelay.flows.delivery.deliver import deliver
from healthrelay.flows.delivery.targets import Desk, Keys, Place, add, opened, remove, rotate
from healthrelay.flows.household.secrets import Rotation
from healthrelay.ports.store import Document, Store
from tests.stores.contract import NOW, weight
from tests.stores.test_firestore_races import Unanswered

PLACE = Place("https://hook.example/in", private=False)
OLD, NEW = b"o" * 32, b"n" * 32
VAULTS = (SealingVault({"old": OLD, "new": NEW}), SealingVault({"new": NEW, "old": OLD}))
ROUNDS = 12


def desk(store: Store, vault: SealingVault) -> Desk:
    return Desk(store, vault, lambda: Keys(*mint()))


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
    one, other = (desk(either_store, vault) for vault in VAULTS)

    def seal(vault: SealingVault) -> None:
        Rotation(either_store, vault).run()
        opened("jack", "node-red", either_store, vault)

    works: list[Callable[[], object]] = [
        lambda: rotate("jack", "node-red", one),
        lambda: rotate("jack", "node-red", other),
        lambda: seal(VAULTS[0]),
        lambda: seal(VAULTS[1]),
    ]
    for _ in range(ROUNDS):
        add("jack", "node-red", PLACE, one)
        started = [threading.Event() for _ in works]
        with ThreadPoolExecutor(len(works)) as pool:
            pairs = zip(works, started, strict=True)
            busy = [pool.submit(until_it_is_gone, *pair) for pair in pairs]
            assert all(event.wait(30) for event in started)
            remove("jack", "node-red", either_store)
            assert all(future.result() for future in busy)

        assert either_store.targets.of("jack") == {}
        assert either_store.log.following("jack").targets == {}


def test_keys_that_change_at_once_are_all_kept_or_all_anew(either_store: Store) -> None:
    """Two owners renew, one seals anew: the newest keys are those of one of the two."""
    one, other = (desk(either_store, vault) for vault in VAULTS)
    add("jack", "node-red", PLACE, one)

    with ThreadPoolExecutor(3) as pool:
        renewed = [pool.submit(rotate, "jack", "node-red", office) for office in (one, other)]
        pool.submit(Rotation(either_store, VAULTS[1]).run).result()
        keys = {future.result() for future in renewed}

    place, kept = opened("jack", "node-red", either_store, VAULTS[0])
    assert (place, set(kept)) == (PLACE, keys)


def test_two_who_make_the_same_target_make_one(either_store: Store) -> None:
    made: list[Keys] = []
    refused: list[BadRequest] = []
    barrier = threading.Barrier(4)

    def make(_: int) -> None:
        barrier.wait()
        try:
            made.append(add("jack", "node-red", PLACE, desk(either_store, VAULTS[0])))
        except BadRequest as error:
            refused.append(error)

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(make, range(4)))

    assert (len(made), len(refused)) == (1, 3)
    assert all("already" in str(error) for error in refused)
    assert opened("jack", "node-red", either_store, VAULTS[0]) == (PLACE, made)


class Removed:
    """A receiver that is removed by its owner while it takes a message."""

    name = "node-red"

    def __init__(self, store: Store) -> None:
        self._store = store

    def send(self, message: Message) -> None:
        remove("jack", "node-red", self._store)


def test_removed_during_a_delivery_it_follows_nothing(either_store: Store) -> None:
    add("jack", "node-red", PLACE, desk(either_store, VAULTS[0]))
    either_store.records.apply("jack", Delta(added=(weight("2026-11-01"),)), NOW)
    courier = Courier(
        store=either_store,
        sink=None,
        hooks=lambda user: [Removed(either_store)],
        queue=None,
        now=lambda: datetime.now(UTC),
        jitter=lambda: 0.0,
        public_url="https://relay.example",
        days=365,
        kept=30,
    )

    deliver("jack", courier)

    assert either_store.log.following("jack").targets == {}
    assert either_store.log.following("jack").progress("node-red") == Progress()


@pytest.mark.peer
def test_a_target_whose_answer_is_lost_is_kept_and_removed(
    make_firestore: Callable[..., Store], firestore_project: str
) -> None:
    make_firestore().identities.save("jack", {})
    one: Document = {"url": "https://a.example", "sealed": "v1.k.x"}

    FirestoreTargets(Unanswered(firestore_project)).save("jack", "script", one, None)
    assert make_firestore().targets.of("jack") == {"script": one}
    FirestoreTargets(Unanswered(firestore_project)).save("jack", "script", None, one)

    assert make_firestore().targets.of("jack") == {}
