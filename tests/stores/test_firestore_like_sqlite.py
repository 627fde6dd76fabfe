"""Whatever is done to both stores, in whatever order, they hold and tell the same."""

from __future__ import annotations

import random
from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest

from healthrelay.adapters.firestore import FirestoreStore
from healthrelay.adapters.sqlite import SqliteStore
from healthrelay.core.errors import Conflict, Unknown
from healthrelay.core.records import Delta, Record, Window, diff
from healthrelay.ports import Store
from tests.stores.contract import DOCUMENT, NOW, entry, weight

pytest_plugins = ["tests.peers.firestore"]
pytestmark = pytest.mark.peer

USERS = ("jack", "__second__")
STEPS = 60
LIMIT = 400
"""Bytes a bucket: a few records, so that years and months are split."""

Act = Callable[[Store], Any]


class Household:
    """Draws what is done next; the same *seed* draws the same."""

    def __init__(self, seed: int) -> None:
        self._draw = random.Random(seed)
        self._now = NOW

    def act(self) -> Act:
        acts = {self.save: 2, self.remove: 1, self.apply: 8, self.fetch: 8, self.deliver: 2}
        acts |= {self.connect: 2, self.poll_key: 1, self.use: 2, self.within: 4}
        (chosen,) = self._draw.choices(list(acts), list(acts.values()))
        return chosen(self._draw.choice(USERS))

    def save(self, user: str) -> Act:
        settings = self._draw.choice([{"period": "1w"}, {"period": "1m"}, {}])
        return lambda store: store.identities.save(user, settings)

    def remove(self, user: str) -> Act:
        return lambda store: store.identities.remove(user)

    def apply(self, user: str) -> Act:
        delta = Delta(self._records(), self._records(), self._records())
        covered = {"weight": (self._day(), self._day())} if self._draw.random() < 0.3 else None
        return lambda store: store.records.apply(user, delta, NOW, covered)

    def fetch(self, user: str) -> Act:
        """As a fetch does: read the window, compare, write the difference."""
        window = self._window()
        incoming = [record for record in self._records() if window.holds(record)]

        def act(store: Store) -> int:
            delta = diff(store.records.within(user, [window]), incoming)
            return store.records.apply(user, delta, NOW)

        return act

    def within(self, user: str) -> Act:
        windows = [self._window(), self._window()]
        return lambda store: store.records.within(user, windows)

    def deliver(self, user: str) -> Act:
        target, sequence = self._draw.choice(["igor", "a.b/c"]), self._draw.randint(0, 5)
        return lambda store: store.log.mark_delivered(user, target, sequence)

    def connect(self, user: str) -> Act:
        number, stale = self._draw.randint(0, 99), self._draw.random() < 0.3

        def act(store: Store) -> None:
            stored = store.tokens.load(user)
            version = 7 if stale else stored.version if stored else 0
            store.tokens.save(user, {**DOCUMENT, "number": number}, version)

        return act

    def poll_key(self, user: str) -> Act:
        key = self._draw.choice(["one", "two"])
        return lambda store: store.identities.save_poll_key(user, key)

    def use(self, _: str) -> Act:
        nonce = self._draw.choice(["a", "__b__", "c/d"])
        self._now = now = self._now + timedelta(minutes=self._draw.choice([0, 5, 10]))
        return lambda store: store.handshakes.use(nonce, now + timedelta(minutes=10), now)

    def _records(self) -> tuple[Record, ...]:
        return tuple(self._record() for _ in range(self._draw.randint(0, 6)))

    def _record(self) -> Record:
        day, number = self._day().isoformat(), self._draw.randint(1, 5)
        return self._draw.choice(
            [
                weight(day, self._draw.choice(["80", "Zoë 🏃"])),
                entry(number, day),
                Record("devices", str(number), "2009-01-01", {"id": number, "seen": day}),
            ]
        )

    def _day(self) -> date:
        return date(2025, 12, 15) + timedelta(self._draw.randint(0, 60))

    def _window(self) -> Window:
        series, day = self._draw.choice(["body-weight", "weight", "devices"]), self._day()
        return Window(series, day, day + timedelta(self._draw.randint(0, 40)))


def outcome(act: Act, store: Store) -> object:
    """What *act* returns, or the name of its refusal."""
    try:
        return act(store)
    except (Unknown, Conflict) as error:
        return type(error).__name__


def content(store: Store) -> list[object]:
    """All that a store tells of everybody, but for the versions of grants."""
    told: list[object] = [store.identities.names()]
    for user in USERS:
        token = store.tokens.load(user)
        told += [
            store.identities.settings(user),
            token and token.document,
            store.records.everything(user),
            store.records.coverage(user),
            store.log.head(user),
            [store.log.delivered(user, target) for target in ("igor", "a.b/c")],
            outcome(lambda store, user=user: store.identities.poll_key(user), store),
        ]
    return told


@pytest.mark.parametrize("seed", range(10))
def test_both_stores_tell_and_hold_the_same(
    make_firestore: Callable[..., FirestoreStore], seed: int
) -> None:
    store, sister = make_firestore(limit=LIMIT), SqliteStore(":memory:")
    household = Household(seed)
    for user in USERS:
        store.identities.save(user, {})
        sister.identities.save(user, {})

    for step in range(STEPS):
        act = household.act()
        told = f"step {step} of seed {seed}: {act.__qualname__}"
        assert outcome(act, store) == outcome(act, sister), told
        if step % 10 == 9:
            assert content(store) == content(sister), told

    sister.close()
