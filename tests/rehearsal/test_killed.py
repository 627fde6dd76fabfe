"""Instances go away in the middle of their work; the next try or the next tick does it."""

from __future__ import annotations

from tests.peers.igor import Igor
from tests.peers.process import until
from tests.rehearsal.cloud import REHEARSAL, Cloud
from tests.rehearsal.test_main_job import WEIGHTS, held, polled

pytest_plugins = ["tests.peers.firestore"]
pytestmark = REHEARSAL


def test_a_fetch_that_is_killed_is_repaired_by_the_next_tick_and_the_next_try(
    cloud: Cloud, igor: Igor
) -> None:
    cloud.connect("emil", **WEIGHTS)
    fetch = cloud.functions["fetch"]

    def kill_in_the_fan_out() -> None:
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
        if one.body == "user=emil" and one.url.endswith("/fetch")
    ]
    assert tries[:2] == [503, 200]
    assert len(held(igor, "emil")) > 20
    assert held(igor, "emil") == polled(cloud, "emil")
