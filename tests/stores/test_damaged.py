"""One damaged value of jack's: everybody else is served, and the place is named.

Every value that either store holds of him is replaced by junk, one after the other.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import suppress
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from healthrelay.adapters.sqlite.store import SqliteStore
from healthrelay.adapters.vault import SealingVault
from healthrelay.core.damage import Damaged
from healthrelay.core.delivery.progress import DeadLetters, Progress
from healthrelay.core.grants.token import Account, Before
from healthrelay.core.measurements.reading import Delta
from healthrelay.flows.delivery.events import Page, events
from healthrelay.flows.delivery.poll import new_poll_key, poll
from healthrelay.flows.delivery.snapshots import Form, Snapshots
from healthrelay.flows.delivery.sweep import deliver_due, prune, push_everything
from healthrelay.flows.delivery.targets import Endpoint, Keys, add
from healthrelay.flows.household.damage import find_damage
from healthrelay.flows.household.export import export
from healthrelay.flows.household.secrets import Rotation
from healthrelay.flows.measurements.fanout import fan_out
from healthrelay.flows.transfer.dump import dump
from healthrelay.ports.store import Store
from tests.flows.delivery.fakes import FakeQueue, FakeTarget, Home, weight
from tests.flows.grants.issuer import NOW, VAULT, grant, grants_of
from tests.peers.firestore import MakeFirestore
from tests.stores import contract, junk
from tests.stores.junk import Spoiled

NEW_VAULT = SealingVault({"new": b"n" * 32, "k": b"k" * 32})
MINTED = Keys("whsec_shared", "whsk_ours", "whpk_public")


class Others(Home):
    """Anna and jack, who have everything that there is, otto, and what is done for all."""

    def __init__(self, store: Store) -> None:
        super().__init__(store)
        self.day = 30
        self.context = self.context._replace(own=self._own)
        for user in ("anna", "jack"):
            store.identities.save(user, {"period": "1w", "methods": "time_series"})
            for day in range(3):
                self._measure(user, day)
            store.records.apply(user, Delta(added=(contract.entry(8, "2026-11-02"),)), NOW)
            store.records.apply(user, Delta(), NOW, contract.LEDGER._replace(units="metric"))
            store.log.retell(user, "metric", (), NOW)
            endpoint = Endpoint("https://a.example", False)
            add(user, "node-red", endpoint, store=store, vault=VAULT, new_keys=lambda: MINTED)
            failing = Progress(3, state="failing", died=NOW, dead=(DeadLetters(2, 2),))
            store.log.save(user, "igor", failing)
            grants_of(store).connect(user, grant(1, hours=0), Account(user), NOW)
        store.identities.save("otto", {})
        self.key = new_poll_key("anna", store.identities)
        new_poll_key("jack", store.identities)

    def _own(self, user: str) -> list[FakeTarget]:
        self.store.targets.of(user)
        return [self.receiver]

    def _measure(self, user: str, day: int) -> None:
        self.store.records.apply(user, Delta(added=(weight(day),)), NOW)

    def all_is_done_for_anna(self) -> None:
        """Fetch, deliver, push, serve, export, connect, rotate and dump, as for a household."""
        store, queue = self.store, FakeQueue()
        self.day += 1
        self.clock.now += timedelta(days=2)
        self._measure("anna", self.day)
        done = fan_out(store, queue, NOW)
        assert "anna" in {task.user for task in queue.tasks}
        assert "anna" not in done.troubles

        deliveries = deliver_due(self.context)["anna"]
        assert [deliveries[name].trouble for name in ("igor", "node-red")] == [None, None]
        assert push_everything(self.context)["anna"]["igor"].trouble is None
        prune(store.log, now=NOW, days=30)

        body = poll("anna", self.key, store, Form(365), Snapshots()).body
        assert weight(self.day).key.encode() in body
        head = store.log.head("anna")
        assert events("anna", Page(head - 1, 1), log=store.log, records=store.records)["events"]
        assert weight(self.day).key in export("anna", store, NOW, "metric")["anna.json"]

        before = Before(store.accounts.load().newest_ending)
        for user in ("anna", "otto"):
            grants_of(store).connect(user, grant(1, hours=0), Account(user), NOW, None, before)

        rotation = Rotation(store, NEW_VAULT)
        rotation.run()
        sealed = rotation.current | rotation.resealed
        assert {place for place in sealed if "anna" in place} == {
            "identities/anna/plugindata/fitbit/token fitbit anna",
            "identities/anna/targets/node-red",
        }
        lines: list[bytes] = []
        dump(store, NOW, lines.append)
        assert any(b'"person":"anna"' in line for line in lines)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "healthrelay.db"


def check(others: Others, one: Spoiled, values: Iterable[Any]) -> None:
    """Put each of *values* where *one* is, and see that it is jack's trouble alone."""
    for value in values:
        if not one.put(value):
            break  # an entry of the log that says that it is old was forgotten
        where = f"{value!r:.20} as {one.place}"
        troubles = find_damage("jack", others.store)
        assert {(trouble.cause, trouble.who) for trouble in troubles} <= {("damaged", "owner")}, (
            where
        )
        if junk.is_json(one.value) and not (value is None or junk.is_json(value)):
            assert troubles or one.place.endswith(UNREAD), where
        others.all_is_done_for_anna()
        one.put(one.value)
    assert find_damage("jack", others.store) == ()


