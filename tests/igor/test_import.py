"""The move from the old plugin, out of a database that a real Igor wrote, and back into it."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable
from xml.etree import ElementTree

import pytest

from tests.household import Household
from tests.igor.conftest import KINDS
from tests.igor.expected import JACK
from tests.igor.old_plugin import (
    ALL,
    BODY_WEIGHT,
    HEART,
    STEPS,
    WEIGHT,
    save_database,
    serve,
    use_old_plugin,
)
from tests.igor.printed import igor_config, install, save_fragment
from tests.peers.igor import Igor
from tests.peers.igor_server import ADMIN

pytestmark = pytest.mark.peer


def import_igor(*words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "healthrelay", "import", "igor", *words],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def import_output(*words: str) -> str:
    done = import_igor(*words)
    assert (done.returncode, done.stderr) == (0, "")
    return done.stdout


@pytest.fixture
def old(make_igor: Callable[..., Igor], request: pytest.FixtureRequest) -> Igor:
    """Jack is served by the old plugin, in any kind of home."""
    igor = make_igor(**KINDS[getattr(request, "param", "capabilities")])
    use_old_plugin(igor)
    settings = {"methods": "time_series", "resource": "body/weight", "period": "1m"}
    serve(igor, "jack", ALL, **settings)
    return igor


@pytest.mark.parametrize("old", KINDS, indirect=True)
@pytest.mark.parametrize("settings", [{"HEALTHRELAY_SYSTEM": "en_US"}])
def test_after_the_move_igor_holds_the_same_pounds(household: Household, old: Igor) -> None:
    before = old.data_xml(JACK)
    import_output(save_database(old))
    old.delete('/data/actions/action[url="/plugin/fitbit%3Fuser=jack"]', auth=ADMIN)
    old.delete("/data/sensors/fitbit/jack", auth=ADMIN)

    install(old, "--new-key")

    old.until(lambda: old.status("sensors/fitbit").get("alive") is True)
    assert old.data_xml(JACK) == in_our_order(before).replace(">165.0<", ">165<")
    assert household.snapshot() == without_idle_zeros(ALL)


def test_the_fragment_settles_where_the_old_plugin_was(household: Household, old: Igor) -> None:
    import_output(save_database(old))
    old.put(f"/data/{JACK}", json={"jack": {}}, auth=ADMIN)

    plugin_fragment = igor_config("jack", "--new-key", "--fragment")
    save_fragment(old, "healthrelay-jack", plugin_fragment)

    old.until(lambda: "74.979" in old.data_xml(JACK))
    assert old.data_xml("sensors").count("<fitbit>") == 1


def without_idle_zeros(answer: dict[str, object]) -> object:
    """Return *answer* as it comes back from kilograms: a number, not how it was written."""
    return json.loads(json.dumps(answer).replace('"165.0"', '"165"'))


def in_our_order(xml: str) -> str:
    """Igor keeps the order of whoever wrote last; ours is by name."""
    root = ElementTree.fromstring(xml)
    root[:] = sorted(root, key=lambda element: element.tag)
    return ElementTree.canonicalize(ElementTree.tostring(root, "unicode"))


def test_pounds_become_what_the_household_measures_in(household: Household, old: Igor) -> None:
    output = import_output(save_database(old))

    snapshot = household.snapshot()
    assert snapshot["body-weight"] == [
        {"dateTime": "2020-01-01", "value": "74.979"},
        {"dateTime": "2020-01-02", "value": "74.843"},
    ]
    assert [entry["weight"] for entry in snapshot["weight"]] == [53.615, 53.705]
    assert snapshot["activities-steps"] == STEPS["activities-steps"]
    assert snapshot["activities-heart"] == HEART["activities-heart"]
    assert output == (
        "jack: created, with methods=time_series, resource=body/weight, period=1m.\n"
        "  weight: 2 taken over, 0 already known.\n"
        "  body-weight: 2 taken over, 0 already known.\n"
        "  activities-steps: 2 taken over, 0 already known.\n"
        "  activities-heart: 1 taken over, 0 already known.\n"
        "  The consent for the old plugin ends with it: jack must connect."
        " Next: healthrelay invite jack\n"
        "Not taken over from the plugin itself: client_id, client_secret, system."
        " healthrelay has its own registration and units.\n"
        "Delete the actions that call /plugin/fitbit in Igor; see docs/igor.md.\n"
    )


def test_a_second_time_changes_nothing(household: Household, old: Igor) -> None:
    database = save_database(old)
    import_output(database)
    before = household.poll().content
    head = household.services.store.log.head("jack")

    output = import_output(database)

    assert household.poll().content == before
    assert household.services.store.log.head("jack") == head
    assert "body-weight: 0 taken over, 2 already known." in output
    assert "jack: already existed, with methods=time_series" in output


def test_no_token_and_no_secret_is_taken_over_or_printed(household: Household, old: Igor) -> None:
    output = import_output(save_database(old))

    assert household.services.store.tokens.load("jack") is None
    assert household.services.store.identities.application() == {}
    for secret in ("old-access-token", "old-refresh-token", "old-client-secret", "22ABCD"):
        assert secret not in output


@pytest.mark.parametrize(
    "answer", [WEIGHT, BODY_WEIGHT, STEPS, HEART], ids=["weight", "body-weight", "steps", "heart"]
)
@pytest.mark.parametrize("settings", [{"HEALTHRELAY_SYSTEM": "en_US"}])
def test_each_answer_of_fitbit_comes_back_in_its_units(
    household: Household, igor: Igor, answer: dict[str, object]
) -> None:
    serve(igor, "jack", answer)

    import_output(save_database(igor))

    assert household.snapshot() == without_idle_zeros(answer)
    igor.delete("/data/identities/jack", auth=ADMIN)


def test_the_copy_under_the_older_name_is_found_too(household: Household, igor: Igor) -> None:
    igor.put("/data/sensors/_fitbit", json={}, auth=ADMIN)
    serve(igor, "jack", STEPS, plugin="_fitbit")

    output = import_output(save_database(igor))

    assert household.snapshot() == STEPS
    assert "/plugin/_fitbit" in output
    igor.delete("/data/sensors/_fitbit", auth=ADMIN)
    igor.delete("/data/identities/jack", auth=ADMIN)


def test_what_only_an_action_says_is_a_setting_too(household: Household, igor: Igor) -> None:
    serve(igor, "jack", STEPS, methods="get_bodyweight")
    for resource in ("body/weight", "activities/steps"):
        igor.post_action(
            f"<action><name>{resource.replace('/', '-')}</name><url>/plugin/fitbit?user=jack"
            f"&amp;methods=time_series&amp;resource={resource}&amp;period=1y</url></action>"
        )

    import_output(save_database(igor))

    assert household.services.store.identities.settings("jack") == {
        "methods": "time_series",
        "resource": "body/weight,activities/steps",
        "period": "1y",
    }
    igor.delete("/data/identities/jack", auth=ADMIN)


def test_a_database_without_the_plugin_is_reported(household: Household, igor: Igor) -> None:
    done = import_igor(save_database(igor))

    assert done.returncode == 2
    assert "has no people of the plugin fitbit or _fitbit." in done.stderr
