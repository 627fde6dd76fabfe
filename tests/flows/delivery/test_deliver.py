"""Delivering: one push for all that waits, and nothing forgotten."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import pytest

from healthrelay.adapters.sqlite.store import SqliteStore
from healthrelay.core.delivery.progress import SCHEDULE_SECONDS, DeadLetters, Progress
from healthrelay.core.errors import HealthrelayError, Misconfigured, TryLater
from healthrelay.core.trouble import Trouble
from healthrelay.flows.delivery.context import Delivery, combine
from healthrelay.flows.delivery.deliver import deliver
from healthrelay.flows.delivery.replay import replay_shared
from healthrelay.flows.delivery.sweep import deliver_due, due, prune
from healthrelay.ports.peers import Target
from tests.flows.delivery.fakes import NOW, Home, add, weight


def test_without_a_target_nothing_waits(home: Home) -> None:
    home.add(1)
    nowhere = home.context._replace(shared=[])

    assert deliver("jack", nowhere) == {}
    assert combine({}.values()) == Delivery()
    assert due(nowhere) == []


def test_several_changes_make_one_push(home: Home) -> None:
    home.add(1, 2, 3)

    assert home.deliver() == Delivery(delivered=3, waiting=0)

    assert home.igor.counts == [3]


def test_nothing_new_makes_no_push(home: Home) -> None:
    home.add(1)
    home.deliver()

    assert home.deliver() == Delivery()
    assert deliver_due(home.context) == {}
    assert len(home.igor.bodies) == 1


def test_without_records_not_even_force_pushes(home: Home) -> None:
    assert home.deliver(force=True) == Delivery()
    assert home.igor.bodies == []


def test_everybody_is_sent_again_until_time_is_up_or_one_does_not_arrive(home: Home) -> None:
    for user in ("anna", "mia", "zoe"):
        home.store.identities.save(user, {})
    for user in ("jack", "anna", "mia"):
        add(home.store, 1, user=user)

    def take_ten_seconds() -> None:
        home.clock.now += timedelta(seconds=10)

    home.igor.meanwhile = take_ten_seconds

    assert not replay_shared(home.context._replace(until=NOW + timedelta(seconds=15)))
    assert len(home.igor.users) == 2
    home.igor.users.clear()
    assert replay_shared(home.context)
    assert sorted(home.igor.users) == ["anna", "jack", "mia"]
    home.igor.users.clear()
    home.igor.trouble = TryLater("x")
    assert not replay_shared(home.context)
    assert len(home.igor.users) == 1


@pytest.mark.parametrize("kind", ["settings", "record", "removed"])
def test_somebody_who_cannot_be_read_keeps_nobody_behind_from_being_sent(
    tmp_path: Path, kind: str
) -> None:
    path = tmp_path / "store.db"
    home = Home(SqliteStore(str(path)))
    for user in ("anna", "mia", "zoe"):
        home.store.identities.save(user, {})
        add(home.store, 1, user=user)
    if kind == "removed":

        def leave() -> None:
            home.store.identities.remove("mia")

        home.igor.meanwhile = leave
    else:
        table, where = {
            "settings": ("documents", "path = 'identities/mia/plugindata/fitbit'"),
            "record": ("records", "user = 'mia'"),
        }[kind]
        with closing(sqlite3.connect(path, isolation_level=None)) as connection:
            spoil = f"UPDATE {table} SET data = '{{' WHERE {where}"
            assert connection.execute(spoil).rowcount == 1

    assert replay_shared(home.context)

    assert home.igor.users == ["anna", "zoe"]
    home.store.close()


@pytest.mark.parametrize("trouble", [TryLater("x"), Misconfigured("x")])
def test_refused_changes_wait_and_go_together_later(home: Home, trouble: HealthrelayError) -> None:
    home.igor.trouble = trouble
    for day in (1, 2):
        home.add(day)
        delivery = home.deliver()
        assert (delivery.delivered, delivery.waiting) == (0, day)
        assert delivery.trouble is not None
        assert (delivery.trouble.sentence, delivery.trouble.who) == ("x", trouble.who)
        assert delivery.paused is isinstance(trouble, Misconfigured)
    home.igor.trouble = None

    assert home.deliver().waiting == 2
    home.clock.now += timedelta(hours=1)
    assert deliver_due(home.context) == {"jack": {"igor": Delivery(delivered=2, waiting=0)}}
    assert len(home.igor.bodies) == 1


def test_a_forced_attempt_is_made_at_once(home: Home) -> None:
    home.igor.trouble = Misconfigured("x")
    home.add(1)
    home.deliver()
    assert home.deliver(force=True).paused
    home.igor.trouble = None

    assert home.deliver(force=True) == Delivery(delivered=1, waiting=0)


def test_an_absent_igor_is_tried_by_the_schedule_and_then_daily(home: Home) -> None:
    """Thirty days, looked at every minute; every day brings a change."""
    home.igor.trouble = TryLater("away")
    for minute in range(30 * 24 * 60):
        home.clock.now = NOW + timedelta(minutes=minute)
        if minute % (24 * 60) == 0:
            home.add(minute // (24 * 60) + 1)
        # Asking everybody is what happens each time; asking jack alone shows the same.
        if due(home.context):
            deliver_due(home.context)

    progress = home.progress()
    assert len(home.igor.users) == len(SCHEDULE_SECONDS) + 26
    assert progress.state == "failing"
    assert progress.trouble == Trouble("try_later", "nobody", "away", NOW)
    assert progress.dead == (DeadLetters(1, 4),)
    home.igor.trouble = None
    home.clock.now += timedelta(days=1)

    assert deliver_due(home.context) == {"jack": {"igor": Delivery(delivered=30, waiting=0)}}

    assert home.igor.counts == [30]
    assert home.progress() == Progress(30, at=home.clock.now)


def test_a_home_that_forgets_is_told_again_every_day(home: Home) -> None:
    home.add(1)
    for _ in range(7 * 24):
        deliver_due(home.context)
        home.clock.now += timedelta(hours=1)

    assert len(home.igor.bodies) == 7
    assert set(home.igor.bodies) == {home.igor.bodies[0]}


@pytest.mark.parametrize(("hours", "puts"), [(6, 28), (48, 4), (24 * 30, 1)])
def test_the_owner_says_how_often(home: Home, hours: int, puts: int) -> None:
    home.add(1)
    for _ in range(7 * 24):
        deliver_due(home.context._replace(repeat=timedelta(hours=hours)))
        home.clock.now += timedelta(hours=1)

    assert len(home.igor.bodies) == puts


def test_one_persons_trouble_is_nobody_elses(home: Home) -> None:
    """Of three, one is removed while Igor gets them, and one's targets cannot be read."""
    trouble = TryLater("The store could not be read.")
    for user in ("amy", "gone", "zoe"):
        home.store.identities.save(user, {})
        add(home.store, 1, user=user)
    home.store.log.save("amy", "node-red", Progress())

    def removed() -> None:
        if home.igor.users[-1] == "gone":
            home.store.identities.remove("gone")

    home.igor.meanwhile = removed

    def unreadable(_user: str) -> list[Target]:
        raise trouble

    deliveries = deliver_due(home.context._replace(own=unreadable))

    assert deliveries == {
        "amy": {
            "igor": Delivery(delivered=1),
            "targets": Delivery(waiting=1, trouble=trouble.as_trouble()),
        },
        "zoe": {"igor": Delivery(delivered=1)},
    }


