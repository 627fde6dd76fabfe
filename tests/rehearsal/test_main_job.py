"""The main job through a deployment: invited, connected, fetched when due, in Igor's hands."""

from __future__ import annotations

from xml.etree import ElementTree

from tests.household import OWNER_KEY
from tests.peers.igor import Igor
from tests.rehearsal.cloud import REHEARSAL, Cloud

pytest_plugins = ["tests.peers.firestore"]
pytestmark = REHEARSAL

WEIGHTS = {
    "methods": "time_series",
    "resource": "body/weight",
    "period": "30d",
    "interval": "900",
}


def held(igor: Igor, user: str) -> list[tuple[str, str]]:
    """Day and weight of each element that Igor holds of *user*."""
    found = ElementTree.fromstring(igor.data_xml(f"sensors/fitbit/{user}"))
    return [
        (one.findtext("dateTime") or "", one.findtext("value") or "")
        for one in found.iterfind("body-weight")
    ]


def polled(cloud: Cloud, user: str) -> list[tuple[str, str]]:
    """The same as a poll with a new key gives it."""
    answer = cloud.get("relay", user=user, key=cloud.owner("user", "key", user))
    assert answer.status_code == 200, answer.text
    return [(one["dateTime"], one["value"]) for one in answer.json()[user]["body-weight"]]


def test_a_weight_goes_from_the_scale_to_igor(cloud: Cloud, igor: Igor) -> None:
    page = cloud.connect("jack", **WEIGHTS)
    assert "Jack is connected" in page

    ticked = cloud.ticked("fetch")
    assert ticked.status_code == 202, ticked.text + cloud.output()
    assert ticked.json()["troubles"] == {}
    cloud.tasks.until(lambda: cloud.done("deliver", "jack"))

    assert cloud.done("fetch", "jack")
    weights = held(igor, "jack")
    assert len(weights) > 20
    assert weights == polled(cloud, "jack")
    again = cloud.ticked("fetch")
    assert (again.status_code, again.json()["enqueued"]) == (200, 0)
    assert cloud.ticked("deliver").json()["people"] == {}
    assert "Traceback" not in cloud.output()
    assert OWNER_KEY not in cloud.output()
