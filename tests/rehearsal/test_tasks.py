"""What goes by tasks of their own: retries, what readers have, and work that was cut short."""

from __future__ import annotations

from datetime import UTC, datetime
from itertools import count

from tests.igor.recorder import Recorder, Say
from tests.peers.igor import Igor
from tests.peers.process import until
from tests.rehearsal.cloud import REHEARSAL, SECONDS, Cloud
from tests.rehearsal.test_main_job import WEIGHTS, held, polled

pytestmark = REHEARSAL


def test_a_target_that_was_away_is_tried_at_the_time_that_the_schedule_names(cloud: Cloud) -> None:
    cloud.connect("nora", look=False, **WEIGHTS)
    with Recorder() as receiver:
        receiver.say = Say(503)
        cloud.owner("relay", "add", "nora", receiver.url, "--name", "shed", "--allow-private")
        cloud.ticked("fetch")
        until(lambda: bool(receiver.seen), SECONDS)
        receiver.say = Say(200)
        cloud.tasks.until(lambda: any("-retry-" in one.name for one in cloud.tasks.tries))

    first, second = receiver.seen
    assert second.headers["webhook-id"] == first.headers["webhook-id"]
    assert second.body == first.body
    (retry,) = [one for one in cloud.tasks.tries if "-retry-" in one.name]
    named = datetime.strptime(retry.name.partition("-retry-")[2], "%Y%m%dT%H%M%S-%f")
    assert retry.at >= named.replace(tzinfo=UTC).timestamp()
    assert retry.status == 200


def test_what_a_reader_has_is_handed_to_who_may_write_it(cloud: Cloud) -> None:
    cloud.connect("rosa", **WEIGHTS)
    cloud.ticked("fetch")
    cloud.tasks.until(lambda: cloud.done("deliver", "rosa"))
    mine = {"user": "rosa", "key": cloud.owner("user", "key", "rosa"), "reader": "car"}
    head = cloud.get("events", **mine).json()["head"]

    noted = cloud.ask("POST", "relay/ack", params=mine, data={"cursor": str(head)})
    cloud.tasks.until(lambda: any("reader=car" in one.body for one in cloud.tasks.tries))

    assert noted.status_code == 202, noted.text
    assert head >= 1
    page = cloud.get("events", **mine).json()
    assert (page["after"], page["events"]) == (head, [])


def test_a_fetch_that_is_killed_is_repaired_by_the_next_tick_and_the_next_try(
    cloud: Cloud, igor: Igor
) -> None:
    cloud.connect("emil", look=False, **WEIGHTS)
    fetch = cloud.functions["fetch"]

    calls = count()

    def kill_in_the_fan_out() -> None:
        if next(calls) == 0:  # the calls for others come at the same time, or after the new start
            fetch.kill()
        raise ConnectionError

    cloud.tasks.hold = kill_in_the_fan_out
    killed = cloud.tick("fetch")
    cloud.tasks.hold = lambda: None

    assert killed.status_code == 503
    assert not cloud.done("fetch", "emil")

    cloud.sandbox.reset()
    cloud.sandbox.fail("/dataTypes/", mode="slow", pause=1.0)
    repaired = cloud.ticked("fetch")
    assert repaired.json()["troubles"] == {}
    until(lambda: any("/dataTypes/" in one.path for one in cloud.sandbox.journal))
    fetch.kill()
    cloud.tasks.until(lambda: cloud.done("deliver", "emil") and cloud.done("fetch", "emil"))

    tries = [
        one.status
        for one in cloud.tasks.tries
        if one.body == "user=emil" and one.url == cloud.deployment.inside("fetch")
    ]
    assert tries[:2] == [503, 200]
    assert len(held(igor, "emil")) > 20
    assert held(igor, "emil") == polled(cloud, "emil")
