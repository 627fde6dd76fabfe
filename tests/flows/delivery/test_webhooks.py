"""Messages to a person's own targets: in order, each of them, and nobody else's."""

from __future__ import annotations

import json
from datetime import timedelta
from itertools import accumulate

import pytest

from healthrelay.core.delivery.messages import MAX_BODY_BYTES
from healthrelay.core.delivery.progress import SCHEDULE_SECONDS, DeadLetters, Progress
from healthrelay.core.errors import BadRequest, Refused, TryLater, Unknown
from healthrelay.flows.delivery.context import Delivery
from healthrelay.flows.delivery.deliver import deliver
from healthrelay.flows.delivery.replay import ReplayRequest, replay
from healthrelay.flows.delivery.sweep import deliver_due, due, prune
from healthrelay.flows.delivery.trial import send_test
from healthrelay.flows.delivery.webhooks import SAVE_EVERY
from tests.flows.delivery.fakes import NOW, Home, weight

AWAY = TryLater("away")


@pytest.fixture
def home(home: Home) -> Home:
    """The log target alone, which gets what changes from now on."""
    home.target = home.receiver
    home.context = home.context._replace(shared=[])
    home.save(Progress())
    return home


def test_every_entry_is_a_message_in_order(home: Home) -> None:
    home.add(1, 2, 3)

    assert home.deliver() == Delivery(delivered=3, waiting=0)

    assert home.receiver.sequences == [1, 2, 3]
    assert json.loads(home.receiver.messages[1].body) == {
        "type": "measurements.changed",
        "timestamp": "2026-11-01T12:00:00+00:00",
        "data": {
            "user": "jack",
            "sequence": 2,
            "at": "2026-11-01T12:00:00+00:00",
            "added": {"body-weight": {"2026-11-03": {"dateTime": "2026-11-03", "value": "82.4"}}},
        },
    }
    assert home.progress() == Progress(3, at=NOW)
    assert home.deliver() == Delivery()


def test_more_than_a_batch_goes_in_one_call(home: Home) -> None:
    home.add(*range(250))

    assert home.deliver() == Delivery(delivered=250, waiting=0)
    assert home.receiver.sequences == list(range(1, 251))


def test_ids_are_the_entrys_and_nobody_elses(home: Home) -> None:
    home.add(1, 2)
    home.deliver()
    home.replay(ReplayRequest(everything=True))
    first, second = home.receiver.messages[0].id, home.receiver.messages[1].id
    assert [message.id for message in home.receiver.messages] == [first, second] * 2
    assert first != second

    # Made again, the first change is another one.
    home.store.identities.remove("jack")
    home.store.identities.save("jack", {})
    home.save(Progress())
    home.add(1, now=NOW + timedelta(seconds=1))
    home.deliver()

    assert home.receiver.messages[-1].id not in (first, second)


def test_a_message_that_would_be_large_is_a_link(home: Home) -> None:
    small, large = (tuple(map(weight, range(count))) for count in (200, 400))
    home.apply(added=small)
    home.apply(changed=large)

    home.deliver()

    assert [len(body) < MAX_BODY_BYTES for body in home.receiver.bodies] == [True, True]
    whole, link = (json.loads(body)["data"] for body in home.receiver.bodies)
    assert len(whole["added"]["body-weight"]) == 200
    assert link == {
        "user": "jack",
        "sequence": 2,
        "pull": "https://relay.example/events?user=jack&after=1&limit=1",
    }


def test_who_was_away_longer_than_the_log_is_told_to_start_over(home: Home) -> None:
    home.add_daily(5)
    home.store.log.prune("jack", NOW + timedelta(days=3))

    assert home.deliver() == Delivery(delivered=5, waiting=0)

    kinds = [json.loads(body)["type"] for body in home.receiver.bodies]
    assert kinds == ["measurements.snapshot", "measurements.changed", "measurements.changed"]
    assert home.receiver.sequences == [3, 4, 5]


