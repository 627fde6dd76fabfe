"""A poll that brings nothing new leaves Igor as it was: so it may come four times an hour."""

from __future__ import annotations

from collections.abc import Callable
from xml.etree import ElementTree

import pytest

from healthrelay.flows.delivery.poll import new_poll_key
from tests.household import Household
from tests.igor.expected import FIRST_XML, JACK, PLUGIN, SENSOR, WEIGHTS, WEIGHTS_XML
from tests.igor.printed import install
from tests.igor.recorder import Recorder
from tests.igor.test_plugin import set_up
from tests.peers.igor import Igor
from tests.peers.igor_server import ADMIN

pytestmark = pytest.mark.peer

WATCHER = """\
<action>
  <name>watcher</name>
  <xpath>/data/sensors/fitbit</xpath>
  <xpath>/data/sensors/fitbit//*</xpath>
  <url>{url}/fired</url>
</action>"""
MARKED = '<jack mark="by hand">'
"""Igor ignores an attribute when it compares: it lasts as long as the element itself."""


def with_copytree(household: Household, igor: Igor) -> str:
    install(igor, "--new-key")
    return "healthrelay-jack"


def with_plugin(household: Household, igor: Igor) -> str:
    igor.install_plugin(PLUGIN)
    set_up(igor, household.url, jack=new_poll_key("jack", household.services.store.identities))
    return "healthrelay/poll"


@pytest.fixture(params=[with_copytree, with_plugin])
def poll(
    household: Household, any_igor: Igor, request: pytest.FixtureRequest
) -> Callable[[], object]:
    """Let Igor poll jack, whose first day it has already, and wait for the end of that."""
    household.connect(**WEIGHTS | {"end_date": "2026-06-02"})
    household.fetched()
    action = request.param(household, any_igor)
    any_igor.until(lambda: any_igor.status(SENSOR).get("lastActivity") is not None)

    def run() -> None:
        before = any_igor.status(SENSOR).get("lastActivity")
        any_igor.run_action(action)
        any_igor.until(lambda: any_igor.status(SENSOR).get("lastActivity") != before)
        any_igor.until(lambda: any_igor.status(SENSOR).get("alive") is True)
        any_igor.flush()

    run()
    return run


def saved(igor: Igor) -> str:
    """What Igor writes to its disk, but for when it did what."""
    igor.admin_get("/internal/save")
    tree = ElementTree.parse(igor.database / "database.xml").getroot()
    for parent in [*tree.iter()]:
        for child in [*parent]:
            if child.tag in ("status", "notBefore"):
                parent.remove(child)
    return ElementTree.canonicalize(ElementTree.tostring(tree))


def test_nothing_new_fires_no_watcher_and_rewrites_nothing(
    household: Household, any_igor: Igor, poll: Callable[[], object], recorder: Recorder
) -> None:
    marked = any_igor.data_xml(JACK).replace("<jack>", MARKED)
    any_igor.delete(f"/data/{JACK}", auth=ADMIN)
    xml = {"Content-Type": "application/xml"}
    any_igor.put(f"/data/{JACK}", data=marked.encode(), headers=xml, auth=ADMIN)
    any_igor.post_action(WATCHER.format(url=recorder.url))
    any_igor.flush()
    before, fired = saved(any_igor), len(recorder.seen)

    for _ in range(3):
        poll()

    assert len(recorder.seen) == fired
    assert any_igor.data_xml(JACK) == marked == f"{MARKED}{FIRST_XML}</jack>"
    assert saved(any_igor) == before

    household.fetched(end_date="2026-06-03")
    poll()

    any_igor.until(lambda: len(recorder.seen) > fired)
    assert any_igor.data_xml(JACK) == WEIGHTS_XML