def test_change_during_the_push_goes_after_it(home: Home) -> None:
    home.add(1)
    home.igor.meanwhile_once(lambda: home.add(2))

    assert home.deliver() == Delivery(delivered=2, waiting=0)
    assert home.igor.counts == [1, 2]


def test_an_older_snapshot_that_arrives_last_is_followed_by_the_newest(home: Home) -> None:
    home.add(1)

    def overtake() -> None:
        home.add(2)
        home.deliver()

    home.igor.meanwhile_once(overtake)

    home.deliver()

    assert home.igor.counts == [2, 1, 2]
    assert home.progress().sequence == 2


def test_a_storm_of_changes_leaves_the_rest_for_the_next_call(home: Home) -> None:
    days = iter(range(2, 30))
    home.igor.meanwhile = lambda: home.add(next(days))
    home.add(1)

    delivery = home.deliver()

    assert (delivery.delivered, delivery.waiting) == (3, 1)


def test_igor_is_never_sent_an_empty_snapshot(home: Home) -> None:
    home.add(1)
    home.apply(removed=(weight(1),))

    assert home.deliver() == Delivery(delivered=2, waiting=0)
    assert home.igor.bodies == []


def test_old_entries_are_forgotten_after_their_time(home: Home) -> None:
    home.add_daily(5)

    assert prune(home.store.log, now=NOW + timedelta(days=32), days=30) == 2
    assert [entry.sequence for entry in home.store.log.after("jack", 0, 9)] == [3, 4, 5]


def test_many_targets_are_one() -> None:
    away, wrong = TryLater("away").as_trouble(), Misconfigured("wrong key").as_trouble()

    assert combine([Delivery(3, 0), Delivery(0, 2, away), Delivery(0, 1, wrong, True)]) == Delivery(
        3, 2, wrong, True
    )
