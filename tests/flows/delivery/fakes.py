"""Targets, a clock and a queue for deliveries, each with its port's shape."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

from healthrelay.core.delivery.messages import Message
from healthrelay.core.delivery.progress import LOG, SNAPSHOT, Progress
from healthrelay.core.delivery.tasks import Task
from healthrelay.core.errors import HealthrelayError
from healthrelay.core.measurements.reading import Delta
from healthrelay.core.measurements.records import Record
from healthrelay.flows.delivery.context import Delivery, DeliveryContext
from healthrelay.flows.delivery.deliver import deliver
from healthrelay.flows.delivery.replay import ReplayRequest, replay
from healthrelay.ports.store import Store

NOW = datetime(2026, 11, 1, 12, tzinfo=UTC)


class Clock:
    """Shows the time that a test sets."""

    def __init__(self) -> None:
        self.now = NOW

    def __call__(self) -> datetime:
        return self.now


class FakeTarget:
    """Keeps what it gets, and may be in trouble or do something meanwhile."""

    def __init__(self, name: str, kind: str, clock: Callable[[], datetime]) -> None:
        self.name = name
        self.kind = kind
        self.clock = clock
        self.messages: list[Message] = []
        self.attempts: list[datetime] = []
        self.users: list[str] = []
        self.trouble: HealthrelayError | None = None
        self.meanwhile: Callable[[], None] = lambda: None

    def send(self, message: Message) -> None:
        self.attempts.append(self.clock())
        self.users.append(message.user)
        self.meanwhile()
        if self.trouble:
            raise self.trouble
        self.messages.append(message)

    def meanwhile_once(self, act: Callable[[], object]) -> None:
        """Have *act* done during the next send alone."""

        def once() -> None:
            self.meanwhile = lambda: None
            act()

        self.meanwhile = once

    @property
    def bodies(self) -> list[bytes]:
        return [message.body for message in self.messages]

    @property
    def sequences(self) -> list[int]:
        return [json.loads(body)["data"]["sequence"] for body in self.bodies]

    @property
    def counts(self) -> list[int]:
        return [body.count(b"dateTime") for body in self.bodies]

    @property
    def seconds(self) -> list[float]:
        """When it was tried, after the first time."""
        return [(at - self.attempts[0]).total_seconds() for at in self.attempts]


class FakeQueue:
    """A queue that takes a name once, or nothing."""

    dedup_window = timedelta(hours=1)

    def __init__(self) -> None:
        self.tasks: list[Task] = []
        self.trouble: HealthrelayError | None = None

    def enqueue(self, task: Task) -> bool:
        if self.trouble:
            raise self.trouble
        if any(known.name == task.name for known in self.tasks):
            return False
        self.tasks.append(task)
        return True


def context_of(store: Store, **changes: Any) -> DeliveryContext:
    """A context without targets, whose clock stands still; *changes* name what differs."""
    plain = DeliveryContext(
        store=store,
        shared=[],
        own=lambda user: [],
        now=lambda: NOW,
        jitter=lambda: 0.0,
        readers_url="https://relay.example",
        days=365,
    )
    return plain._replace(**changes)


def weight(day: int, value: str = "82.4") -> Record:
    """The weight of so many days after the first of November."""
    at = (datetime(2026, 11, 1, tzinfo=UTC) + timedelta(day)).date().isoformat()
    return Record("body-weight", at, at, {"dateTime": at, "value": value})


def add(store: Store, *days: int, user: str = "jack", now: datetime = NOW) -> None:
    """One log entry a day."""
    for day in days:
        store.records.apply(user, Delta(added=(weight(day),)), now)


class Home:
    """Jack's log, and two targets that may follow it, by a clock that a test sets."""

    def __init__(self, store: Store) -> None:
        self.store = store
        self.clock = Clock()
        self.igor = FakeTarget("igor", SNAPSHOT, self.clock)
        self.receiver = FakeTarget("node-red", LOG, self.clock)
        self.target = self.igor
        """The one that `deliver` and `progress` are about."""
        self.context = context_of(
            store, shared=[self.igor], own=lambda user: [self.receiver], now=self.clock
        )

    def add(self, *days: int, now: datetime = NOW) -> None:
        add(self.store, *days, now=now)

    def add_daily(self, days: int) -> None:
        """One log entry a day, made on that day."""
        for day in range(days):
            self.add(day, now=NOW + timedelta(days=day))

    def apply(self, now: datetime = NOW, **parts: tuple[Record, ...]) -> None:
        self.store.records.apply("jack", Delta(**parts), now)

    def deliver(self, *, force: bool = False) -> Delivery:
        return deliver("jack", self.context, force=force)[self.target.name]

    def replay(self, request: ReplayRequest) -> dict[str, Delivery]:
        return replay("jack", request, self.context)

    def save(self, progress: Progress | None) -> None:
        self.store.log.save("jack", self.target.name, progress)

    def progress(self) -> Progress:
        return self.store.log.following("jack").progress(self.target.name)
