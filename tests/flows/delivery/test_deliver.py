"""Delivering: one push for all that waits, and nothing forgotten."""

from __future__ import annotations

from datetime import timedelta

import pytest

from healthrelay.core.delivery.progress import SCHEDULE_SECONDS, DeadLetters, Progress
from healthrelay.core.errors import HealthrelayError, Misconfigured, TryLater
from healthrelay.core.measurements.records import Delta
from healthrelay.core.trouble import Trouble
from healthrelay.flows.delivery.context import Delivery, DeliveryContext, combine
from healthrelay.flows.delivery.deliver import deliver, deliver_due, due, prune
from healthrelay.ports.peers import Target
from healthrelay.ports.store import Store
from tests.flows.delivery.fakes import NOW, Clock, FakeTarget, add, context_of, weight


@pytest.fixture
def context(store: Store, igor: FakeTarget, clock: Clock) -> DeliveryContext:
    return context_of(store, shared=[igor], now=clock)


def deliver_now(context: DeliveryContext, *, force: bool = False) -> Delivery:
    return deliver("jack", context, force=force)["igor"]


def test_without_a_target_nothing_waits(store: Store, context: DeliveryContext) -> None:
    add(store, 1)
    nowhere = context._replace(shared=[])

    assert deliver("jack", nowhere) == {}
    assert combine({}.values()) == Delivery()
    assert due(nowhere) == []


def test_several_changes_make_one_push(
    store: Store, context: DeliveryContext, igor: FakeTarget
) -> None:
    for day in (1, 2, 3):
        add(store, day)

    assert deliver_now(context) == Delivery(delivered=3, waiting=0)

    assert len(igor.bodies) == 1
    assert igor.bodies[0].count(b"dateTime") == 3


def test_nothing_new_makes_no_push(
    store: Store, context: DeliveryContext, igor: FakeTarget
) -> None:
    add(store, 1)
    deliver_now(context)

    assert deliver_now(context) == Delivery()
    assert deliver_due(context) == {}
    assert len(igor.bodies) == 1


def test_without_records_not_even_force_pushes(context: DeliveryContext, igor: FakeTarget) -> None:
    assert deliver_now(context, force=True) == Delivery()
    assert igor.bodies == []


@pytest.mark.parametrize("trouble", [TryLater("x"), Misconfigured("x")])
def test_refused_changes_wait_and_go_together_later(
    store: Store,
    context: DeliveryContext,
    igor: FakeTarget,
    clock: Clock,
    trouble: HealthrelayError,
) -> None:
    igor.trouble = trouble
    for day in (1, 2):
        add(store, day)
        delivery = deliver_now(context)
        assert (delivery.delivered, delivery.waiting) == (0, day)
        assert delivery.trouble is not None
        assert (delivery.trouble.sentence, delivery.trouble.who) == ("x", trouble.who)
        assert delivery.paused is isinstance(trouble, Misconfigured)
    igor.trouble = None

    assert deliver_now(context).waiting == 2
    clock.now += timedelta(hours=1)
    assert deliver_due(context) == {"jack": {"igor": Delivery(delivered=2, waiting=0)}}
    assert len(igor.bodies) == 1


def test_a_forced_attempt_is_made_at_once(
    store: Store, context: DeliveryContext, igor: FakeTarget
) -> None:
    igor.trouble = Misconfigured("x")
    add(store, 1)
    deliver_now(context)
    assert deliver_now(context, force=True).paused
    igor.trouble = None

    assert deliver_now(context, force=True) == Delivery(delivered=1, waiting=0)


