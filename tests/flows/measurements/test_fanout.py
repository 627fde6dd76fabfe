"""Everybody who is due gets a task, whatever is wrong with somebody else."""

from __future__ import annotations

from datetime import timedelta

import pytest

from healthrelay.core.delivery.tasks import Task
from healthrelay.core.errors import HealthrelayError, ReconnectNeeded, TryLater
from healthrelay.core.grants.token import Account
from healthrelay.flows.measurements.fanout import fan_out
from healthrelay.ports.store import Store
from tests.flows.delivery.fakes import FakeQueue
from tests.flows.grants.issuer import NOW, Issuer, grant, grants_of

PEOPLE = [f"user{number}" for number in range(30)]


class Names(FakeQueue):
    """A queue that knows every name for ever."""

    dedup_window = timedelta(days=1)
    refuses: str | None = None

    def enqueue(self, task: Task) -> bool:
        if task.user == self.refuses:
            raise TryLater("The queue is full.")
        return super().enqueue(task)


@pytest.fixture
def store(either_store: Store) -> Store:
    """Thirty people with grants."""
    for user in PEOPLE:
        either_store.identities.save(user, {})
        grants_of(either_store).connect(user, grant(1, hours=0), Account(user), NOW)
    return either_store


def test_two_looks_enqueue_once(store: Store) -> None:
    queue = Names()

    first, second = (fan_out(store, queue, NOW) for _ in range(2))

    assert (first.people, first.due, second.due, second.enqueued) == (30, 30, 30, 0)
    assert {task.user for task in queue.tasks} == set(PEOPLE)
    assert first.enqueued == len(queue.tasks)


def test_each_is_fetched_once_an_interval(store: Store) -> None:
    queue = Names()
    for minutes in range(0, 24 * 60, 15):
        fan_out(store, queue, NOW + timedelta(minutes=minutes))
    for user in PEOPLE:
        # The hour that has begun, and the 24 that begin until a quarter after the last look.
        assert len([task for task in queue.tasks if task.user == user]) == 25


def test_the_old_plugins_pace_is_one_setting_away(store: Store) -> None:
    store.identities.save("user0", {"interval": "36000"})
    queue = Names()
    for minutes in range(0, 24 * 60, 15):
        fan_out(store, queue, NOW + timedelta(minutes=minutes))

    assert len([task for task in queue.tasks if task.user == "user0"]) in (3, 4)


def test_who_has_no_consent_or_lost_it_is_not_due(store: Store) -> None:
    issuer = Issuer()
    store.identities.save("stranger", {})
    issuer.trouble = ReconnectNeeded("refused")
    grants = grants_of(store, token_endpoint=issuer)
    for seconds in (0, 61):
        with pytest.raises(HealthrelayError):
            grants.current("user7", NOW + timedelta(seconds=seconds))

    queue = Names()
    done = fan_out(store, queue, NOW)

    assert (done.people, done.due) == (31, 29)
    assert {"stranger", "user7"}.isdisjoint(task.user for task in queue.tasks)


def test_trouble_with_one_is_told_and_stops_nobody(store: Store) -> None:
    store.identities.save("user3", {"interval": "soon"})
    queue = Names()
    queue.refuses = "user5"

    done = fan_out(store, queue, NOW)

    assert sorted(done.troubles) == ["user3", "user5"]
    assert len({task.user for task in queue.tasks}) == 28
