"""Whatever is done to both stores, in whatever order, they hold and tell the same."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from datetime import date, timedelta

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    rule,
    run_state_machine_as_test,
)

from healthrelay.adapters.sqlite.store import SqliteStore
from healthrelay.core.delivery.entries import Entry
from healthrelay.core.delivery.progress import Progress
from healthrelay.core.errors import Conflict, Duplicate, Unknown
from healthrelay.core.measurements.ledger import Days
from healthrelay.core.measurements.reading import Delta, Window, diff, select
from healthrelay.core.measurements.records import Record
from healthrelay.ports.store import Store
from tests.peers.emulated import EmulatedStore
from tests.stores.contract import DOCUMENT, NOW, PERSON, entry, weight

# A busy machine takes minutes for all the rounds; what hangs is still cut.
pytestmark = [pytest.mark.peer, pytest.mark.timeout(480)]

USERS = ("jack", "__second__")
TARGETS = ("igor", "a.b/c")
ROUNDS, STEPS = 25, 40
LIMIT = 400
"""Bytes a bucket: a few records, so that years and months are split."""

users = st.sampled_from(USERS)
numbers = st.integers(1, 5)
origins = st.sampled_from(["", "import", "fitbit", "google_health 1a2b3c4d"])
days = st.dates(date(2025, 12, 15), date(2026, 2, 13))


@st.composite
def some_record(draw: st.DrawFn) -> Record:
    day, number = draw(days).isoformat(), draw(numbers)
    record = draw(
        st.sampled_from(
            [
                weight(day, "80"),
                weight(day, "Zoë 🏃"),
                entry(number, day),
                Record("devices", str(number), "2009-01-01", {"id": number, "seen": day}),
            ]
        )
    )
    return record._replace(origin=draw(origins))


@st.composite
def some_window(draw: st.DrawFn) -> Window:
    series, day = draw(st.sampled_from(["body-weight", "weight", "devices"])), draw(days)
    return Window(series, day, day + timedelta(draw(st.integers(0, 40))))


def records() -> st.SearchStrategy[list[Record]]:
    return st.lists(some_record(), max_size=6)


class Sisters(RuleBasedStateMachine):
    """Two stores to which the same is done."""

    def __init__(self) -> None:
        super().__init__()
        project = f"demo-{uuid.uuid4().hex[:12]}"
        self.store = EmulatedStore(project, limit=LIMIT)
        self.sister = SqliteStore(":memory:")
        self.now = self.clock = NOW
        self.touched: tuple[str, ...] = USERS

    def teardown(self) -> None:
        assert content(self.store, USERS) == content(self.sister, USERS)
        self.store.close()
        self.sister.close()

    def same(self, act: Callable[[Store], object], *users: str) -> None:
        """Do *act*, which is about *users*, to both; they must answer the same or both refuse."""
        assert outcome(act, self.store) == outcome(act, self.sister)
        self.touched = users

    @initialize()
    def begin(self) -> None:
        for user in USERS:
            self.same(lambda store, user=user: store.identities.save(user, {}), user)

    @rule(user=users, period=st.sampled_from(["1w", "1m", ""]))
    def save(self, user: str, period: str) -> None:
        stored = {"period": period} if period else {}
        self.same(lambda store: store.identities.save(user, stored), user)

    @rule(user=users)
    def remove(self, user: str) -> None:
        self.same(lambda store: store.identities.remove(user), user)

    @rule(user=users, key=st.sampled_from(["one", "two"]))
    def poll_key(self, user: str, key: str) -> None:
        self.same(lambda store: store.identities.save_poll_key(user, key), user)

    @rule(values=st.dictionaries(st.sampled_from(["client_id", "a"]), st.text("xyzé", max_size=3)))
    def application(self, values: dict[str, str]) -> None:
        self.same(
            lambda store: store.identities.save_application(values, store.identities.application())
        )

    @rule(user=users, added=records(), changed=records(), removed=records(), adopted=records())
    def apply(
        self,
        user: str,
        added: list[Record],
        changed: list[Record],
        removed: list[Record],
        adopted: list[Record],
    ) -> None:
        delta = Delta(tuple(added), tuple(changed), tuple(removed), tuple(adopted))
        self.clock = now = self.clock + timedelta(hours=1)
        self.same(lambda store: store.records.apply(user, delta, now), user)

    @rule(user=users, adopted=records(), read=days, stale=st.booleans())
    def look(self, user: str, adopted: list[Record], read: date, stale: bool) -> None:
        """As a fetch without news does: origins and ledger alone."""

        def act(store: Store) -> int:
            ledger = store.records.ledger(user)._replace(days={"weight": Days(read, "so")})
            if stale:
                ledger = ledger._replace(epoch="earlier")
            delta = Delta(adopted=tuple(adopted))
            return store.records.apply(user, delta, self.clock, ledger)

        self.same(act, user)

    @rule(user=users)
    def renew(self, user: str) -> None:
        self.same(lambda store: store.records.renew(user), user)

    @rule(user=users, window=some_window(), incoming=records())
    def fetch(self, user: str, window: Window, incoming: list[Record]) -> None:
        """As a fetch does: read the window, compare, write the difference."""
        inside = select(incoming, [window])

        def act(store: Store) -> int:
            delta = diff(store.records.within(user, [window]), inside)
            return store.records.apply(user, delta, self.clock)

        self.same(act, user)

    @rule(user=users, windows=st.lists(some_window(), max_size=3))
    def within(self, user: str, windows: list[Window]) -> None:
        self.same(lambda store: store.records.within(user, windows), user)

    @rule(user=users, to=st.sampled_from(TARGETS), sequence=st.integers(0, 5))
    def deliver(self, user: str, to: str, sequence: int) -> None:
        self.same(lambda store: store.log.save(user, to, Progress(sequence)), user)

    @rule(user=users, to=st.sampled_from(TARGETS))
    def leave(self, user: str, to: str) -> None:
        self.same(lambda store: store.log.save(user, to, None), user)

    @rule(user=users, system=st.sampled_from(["metric", "en_US"]), whole=st.booleans())
    def retell(self, user: str, system: str, whole: bool) -> None:
        now = self.clock
        series = ("weight", "body-weight") if whole else ()
        self.same(lambda store: store.log.retell(user, system, series, now), user)

    @rule(user=users, inside=records(), first=st.integers(1, 12), number=st.integers(0, 4))
    def restore(self, user: str, inside: list[Record], first: int, number: int) -> None:
        """As a load does: a whole person, unless they exist."""
        keys = {"body-weight": ("2026-01-01",)}
        person = PERSON._replace(
            records=list({record.name: record for record in inside}.values()),
            entries=[Entry(n, self.clock, keys, {}, {}) for n in range(first, first + number)],
        )
        self.same(lambda store: store.restore(user, person), user)

    @rule(user=users, hours=st.integers(-1, 100))
    def prune(self, user: str, hours: int) -> None:
        before = NOW + timedelta(hours=hours)
        self.same(lambda store: store.log.prune(user, before), user)

    @rule(user=users, number=numbers, stale=st.booleans())
    def connect(self, user: str, number: int, stale: bool) -> None:
        def act(store: Store) -> None:
            stored = store.tokens.load(user)
            version = 7 if stale else stored.version if stored else 0
            store.tokens.save(user, {**DOCUMENT, "number": number}, version)

        self.same(act, user)

    @rule(user=users, stale=st.booleans())
    def disconnect(self, user: str, stale: bool) -> None:
        def act(store: Store) -> None:
            stored = store.tokens.load(user)
            store.tokens.forget(user, 7 if stale else stored.version if stored else 0)

        self.same(act, user)

    @rule(nonce=st.sampled_from(["a", "__b__", "c/d"]), minutes=st.sampled_from([0, 5, 10]))
    def use(self, nonce: str, minutes: int) -> None:
        self.now = now = self.now + timedelta(minutes=minutes)
        self.same(lambda store: store.handshakes.use(nonce, now + timedelta(minutes=10), now))

    @invariant()
    def hold_the_same(self) -> None:
        """Of those just spoken of; in the end, of all."""
        assert content(self.store, self.touched) == content(self.sister, self.touched)


def outcome(act: Callable[[Store], object], store: Store) -> object:
    """What *act* returns, or the name of its refusal."""
    try:
        return act(store)
    except (Unknown, Conflict, Duplicate) as error:
        return type(error).__name__


def content(store: Store, users: tuple[str, ...]) -> list[object]:
    """All that a store tells of *users*, but for the versions of grants and random epochs."""
    parts: list[object] = [store.identities.names(), store.identities.application()]
    for user in users:
        token = store.tokens.load(user)
        parts += [
            store.identities.settings(user),
            token and token.document,
            store.records.everything(user),
            store.records.ledger(user)._replace(epoch=""),
            store.log.head(user),
            store.log.following(user),
            store.log.after(user, 0, 100),
            outcome(lambda store, user=user: store.identities.poll_key(user), store),
        ]
    return parts


@pytest.mark.usefixtures("firestore_project")
def test_both_stores_tell_and_hold_the_same_after_every_step() -> None:
    """A thousand steps, *ROUNDS* households of them."""
    run_state_machine_as_test(  # type: ignore[no-untyped-call]
        Sisters,
        settings=settings(
            max_examples=ROUNDS,
            stateful_step_count=STEPS,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )
