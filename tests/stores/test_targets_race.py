"""A target is removed while its keys are renewed and sealed anew: gone is gone, on both stores."""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest

from healthrelay.adapters.firestore.people import FirestoreTargets
from healthrelay.adapters.sqlite import SqliteStore
from healthrelay.adapters.vault import SealingVault
from healthrelay.adapters.webhook import mint
from healthrelay.core.delivery import Progress
from healthrelay.core.errors import BadRequest, Unknown
from healthrelay.core.messages import Message
from healthrelay.core.records import Delta
from healthrelay.flows.courier import Courier
from healthrelay.flows.deliver import deliver
from healthrelay.flows.rotation import Rotation
from healthrelay.flows.targets import Desk, Keys, Place, add, opened, remove, rotate
from healthrelay.ports import Document, Store
from tests.stores.contract import NOW, weight
from tests.stores.test_firestore_races import Unanswered

pytest_plugins = ["tests.peers.firestore"]

PLACE = Place("https://hook.example/in", private=False)
OLD, NEW = b"o" * 32, b"n" * 32
VAULTS = (SealingVault({"old": OLD, "new": NEW}), SealingVault({"new": NEW, "old": OLD}))
ROUNDS = 12


@pytest.fixture(params=["sqlite", pytest.param("firestore", marks=pytest.mark.peer)])
def store(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Store:
    made: Store = (
        request.getfixturevalue("make_firestore")()
        if request.param == "firestore"
        else SqliteStore(str(tmp_path_factory.mktemp("store") / "healthrelay.db"))
    )
    made.identities.save("jack", {})
    return made


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


def test_removed_while_keys_change_it_does_not_come_back(store: Store) -> None:
    one, other = (desk(store, vault) for vault in VAULTS)

    def seal(vault: SealingVault) -> None:
        Rotation(store, vault).run()
        opened("jack", "node-red", store, vault)

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
            remove("jack", "node-red", store)
            assert all(future.result() for future in busy)

        assert store.targets.of("jack") == {}
        assert store.log.following("jack").targets == {}


def test_keys_that_change_at_once_are_all_kept_or_all_anew(store: Store) -> None:
    """Two owners renew, one seals anew: the newest keys are those of one of the two."""
    one, other = (desk(store, vault) for vault in VAULTS)
    add("jack", "node-red", PLACE, one)

    with ThreadPoolExecutor(3) as pool:
        renewed = [pool.submit(rotate, "jack", "node-red", office) for office in (one, other)]
        pool.submit(Rotation(store, VAULTS[1]).run).result()
        keys = {future.result() for future in renewed}

    place, kept = opened("jack", "node-red", store, VAULTS[0])
    assert (place, set(kept)) == (PLACE, keys)


def test_two_who_make_the_same_target_make_one(store: Store) -> None:
    made: list[Keys] = []
    refused: list[BadRequest] = []
    barrier = threading.Barrier(4)

    def make(_: int) -> None:
        barrier.wait()
        try:
            made.append(add("jack", "node-red", PLACE, desk(store, VAULTS[0])))
        except BadRequest as error:
            refused.append(error)

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(make, range(4)))

    assert (len(made), len(refused)) == (1, 3)
    assert all("already" in str(error) for error in refused)
    assert opened("jack", "node-red", store, VAULTS[0]) == (PLACE, made)


class Removed:
    """A receiver that is removed by its owner while it takes a message."""

    name = "node-red"

    def __init__(self, store: Store) -> None:
        self._store = store

    def send(self, message: Message) -> None:
        remove("jack", "node-red", self._store)


def test_removed_during_a_delivery_it_follows_nothing(store: Store) -> None:
    add("jack", "node-red", PLACE, desk(store, VAULTS[0]))
    store.records.apply("jack", Delta(added=(weight("2026-11-01"),)), NOW)
    courier = Courier(
        store=store,
        sink=None,
        hooks=lambda user: [Removed(store)],
        queue=None,
        now=lambda: NOW,
        jitter=lambda: 0.0,
        public_url="https://relay.example",
        days=365,
        kept=30,
    )

    deliver("jack", courier)

    assert store.log.following("jack").targets == {}
    assert store.log.following("jack").progress("node-red") == Progress()


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