def test_the_schedule_is_kept_for_the_entry_that_fails(home: Home) -> None:
    """Every second in which something may happen, for a week; two entries wait."""
    home.receiver.trouble = AWAY
    home.add(1, 2)
    while home.clock.now < NOW + timedelta(days=7):
        deliver_due(home.context)
        progress = home.progress()
        assert progress.due is not None
        home.clock.now = progress.due - timedelta(seconds=1)
        assert due(home.context) == []
        home.clock.now = progress.due

    seconds = [round((tried - NOW).total_seconds()) for tried in home.receiver.attempts]
    schedule = list(accumulate(SCHEDULE_SECONDS))
    assert seconds[:10] == schedule
    assert [b - schedule[-1] for b in seconds[10:]] == [86_400 * n for n in range(1, 4)]
    assert progress.dead == (DeadLetters(1, 1),)

    home.receiver.trouble = None
    assert deliver_due(home.context)["jack"]["node-red"] == Delivery(delivered=1, waiting=1)
    assert home.receiver.sequences == [2]
    assert home.replay(ReplayRequest()) == {"node-red": Delivery(delivered=1, waiting=0)}
    assert home.receiver.sequences == [2, 1]
    assert home.progress().dead == ()


def test_a_failure_in_the_middle_keeps_what_arrived_and_the_order(home: Home) -> None:
    home.add(*range(10))

    def third_fails() -> None:
        if len(home.receiver.messages) == 2:
            home.receiver.trouble = AWAY

    home.receiver.meanwhile = third_fails
    delivery = home.deliver()
    assert (delivery.delivered, delivery.waiting) == (2, 8)
    home.receiver.meanwhile = lambda: None
    home.receiver.trouble = None
    assert home.deliver().delivered == 0
    home.clock.now += timedelta(seconds=5)

    assert home.deliver() == Delivery(delivered=8, waiting=0)
    assert home.receiver.sequences == list(range(1, 11))


def test_gone_is_the_end_until_the_owner_forces_it(home: Home) -> None:
    home.receiver.trouble = Refused("node-red", "gone")
    home.add(1)
    assert home.deliver().paused
    home.clock.now += timedelta(days=20)

    assert due(home.context) == []
    assert home.deliver().paused
    assert len(home.receiver.attempts) == 1
    home.receiver.trouble = None
    assert home.replay(ReplayRequest("node-red")) == {"node-red": Delivery(1, 0)}


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
    home: Home, request_: ReplayRequest, sequences: list[int]
) -> None:
    home.add(1, 2, 3, 4, 5)
    home.deliver()
    home.receiver.messages.clear()

    delivery = home.replay(request_)

    assert home.receiver.sequences == sequences
    assert delivery == {"node-red": Delivery(delivered=len(sequences), waiting=0)}


def test_a_replay_that_fails_says_so_and_leaves_the_rest_dead(home: Home) -> None:
    home.add(1, 2, 3)
    home.save(Progress(3, dead=(DeadLetters(1, 3),)))
    home.receiver.trouble = AWAY

    delivery = home.replay(ReplayRequest())["node-red"]

    assert (delivery.delivered, delivery.waiting, delivery.trouble) == (0, 3, AWAY.as_trouble(NOW))
    assert home.progress().dead == (DeadLetters(1, 3),)


def test_a_replay_ends_when_its_time_is_up_and_says_what_is_left(home: Home) -> None:
    home.add(1, 2, 3)
    home.save(Progress(3, dead=(DeadLetters(1, 3),)))
    until = NOW + timedelta(seconds=20)

    def take_ten_seconds() -> None:
        home.clock.now += timedelta(seconds=10)

    home.receiver.meanwhile = take_ten_seconds

    home.context = home.context._replace(until=until)
    delivery = home.replay(ReplayRequest("node-red"))["node-red"]

    assert home.receiver.sequences == [1, 2]
    assert (delivery.delivered, delivery.waiting, delivery.trouble) == (2, 1, None)
    assert home.progress().dead == (DeadLetters(3, 3),)


def test_what_waits_behind_a_replay_ends_in_the_same_time(home: Home) -> None:
    home.add(1, 2, 3, 4, 5)
    home.save(Progress(1, dead=(DeadLetters(1, 1),)))

    def take_ten_seconds() -> None:
        home.clock.now += timedelta(seconds=10)

    home.receiver.meanwhile = take_ten_seconds
    home.context = home.context._replace(until=NOW + timedelta(seconds=25))

    delivery = home.replay(ReplayRequest("node-red"))["node-red"]

    assert home.receiver.sequences == [1, 2, 3]
    assert (delivery.delivered, delivery.waiting) == (3, 2)
    assert home.progress().sequence == 3


