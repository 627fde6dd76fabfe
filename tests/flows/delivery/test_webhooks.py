"""Messages to a person's own targets: in order, each of them, and nobody else's."""

from __future__ import annotations

import json
from datetime import timedelta
from itertools import accumulate

import pytest

from healthrelay.core.delivery.messages import MAX_BODY_BYTES
from healthrelay.core.delivery.progress import SCHEDULE_SECONDS, DeadLetters, Progress
from healthrelay.core.errors import BadRequest, Refused, TryLater, Unknown
from healthrelay.core.measurements.records import Delta
from healthrelay.flows.delivery.context import Delivery, DeliveryContext
from healthrelay.flows.delivery.deliver import deliver, deliver_due, due, prune
from healthrelay.flows.delivery.replay import ReplayRequest, replay
from healthrelay.flows.delivery.webhooks import SAVE_EVERY
from healthrelay.ports.store import Store
from tests.flows.delivery.fakes import NOW, Clock, FakeTarget, add, context_of, weight

AWAY = TryLater("away")


@pytest.fixture
def store(store: Store) -> Store:
    store.log.save("jack", "node-red", Progress())
    return store


@pytest.fixture
def context(store: Store, receiver: FakeTarget, clock: Clock) -> DeliveryContext:
    return context_of(store, own=lambda user: [receiver], now=clock)


def deliver_now(context: DeliveryContext) -> Delivery:
    return deliver("jack", context)["node-red"]


