"""Messages to a person's own targets: in order, each of them, and nobody else's."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from itertools import accumulate

import pytest

from healthrelay.adapters.sqlite import SqliteStore
from healthrelay.core.delivery.messages import MAX_BODY, Message
from healthrelay.core.delivery.progress import SCHEDULE, Dead, Progress
from healthrelay.core.errors import BadRequest, HealthrelayError, Refused, TryLater, Unknown
from healthrelay.core.measurements.records import Delta, Record
from healthrelay.flows.delivery.context import Courier, Delivery
from healthrelay.flows.delivery.deliver import deliver, deliver_due, due, prune
from healthrelay.flows.delivery.replay import Wanted, replay
from healthrelay.flows.delivery.webhooks import SAVE
from healthrelay.ports.peers import Hook

NOW = datetime(2026, 11, 1, 12, tzinfo=UTC)
AWAY = TryLater("away")


def weight(day: int, value: str = "82.4") -> Record:
    at = (datetime(2026, 11, 1, tzinfo=UTC) + timedelta(day)).date().isoformat()
    return Record("body-weight", at, at, {"dateTime": at, "value": value})


class Receiver:
    """A target that notes what it gets, and may be in trouble."""

    def __init__(self, name: str = "node-red") -> None:
        self.name = name
        self.got: list[Message] = []
        self.tried: list[datetime] = []
        self.trouble: HealthrelayError | None = None
        self.clock = Clock()

    def send(self, message: Message) -> None:
        self.tried.append(self.clock.now)
        if self.trouble:
            raise self.trouble
        self.got.append(message)

    @property
    def sequences(self) -> list[int]:
        return [json.loads(message.body)["data"]["sequence"] for message in self.got]


class Clock:
    """Tells the time that a test sets."""

    def __init__(self) -> None:
        self.now = NOW

    def __call__(self) -> datetime:
        return self.now


@pytest.fixture
def receiver() -> Receiver:
    return Receiver()


@pytest.fixture
def store() -> SqliteStore:
    store = SqliteStore(":memory:")
    store.identities.save("jack", {})
    store.log.save("jack", "node-red", Progress())
    return store


@pytest.fixture
def courier(store: SqliteStore, receiver: Receiver) -> Courier:
    def hooks(_user: str) -> Sequence[Hook]:
        return [receiver]

    return Courier(
        store=store,
        sink=None,
        hooks=hooks,
        queue=None,
        now=receiver.clock,
        jitter=lambda: 0.0,
        public_url="https://relay.example",
        days=365,
        kept=30,
    )


def add(store: SqliteStore, *days: int, now: datetime = NOW) -> None:
    for day in days:
        store.records.apply("jack", Delta(added=(weight(day),)), now)


def brought(courier: Courier, *, knock: bool = False) -> Delivery:
    return deliver("jack", courier, knock=knock)["node-red"]


def test_every_entry_is_a_message_in_order(
    store: SqliteStore, courier: Courier, receiver: Receiver
) -> None:
    add(store, 1, 2, 3)

    assert brought(courier) == Delivery(delivered=3, waiting=0)

    assert receiver.sequences == [1, 2, 3]
    assert json.loads(receiver.got[1].body) == {
        "type": "measurements.changed",
        "timestamp": "2026-11-01T12:00:00+00:00",
        "data": {
            "user": "jack",
            "sequence": 2,
            "at": "2026-11-01T12:00:00+00:00",
            "added": {"body-weight": {"2026-11-03": {"dateTime": "2026-11-03", "value": "82.4"}}},
        },
    }
    assert store.log.following("jack").progress("node-red") == Progress(3, at=NOW)
    assert brought(courier) == Delivery()


def test_more_than_a_batch_goes_in_one_call(
    store: SqliteStore, courier: Courier, receiver: Receiver
) -> None:
    add(store, *range(250))

    assert brought(courier) == Delivery(delivered=250, waiting=0)
    assert receiver.sequences == list(range(1, 251))


def test_ids_are_the_entrys_and_nobody_elses(
    store: SqliteStore, courier: Courier, receiver: Receiver
) -> None:
    add(store, 1, 2)
    brought(courier)
    replay("jack", Wanted(everything=True), courier)
    first, second = receiver.got[0].id, receiver.got[1].id
    assert [message.id for message in receiver.got] == [first, second] * 2
    assert first != second

    # Made anew, the first change is another one.
    store.identities.remove("jack")
    store.identities.save("jack", {})
    store.log.save("jack", "node-red", Progress())
    add(store, 1, now=NOW + timedelta(seconds=1))
    brought(courier)

    assert receiver.got[-1].id not in (first, second)


def test_a_message_that_would_be_large_is_a_link(
    store: SqliteStore, courier: Courier, receiver: Receiver
) -> None:
    small, large = (tuple(map(weight, range(count))) for count in (200, 400))
    store.records.apply("jack", Delta(added=small), NOW)
    store.records.apply("jack", Delta(changed=large), NOW)

    brought(courier)

    assert [len(message.body) < MAX_BODY for message in receiver.got] == [True, True]
    assert len(json.loads(receiver.got[0].body)["data"]["added"]["body-weight"]) == 200
    assert json.loads(receiver.got[1].body)["data"] == {
        "user": "jack",
        "sequence": 2,
        "pull": "https://relay.example/relay/events?user=jack&after=1&limit=1",
    }


def test_who_was_away_longer_than_the_log_is_told_to_begin_anew(
    store: SqliteStore, courier: Courier, receiver: Receiver
) -> None:
    for day in range(5):
        add(store, day, now=NOW + timedelta(days=day))
    store.log.prune("jack", NOW + timedelta(days=3))

    assert brought(courier) == Delivery(delivered=5, waiting=0)

    kinds = [json.loads(message.body)["type"] for message in receiver.got]
    assert kinds == ["measurements.snapshot", "measurements.changed", "measurements.changed"]
    assert receiver.sequences == [3, 4, 5]


def test_the_schedule_is_kept_for_the_entry_that_fails(
    store: SqliteStore, courier: Courier, receiver: Receiver
) -> None:
    """Every second in which something may happen, for a week; two entries wait."""
    receiver.trouble = AWAY
    add(store, 1, 2)
    while receiver.clock.now < NOW + timedelta(days=7):
        deliver_due(courier)
        progress = store.log.following("jack").progress("node-red")
        assert progress.due is not None
        receiver.clock.now = progress.due - timedelta(seconds=1)
        assert due(courier) == []
        receiver.clock.now = progress.due

    seconds = [round((tried - NOW).total_seconds()) for tried in receiver.tried]
    schedule = list(accumulate(SCHEDULE))
    assert seconds[:10] == schedule
    assert [b - schedule[-1] for b in seconds[10:]] == [86_400 * n for n in range(1, 4)]
    assert progress.dead == (Dead(1, 1),)

    receiver.trouble = None
    assert deliver_due(courier)["jack"]["node-red"] == Delivery(delivered=1, waiting=1)
    assert receiver.sequences == [2]
    assert replay("jack", Wanted(), courier) == {"node-red": Delivery(delivered=1, waiting=0)}
    assert receiver.sequences == [2, 1]
    assert store.log.following("jack").progress("node-red").dead == ()


def test_a_failure_in_the_middle_keeps_what_arrived_and_the_order(
    store: SqliteStore, courier: Courier, receiver: Receiver
) -> None:
    add(store, *range(10))
    real = receiver.send

    def third_fails(message: Message) -> None:
        if len(receiver.got) == 2:
            receiver.trouble = AWAY
        real(message)

    receiver.send = third_fails  # type: ignore[method-assign]
    told = brought(courier)
    assert (told.delivered, told.waiting) == (2, 8)
    receiver.send = real  # type: ignore[method-assign]
    receiver.trouble = None
    assert brought(courier).delivered == 0
    receiver.clock.now += timedelta(seconds=5)

    assert brought(courier) == Delivery(delivered=8, waiting=0)
    assert receiver.sequences == list(range(1, 11))


def test_gone_is_the_end_until_the_owner_knocks(
    store: SqliteStore, courier: Courier, receiver: Receiver
) -> None:
    receiver.trouble = Refused("node-red", "gone")
    add(store, 1)
    assert brought(courier).paused
    receiver.clock.now += timedelta(days=20)

    assert due(courier) == []
    assert brought(courier).paused
    assert len(receiver.tried) == 1
    receiver.trouble = None
    assert replay("jack", Wanted("node-red"), courier) == {"node-red": Delivery(1, 0)}


@pytest.mark.parametrize(
    ("wanted", "sequences"),
    [
        (Wanted(first=3, last=3), [3]),
        (Wanted(first=2, last=4), [2, 3, 4]),
        (Wanted(first=4), [4, 5]),
        (Wanted(last=2), [1, 2]),
        (Wanted(everything=True), [1, 2, 3, 4, 5]),
        (Wanted(), []),
        (Wanted(first=9), []),
    ],
)
def test_replay_of_one_of_a_range_and_of_all(
    store: SqliteStore,
    courier: Courier,
    receiver: Receiver,
    wanted: Wanted,
    sequences: list[int],
) -> None:
    add(store, 1, 2, 3, 4, 5)
    brought(courier)
    receiver.got.clear()

    told = replay("jack", wanted, courier)

    assert receiver.sequences == sequences
    assert told == {"node-red": Delivery(delivered=len(sequences), waiting=0)}


def test_a_replay_that_fails_says_so_and_leaves_the_rest_dead(
    store: SqliteStore, courier: Courier, receiver: Receiver
) -> None:
    add(store, 1, 2, 3)
    store.log.save("jack", "node-red", Progress(3, dead=(Dead(1, 3),)))
    receiver.trouble = AWAY

    told = replay("jack", Wanted(), courier)["node-red"]

    assert (told.delivered, told.waiting, told.trouble) == (0, 3, AWAY)
    assert store.log.following("jack").progress("node-red").dead == (Dead(1, 3),)


def test_dead_letters_go_with_the_entries_they_are_about(
    store: SqliteStore, courier: Courier, receiver: Receiver
) -> None:
    for day in range(5):
        add(store, day, now=NOW + timedelta(days=day))
    store.log.save("jack", "node-red", Progress(4, dead=(Dead(1, 4),)))
    receiver.clock.now = NOW + timedelta(days=32)

    assert prune(courier) == 2
    assert store.log.following("jack").progress("node-red").dead == (Dead(3, 4),)


def test_a_dead_letter_is_kept_so_long_from_its_death_on(
    store: SqliteStore, courier: Courier, receiver: Receiver
) -> None:
    """It died after three days, and can be replayed for thirty days more."""
    add(store, 1, 2, 3)
    receiver.trouble = AWAY
    while not store.log.following("jack").progress("node-red").dead:
        receiver.clock.now = store.log.following("jack").progress("node-red").due or NOW
        deliver_due(courier)
    died = receiver.clock.now
    assert died == NOW + timedelta(seconds=sum(SCHEDULE))
    add(store, 4, now=died)

    receiver.clock.now = died + timedelta(days=30) - timedelta(seconds=1)
    assert prune(courier) == 0
    receiver.trouble = None
    assert replay("jack", Wanted(first=1, last=1), courier)["node-red"].waiting == 0
    assert receiver.sequences[0] == 1

    # Replayed, it is no letter any more, and the log forgets as ever.
    assert store.log.following("jack").progress("node-red").died is None
    assert prune(courier) == 3


def test_and_not_longer(store: SqliteStore, courier: Courier, receiver: Receiver) -> None:
    add(store, 1, 2, 3)
    died = NOW + timedelta(days=4)
    add(store, 4, now=died)
    store.log.save("jack", "node-red", Progress(2, dead=(Dead(1, 2),), died=died))
    store.log.save("jack", "igor", Progress(2, dead=(Dead(1, 2),), died=died))

    receiver.clock.now = died + timedelta(days=30)

    assert prune(courier) == 3
    assert store.log.following("jack").progress("node-red") == Progress(2)


def test_a_crash_costs_no_message_and_few_come_twice(
    store: SqliteStore, courier: Courier, receiver: Receiver
) -> None:
    add(store, *range(50))
    real = receiver.send

    def killed(message: Message) -> None:
        if len(receiver.got) == 40:
            raise KeyboardInterrupt
        real(message)

    receiver.send = killed  # type: ignore[method-assign]
    with pytest.raises(KeyboardInterrupt):
        brought(courier)
    receiver.send = real  # type: ignore[method-assign]

    brought(courier)

    ids = [message.id for message in receiver.got]
    assert len(set(ids)) == 50
    assert len(ids) - 50 < SAVE
    assert list(dict.fromkeys(receiver.sequences)) == list(range(1, 51))


def test_who_follows_nothing_gets_nothing(
    store: SqliteStore, courier: Courier, receiver: Receiver
) -> None:
    """As when its making, or its removal, was cut short."""
    store.log.save("jack", "node-red", None)
    store.log.save("jack", "reader:script", Progress())
    store.log.save("jack", "igor", Progress())
    add(store, 1)

    assert deliver("jack", courier, knock=True) == {}
    assert (due(courier), receiver.got) == ([], [])


def test_bad_words(courier: Courier) -> None:
    with pytest.raises(Unknown):
        replay("nobody", Wanted(), courier)
    with pytest.raises(BadRequest, match="no target other; there are: node-red"):
        replay("jack", Wanted("other"), courier)