def test_a_replay_for_one_target_leaves_the_others_alone(home: Home) -> None:
    home.add(1)
    home.save(Progress(0))
    home.context = home.context._replace(shared=[home.igor])

    assert [*home.replay(ReplayRequest("igor"))] == ["igor"]
    assert (len(home.igor.messages), home.receiver.attempts) == (1, [])
    assert [*home.replay(ReplayRequest("node-red"))] == ["node-red"]
    assert (len(home.igor.messages), home.receiver.sequences) == (1, [1])


def test_a_test_is_signed_for_its_target_and_leaves_its_progress(home: Home) -> None:
    home.add(1)
    home.save(Progress(0))
    home.receiver.trouble = AWAY
    with pytest.raises(TryLater):
        send_test("jack", "node-red", home.context)
    home.receiver.trouble = None

    send_test("jack", "node-red", home.context)

    (message,) = home.receiver.messages
    assert json.loads(message.body) == {
        "type": "measurements.test",
        "timestamp": "2026-11-01T12:00:00+00:00",
        "data": {"user": "jack", "test": True},
    }
    assert home.progress() == Progress(0)
    with pytest.raises(Unknown):
        send_test("jack", "igor", home.context)


def test_dead_letters_go_with_the_entries_they_are_about(home: Home) -> None:
    home.add_daily(5)
    home.save(Progress(4, dead=(DeadLetters(1, 4),)))

    assert prune(home.store.log, now=NOW + timedelta(days=32), days=30) == 2
    assert home.progress().dead == (DeadLetters(3, 4),)


def test_a_dead_letter_is_kept_so_long_from_its_death_on(home: Home) -> None:
    """It died after three days, and can be replayed for thirty days more."""
    home.add(1, 2, 3)
    home.receiver.trouble = AWAY
    while not home.progress().dead:
        home.clock.now = home.progress().due or NOW
        deliver_due(home.context)
    died = home.clock.now
    assert died == NOW + timedelta(seconds=sum(SCHEDULE_SECONDS))
    home.add(4, now=died)

    home.clock.now = died + timedelta(days=30) - timedelta(seconds=1)
    assert prune(home.store.log, now=home.clock.now, days=30) == 0
    home.receiver.trouble = None
    assert home.replay(ReplayRequest(first=1, last=1))["node-red"].waiting == 0
    assert home.receiver.sequences[0] == 1

    # Replayed, it is no letter any more, and the log forgets as ever.
    assert home.progress().died is None
    assert prune(home.store.log, now=home.clock.now, days=30) == 3


def test_and_not_longer(home: Home) -> None:
    home.add(1, 2, 3)
    died = NOW + timedelta(days=4)
    home.add(4, now=died)
    home.save(Progress(2, dead=(DeadLetters(1, 2),), died=died))
    home.store.log.save("jack", "igor", Progress(2, dead=(DeadLetters(1, 2),), died=died))

    assert prune(home.store.log, now=died + timedelta(days=30), days=30) == 3
    assert home.progress() == Progress(2)


def test_a_crash_costs_no_message_and_few_come_twice(home: Home) -> None:
    home.add(*range(50))

    def killed() -> None:
        if len(home.receiver.messages) == 40:
            raise KeyboardInterrupt

    home.receiver.meanwhile = killed
    with pytest.raises(KeyboardInterrupt):
        home.deliver()
    home.receiver.meanwhile = lambda: None

    home.deliver()

    ids = [message.id for message in home.receiver.messages]
    assert len(set(ids)) == 50
    assert len(ids) - 50 < SAVE_EVERY
    assert list(dict.fromkeys(home.receiver.sequences)) == list(range(1, 51))


def test_who_follows_nothing_gets_nothing(home: Home) -> None:
    """As when its making, or its removal, was cut short."""
    home.save(None)
    home.store.log.save("jack", "reader:script", Progress())
    home.store.log.save("jack", "igor", Progress())
    home.add(1)

    assert deliver("jack", home.context, force=True) == {}
    assert (due(home.context), home.receiver.messages) == ([], [])


def test_bad_words(home: Home) -> None:
    with pytest.raises(Unknown):
        replay("nobody", ReplayRequest(), home.context)
    with pytest.raises(BadRequest, match="no target other; there are: node-red"):
        home.replay(ReplayRequest("other"))