def test_every_entry_is_a_message_in_order(
    store: Store, context: DeliveryContext, receiver: FakeTarget
) -> None:
    add(store, 1, 2, 3)

    assert deliver_now(context) == Delivery(delivered=3, waiting=0)

    assert receiver.sequences == [1, 2, 3]
    assert json.loads(receiver.messages[1].body) == {
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
    assert deliver_now(context) == Delivery()


def test_more_than_a_batch_goes_in_one_call(
    store: Store, context: DeliveryContext, receiver: FakeTarget
) -> None:
    add(store, *range(250))

    assert deliver_now(context) == Delivery(delivered=250, waiting=0)
    assert receiver.sequences == list(range(1, 251))


def test_ids_are_the_entrys_and_nobody_elses(
    store: Store, context: DeliveryContext, receiver: FakeTarget
) -> None:
    add(store, 1, 2)
    deliver_now(context)
    replay("jack", ReplayRequest(everything=True), context)
    first, second = receiver.messages[0].id, receiver.messages[1].id
    assert [message.id for message in receiver.messages] == [first, second] * 2
    assert first != second

    # Made again, the first change is another one.
    store.identities.remove("jack")
    store.identities.save("jack", {})
    store.log.save("jack", "node-red", Progress())
    add(store, 1, now=NOW + timedelta(seconds=1))
    deliver_now(context)

    assert receiver.messages[-1].id not in (first, second)


def test_a_message_that_would_be_large_is_a_link(
    store: Store, context: DeliveryContext, receiver: FakeTarget
) -> None:
    small, large = (tuple(map(weight, range(count))) for count in (200, 400))
    store.records.apply("jack", Delta(added=small), NOW)
    store.records.apply("jack", Delta(changed=large), NOW)

    deliver_now(context)

    assert [len(message.body) < MAX_BODY_BYTES for message in receiver.messages] == [True, True]
    assert len(json.loads(receiver.messages[0].body)["data"]["added"]["body-weight"]) == 200
    assert json.loads(receiver.messages[1].body)["data"] == {
        "user": "jack",
        "sequence": 2,
        "pull": "https://relay.example/relay/events?user=jack&after=1&limit=1",
    }


def test_who_was_away_longer_than_the_log_is_told_to_start_over(
    store: Store, context: DeliveryContext, receiver: FakeTarget
) -> None:
    for day in range(5):
        add(store, day, now=NOW + timedelta(days=day))
    store.log.prune("jack", NOW + timedelta(days=3))

    assert deliver_now(context) == Delivery(delivered=5, waiting=0)

    kinds = [json.loads(message.body)["type"] for message in receiver.messages]
    assert kinds == ["measurements.snapshot", "measurements.changed", "measurements.changed"]
    assert receiver.sequences == [3, 4, 5]


def test_the_schedule_is_kept_for_the_entry_that_fails(
    store: Store, context: DeliveryContext, receiver: FakeTarget, clock: Clock
) -> None:
    """Every second in which something may happen, for a week; two entries wait."""
    receiver.trouble = AWAY
    add(store, 1, 2)
    while clock.now < NOW + timedelta(days=7):
        deliver_due(context)
        progress = store.log.following("jack").progress("node-red")
        assert progress.due is not None
        clock.now = progress.due - timedelta(seconds=1)
        assert due(context) == []
        clock.now = progress.due

    seconds = [round((tried - NOW).total_seconds()) for tried in receiver.attempts]
    schedule = list(accumulate(SCHEDULE_SECONDS))
    assert seconds[:10] == schedule
    assert [b - schedule[-1] for b in seconds[10:]] == [86_400 * n for n in range(1, 4)]
    assert progress.dead == (DeadLetters(1, 1),)

    receiver.trouble = None
    assert deliver_due(context)["jack"]["node-red"] == Delivery(delivered=1, waiting=1)
    assert receiver.sequences == [2]
    assert replay("jack", ReplayRequest(), context) == {
        "node-red": Delivery(delivered=1, waiting=0)
    }
    assert receiver.sequences == [2, 1]
    assert store.log.following("jack").progress("node-red").dead == ()


def test_a_failure_in_the_middle_keeps_what_arrived_and_the_order(
    store: Store, context: DeliveryContext, receiver: FakeTarget, clock: Clock
) -> None:
    add(store, *range(10))

    def third_fails() -> None:
        if len(receiver.messages) == 2:
            receiver.trouble = AWAY

    receiver.meanwhile = third_fails
    delivery = deliver_now(context)
    assert (delivery.delivered, delivery.waiting) == (2, 8)
    receiver.meanwhile = lambda: None
    receiver.trouble = None
    assert deliver_now(context).delivered == 0
    clock.now += timedelta(seconds=5)

    assert deliver_now(context) == Delivery(delivered=8, waiting=0)
    assert receiver.sequences == list(range(1, 11))


def test_gone_is_the_end_until_the_owner_forces_it(
    store: Store, context: DeliveryContext, receiver: FakeTarget, clock: Clock
) -> None:
    receiver.trouble = Refused("node-red", "gone")
    add(store, 1)
    assert deliver_now(context).paused
    clock.now += timedelta(days=20)

    assert due(context) == []
    assert deliver_now(context).paused
    assert len(receiver.attempts) == 1
    receiver.trouble = None
    assert replay("jack", ReplayRequest("node-red"), context) == {"node-red": Delivery(1, 0)}


@pytest.mark.parametrize(
    ("request_", "sequences"),
    [
        (ReplayRequest(first=3, last=3), [3]),
        (ReplayRequest(first=2, last=4), [2, 3, 4]),
        (ReplayRequest(first=4), [4, 5]),
        (ReplayRequest(last=2), [1, 2]),
        (ReplayRequest(everything=True), [1, 2, 3, 4, 5]),
        (ReplayRequest(), []),
        (ReplayRequest(first=9), []),
    ],
)
def test_replay_of_one_of_a_range_and_of_all(
    store: Store,
    context: DeliveryContext,
    receiver: FakeTarget,
    request_: ReplayRequest,
    sequences: list[int],
) -> None:
    add(store, 1, 2, 3, 4, 5)
    deliver_now(context)
    receiver.messages.clear()

    delivery = replay("jack", request_, context)

    assert receiver.sequences == sequences
    assert delivery == {"node-red": Delivery(delivered=len(sequences), waiting=0)}


def test_a_replay_that_fails_says_so_and_leaves_the_rest_dead(
    store: Store, context: DeliveryContext, receiver: FakeTarget
) -> None:
    add(store, 1, 2, 3)
    store.log.save("jack", "node-red", Progress(3, dead=(DeadLetters(1, 3),)))
    receiver.trouble = AWAY

    delivery = replay("jack", ReplayRequest(), context)["node-red"]

    assert (delivery.delivered, delivery.waiting, delivery.trouble) == (0, 3, AWAY.as_trouble(NOW))
    assert store.log.following("jack").progress("node-red").dead == (DeadLetters(1, 3),)


def test_dead_letters_go_with_the_entries_they_are_about(
    store: Store, context: DeliveryContext, receiver: FakeTarget, clock: Clock
) -> None:
    for day in range(5):
        add(store, day, now=NOW + timedelta(days=day))
    store.log.save("jack", "node-red", Progress(4, dead=(DeadLetters(1, 4),)))
    clock.now = NOW + timedelta(days=32)

    assert prune(store.log, now=clock.now, days=30) == 2
    assert store.log.following("jack").progress("node-red").dead == (DeadLetters(3, 4),)


def test_a_dead_letter_is_kept_so_long_from_its_death_on(
    store: Store, context: DeliveryContext, receiver: FakeTarget, clock: Clock
) -> None:
    """It died after three days, and can be replayed for thirty days more."""
    add(store, 1, 2, 3)
    receiver.trouble = AWAY
    while not store.log.following("jack").progress("node-red").dead:
        clock.now = store.log.following("jack").progress("node-red").due or NOW
        deliver_due(context)
    died = clock.now
    assert died == NOW + timedelta(seconds=sum(SCHEDULE_SECONDS))
    add(store, 4, now=died)

    clock.now = died + timedelta(days=30) - timedelta(seconds=1)
    assert prune(store.log, now=clock.now, days=30) == 0
    receiver.trouble = None
    assert replay("jack", ReplayRequest(first=1, last=1), context)["node-red"].waiting == 0
    assert receiver.sequences[0] == 1

    # Replayed, it is no letter any more, and the log forgets as ever.
    assert store.log.following("jack").progress("node-red").died is None
    assert prune(store.log, now=clock.now, days=30) == 3


def test_and_not_longer(
    store: Store, context: DeliveryContext, receiver: FakeTarget, clock: Clock
) -> None:
    add(store, 1, 2, 3)
    died = NOW + timedelta(days=4)
    add(store, 4, now=died)
    store.log.save("jack", "node-red", Progress(2, dead=(DeadLetters(1, 2),), died=died))
    store.log.save("jack", "igor", Progress(2, dead=(DeadLetters(1, 2),), died=died))

    clock.now = died + timedelta(days=30)

    assert prune(store.log, now=clock.now, days=30) == 3
    assert store.log.following("jack").progress("node-red") == Progress(2)


def test_a_crash_costs_no_message_and_few_come_twice(
    store: Store, context: DeliveryContext, receiver: FakeTarget
) -> None:
    add(store, *range(50))

    def killed() -> None:
        if len(receiver.messages) == 40:
            raise KeyboardInterrupt

    receiver.meanwhile = killed
    with pytest.raises(KeyboardInterrupt):
        deliver_now(context)
    receiver.meanwhile = lambda: None

    deliver_now(context)

    ids = [message.id for message in receiver.messages]
    assert len(set(ids)) == 50
    assert len(ids) - 50 < SAVE_EVERY
    assert list(dict.fromkeys(receiver.sequences)) == list(range(1, 51))


def test_who_follows_nothing_gets_nothing(
    store: Store, context: DeliveryContext, receiver: FakeTarget
) -> None:
    """As when its making, or its removal, was cut short."""
    store.log.save("jack", "node-red", None)
    store.log.save("jack", "reader:script", Progress())
    store.log.save("jack", "igor", Progress())
    add(store, 1)

    assert deliver("jack", context, force=True) == {}
    assert (due(context), receiver.messages) == ([], [])


def test_bad_words(context: DeliveryContext) -> None:
    with pytest.raises(Unknown):
        replay("nobody", ReplayRequest(), context)
    with pytest.raises(BadRequest, match="no target other; there are: node-red"):
        replay("jack", ReplayRequest("other"), context)