def test_an_absent_igor_is_tried_by_the_schedule_and_then_daily(
    store: Store, context: DeliveryContext, igor: FakeTarget, clock: Clock
) -> None:
    """Thirty days, looked at every minute; every day brings a change."""
    igor.trouble = TryLater("away")
    for minute in range(30 * 24 * 60):
        clock.now = NOW + timedelta(minutes=minute)
        if minute % (24 * 60) == 0:
            add(store, minute // (24 * 60) + 1)
        # Asking everybody is what happens each time; asking jack alone shows the same.
        if due(context):
            deliver_due(context)

    progress = store.log.following("jack").progress("igor")
    assert len(igor.users) == len(SCHEDULE_SECONDS) + 26
    assert progress.state == "failing"
    assert progress.trouble == Trouble("try_later", "nobody", "away", NOW)
    assert progress.dead == (DeadLetters(1, 4),)
    igor.trouble = None
    clock.now += timedelta(days=1)

    assert deliver_due(context) == {"jack": {"igor": Delivery(delivered=30, waiting=0)}}

    assert len(igor.bodies) == 1
    assert igor.bodies[0].count(b"dateTime") == 30
    assert store.log.following("jack").progress("igor") == Progress(30, at=clock.now)


def test_a_home_that_forgets_is_told_again_every_day(
    store: Store, context: DeliveryContext, igor: FakeTarget, clock: Clock
) -> None:
    add(store, 1)
    for _ in range(7 * 24):
        deliver_due(context)
        clock.now += timedelta(hours=1)

    assert len(igor.bodies) == 7
    assert set(igor.bodies) == {igor.bodies[0]}


@pytest.mark.parametrize(("hours", "puts"), [(6, 28), (48, 4), (24 * 30, 1)])
def test_the_owner_says_how_often(
    store: Store, context: DeliveryContext, igor: FakeTarget, clock: Clock, hours: int, puts: int
) -> None:
    add(store, 1)
    for _ in range(7 * 24):
        deliver_due(context._replace(repeat=timedelta(hours=hours)))
        clock.now += timedelta(hours=1)

    assert len(igor.bodies) == puts


def test_one_persons_trouble_is_nobody_elses(
    store: Store, context: DeliveryContext, igor: FakeTarget
) -> None:
    """Of three, one is removed while Igor gets them, and one's targets cannot be read."""
    trouble = TryLater("The store could not be read.")
    for user in ("amy", "gone", "zoe"):
        store.identities.save(user, {})
        store.records.apply(user, Delta(added=(weight(1),)), NOW)
    store.log.save("amy", "node-red", Progress())

    def removed() -> None:
        if igor.users[-1] == "gone":
            store.identities.remove("gone")

    igor.meanwhile = removed

    def unreadable(_user: str) -> list[Target]:
        raise trouble

    deliveries = deliver_due(context._replace(own=unreadable))

    assert deliveries == {
        "amy": {"store": Delivery(waiting=1, trouble=trouble.as_trouble())},
        "zoe": {"igor": Delivery(delivered=1)},
    }


def test_change_during_the_push_goes_after_it(
    store: Store, context: DeliveryContext, igor: FakeTarget
) -> None:
    add(store, 1)

    def once() -> None:
        igor.meanwhile = lambda: None
        add(store, 2)

    igor.meanwhile = once

    assert deliver_now(context) == Delivery(delivered=2, waiting=0)
    assert [body.count(b"dateTime") for body in igor.bodies] == [1, 2]


def test_an_older_snapshot_that_arrives_last_is_followed_by_the_newest(
    store: Store, context: DeliveryContext, igor: FakeTarget
) -> None:
    add(store, 1)

    def overtaken() -> None:
        igor.meanwhile = lambda: None
        add(store, 2)
        deliver_now(context)

    igor.meanwhile = overtaken

    deliver_now(context)

    assert [body.count(b"dateTime") for body in igor.bodies] == [2, 1, 2]
    assert store.log.following("jack").progress("igor").sequence == 2


def test_a_storm_of_changes_leaves_the_rest_for_the_next_call(
    store: Store, context: DeliveryContext, igor: FakeTarget
) -> None:
    days = iter(range(2, 30))
    igor.meanwhile = lambda: add(store, next(days))
    add(store, 1)

    delivery = deliver_now(context)

    assert (delivery.delivered, delivery.waiting) == (3, 1)


def test_igor_is_never_sent_an_empty_snapshot(
    store: Store, context: DeliveryContext, igor: FakeTarget
) -> None:
    add(store, 1)
    store.records.apply("jack", Delta(removed=(weight(1),)), NOW)

    assert deliver_now(context) == Delivery(delivered=2, waiting=0)
    assert igor.bodies == []


def test_old_entries_are_forgotten_after_their_time(
    store: Store, context: DeliveryContext, clock: Clock
) -> None:
    for day in range(1, 6):
        store.records.apply("jack", Delta(added=(weight(day),)), NOW + timedelta(days=day))
    clock.now = NOW + timedelta(days=33)

    assert prune(store.log, now=clock.now, days=30) == 2
    assert [entry.sequence for entry in store.log.after("jack", 0, 9)] == [3, 4, 5]


def test_many_targets_are_one() -> None:
    away, wrong = TryLater("away").as_trouble(), Misconfigured("wrong key").as_trouble()

    assert combine([Delivery(3, 0), Delivery(0, 2, away), Delivery(0, 1, wrong, True)]) == Delivery(
        3, 2, wrong, True
    )
