"""The main job through a deployment: invited, connected, fetched when due, in Igor's hands."""

from __future__ import annotations

import json
import re
from urllib.parse import unquote
from xml.etree import ElementTree

from tests.household import OWNER_KEY
from tests.peers.igor import Igor
from tests.rehearsal.cloud import REHEARSAL, SECONDS, Cloud

pytestmark = REHEARSAL

WEIGHTS = {"methods": "time_series", "resource": "body/weight", "period": "30d", "interval": "900"}


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


def test_the_steps_of_the_guide_bring_the_first_weight(cloud: Cloud, igor: Igor) -> None:
    """What docs/deploy.md has the owner do once everything is deployed."""
    cloud.connect("ida", **WEIGHTS)

    # The page after the consent asks for the first fetch.
    cloud.tasks.until(lambda: cloud.done("deliver", "ida"))
    result = json.loads(cloud.owner("fetch", "ida", "--json"))["result"]
    guide = unquote(cloud.owner("igor-config", "ida", "--new-key"))

    assert (result["delivered"], result["connection"]["state"]) == (0, "connected")
    assert cloud.owner("doctor", "ida").startswith("ida: connected")
    assert len(held(igor, "ida")) == result["series"]["body-weight"]["count"]
    address = re.search(rf"{re.escape(cloud.url)}/relay\?user=ida&key=[\w-]+", guide)
    assert address, guide
    with cloud.browser() as browser:
        assert browser.get(address[0], timeout=SECONDS).status_code == 200


def test_a_weight_goes_from_the_scale_to_igor(cloud: Cloud, igor: Igor) -> None:
    page = cloud.connect("jack", **WEIGHTS)
    assert "Jack is connected" in page

    ticked = cloud.ticked("fetch")
    assert ticked.ok, ticked.text + cloud.output()
    assert ticked.json()["troubles"] == {}
    # The delivery may be done before the fetch that handed it on has answered.
    cloud.tasks.until(lambda: cloud.done("deliver", "jack") and cloud.done("fetch", "jack"))

    weights = held(igor, "jack")
    assert len(weights) > 20
    assert weights == polled(cloud, "jack")
    first = set(cloud.tasks.created)
    cloud.ticked("fetch")
    assert first & set(cloud.tasks.known)  # a second tick doubles none of them
    assert len(cloud.tasks.created) == len(set(cloud.tasks.created))
    assert cloud.ticked("deliver").json()["people"] == {}
    assert "Traceback" not in cloud.output()
    assert OWNER_KEY not in cloud.output()