UNREAD = (" version", "/version data", " keys", "/added data", "/summary data", " card", " summary")
"""What is compared only, or read only by who writes a record of a log."""


def test_whatever_is_damaged_in_the_file_is_jacks_trouble_alone(path: Path) -> None:
    store = SqliteStore(str(path))
    others = Others(store)
    places = []
    for one in junk.sqlite_values(path, "jack"):
        check(others, one, junk.TEXTS)
        places.append(one.place)
    store.close()

    assert {place.partition(" ")[0] for place in places} == {
        "documents",
        "records",
        "log",
        "progress",
    }
    assert len(places) > 30


def keep_the_log(others: Others, spoiled: Iterator[Spoiled], values: Iterable[Any]) -> None:
    """Put each of *values* where jack's oldest entry has its instant; everything stays."""
    log = others.store.log
    whole = log.after("jack", 0, 99)
    assert len(whole) > 2
    one = next(one for one in spoiled if one.place.endswith(" at"))
    for value in values:
        one.put(value)
        with suppress(Damaged):
            log.prune("jack", NOW + timedelta(days=3_000))
        one.put(one.value)
        assert log.after("jack", 0, 99) == whole, value


def test_what_has_no_instant_stays_in_the_file(path: Path) -> None:
    store = SqliteStore(str(path))
    texts = (*junk.TEXTS, "", "1", "2026-11-01", "2026-11-01T12:00:00")
    keep_the_log(Others(store), junk.sqlite_values(path, "jack"), texts)
    store.close()


@pytest.mark.peer
def test_what_has_no_instant_stays_in_the_cloud(make_firestore: MakeFirestore) -> None:
    store = make_firestore()
    keep_the_log(Others(store), junk.firestore_values(store.project, "jack"), junk.VALUES)


@pytest.mark.peer
@pytest.mark.timeout(400)  # each of some hundred values, on whatever machine
def test_whatever_is_damaged_in_the_cloud_is_jacks_trouble_alone(
    make_firestore: MakeFirestore,
) -> None:
    store = make_firestore()
    others = Others(store)
    for number, one in enumerate(junk.firestore_values(store.project, "jack")):
        # Three of them in turn: each is a second.
        check(
            others,
            one,
            tuple(junk.VALUES[(number + turn) % len(junk.VALUES)] for turn in (0, 3, 6)),
        )

    assert number > 20
