"""What would break Igor's database is cleaned before it is stored, so Igor lives on with it."""

from __future__ import annotations

import math
from collections.abc import Callable
from datetime import UTC, datetime

import pytest

from healthrelay.core.measurements.reading import Delta, parse
from healthrelay.flows.delivery.context import Delivery
from healthrelay.flows.delivery.deliver import deliver
from healthrelay.flows.delivery.poll import new_poll_key
from tests.household import Household
from tests.igor.expected import JACK, opening
from tests.igor.polling import Polling
from tests.peers.igor import Igor

pytestmark = [pytest.mark.peer, pytest.mark.xdist_group("igor")]

NOW = datetime(2026, 6, 3, 8, tzinfo=UTC)
DEEP: dict[str, object] = {"bottom": "too deep"}
for _ in range(60):
    DEEP = {"deeper": DEEP}
ELEMENT: dict[str, object] = {
    "dateTime": "2026-06-03",
    "value": "82.4",
    "note": "bell \x07, lone \ud800 and \udfff, last \uffff, delete \x7f, return \r, <&>\"' 🐘",
    "na\x01me": "a control character in a name",
    "\ud800": "a lone surrogate as a name",
    "@unit": "an attribute",
    "#text": "the text itself",
    "_e": "Igor's own escape",
    "2026-06-03": "no element may begin with a digit",
    "heart rate": "a blank",
    "": "no name at all",
    "nan": math.nan,
    "far": math.inf,
    "empty": None,
    "list": [1, math.nan, "two\x00", {"@x": 1, "kept": "three"}],
}
CLEANED = (
    "<jack><body-weight><dateTime>2026-06-03</dateTime><value>82.4</value>"
    "<note>bell , lone  and , last , delete , return , &lt;&amp;&gt;\"' 🐘</note>"
    "<nan></nan><far></far><empty></empty>"
    "<list>1</list><list></list><list>two</list><list><kept>three</kept></list>"
    "</body-weight></jack>"
)


def stored(household: Household, *elements: dict[str, object]) -> str:
    """Put *elements* into jack's store as a fetch would; the address to poll them at."""
    household.add("jack")
    store = household.services.store
    records, _ = parse("body-weight", elements)
    store.records.apply("jack", Delta(added=tuple(records)), NOW)
    key = new_poll_key("jack", store.identities)
    return f"{household.url}/relay?user=jack&key={key}"


def test_igor_stores_the_rest_saves_it_and_starts_again(household: Household, igor: Igor) -> None:
    url = stored(household, ELEMENT)

    Polling(igor, url).succeed()

    assert igor.data_xml(JACK) == CLEANED
    igor.admin_get("/internal/save")
    igor.restart()
    assert igor.data_xml(JACK) == CLEANED
    assert igor.admin_get("/data/services/igor/version") == "<version>0.99.1</version>"


def test_a_push_of_it_is_as_clean(household_with: Callable[..., Household], igor: Igor) -> None:
    household = household_with(**opening(igor))
    stored(household, ELEMENT)

    done = deliver("jack", household.services.delivery)

    assert done == {"igor": Delivery(delivered=1, waiting=0)}
    assert igor.data_xml(JACK) == CLEANED


def test_too_deep_a_nesting_is_cut_and_stored(household: Household, igor: Igor) -> None:
    url = stored(household, {"dateTime": "2026-06-03", "value": "82.4", "nested": DEEP})

    Polling(igor, url).succeed()

    xml = igor.data_xml(JACK)
    assert "too deep" not in xml
    assert 40 < xml.count("<deeper>") < 50
    assert xml.startswith("<jack><body-weight><dateTime>2026-06-03</dateTime><value>82.4</value>")
