"""The optional plugin, installed into a real Igor as its readme says, and run by it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from healthrelay.flows.delivery.poll import new_poll_key
from tests.household import Household
from tests.igor.certificates import self_signed
from tests.igor.expected import (
    JACK,
    KEPT,
    KEPT_XML,
    ONE,
    ONE_XML,
    PLUGIN,
    SENSOR,
    WEIGHTS,
    WEIGHTS_XML,
)
from tests.igor.recorder import Recorder, Say
from tests.peers.igor import Igor
from tests.peers.igor_server import ADMIN

pytestmark = pytest.mark.peer

KEY = "a-poll-key-that-must-stay-hidden"
SETUP_PAGE = "/plugin/healthrelay/page/setup.html"


def save(igor: Igor, **values: str) -> None:
    """Put *values* where the plugin has its own data."""
    plain = {"Content-Type": "text/plain"}
    for path, value in values.items():
        place = f"/data/plugindata/healthrelay/{path}"
        answer = igor.put(place, data=value.encode(), headers=plain, auth=ADMIN)
        assert answer.status_code == 200, answer.text


def set_up(igor: Igor, url: str, **keys: str) -> None:
    """What the setup page sends for the owner."""
    save(igor, url=url, **{f"keys/{user}": key for user, key in keys.items()})


def run_by_schedule(igor: Igor, alive: bool) -> str:
    """Let the plugin's own action run, with the plugin's own rights; what Igor noted."""
    before = igor.status(SENSOR).get("lastActivity")
    igor.admin_get("/action/healthrelay/poll")
    igor.until(lambda: igor.status(SENSOR).get("lastActivity") != before)
    igor.until(lambda: (igor.status(SENSOR).get("alive") is True) == alive)
    igor.flush()
    return str(igor.status(SENSOR)["errorMessage"])


def keep(igor: Igor, user: str = "jack") -> None:
    igor.put(f"/data/{SENSOR}/{user}", json={user: KEPT}, auth=ADMIN)


def test_igor_runs_it_and_holds_what_the_old_plugin_stored(
    household: Household, any_igor: Igor
) -> None:
    household.connect(**WEIGHTS)
    household.fetched()
    keep(any_igor, "amy")
    any_igor.install_plugin(PLUGIN)
    key = new_poll_key("jack", household.services.store.identities)
    set_up(any_igor, household.url, jack=key)

    run_by_schedule(any_igor, alive=True)

    assert any_igor.data_xml(JACK) == WEIGHTS_XML
    assert any_igor.data_xml(f"{SENSOR}/amy") == KEPT_XML.replace("jack>", "amy>")
    any_igor.restart()
    run_by_schedule(any_igor, alive=True)
    assert any_igor.data_xml(JACK) == WEIGHTS_XML
    assert key not in any_igor.output()


@pytest.fixture
def plugged(make_igor: Callable[..., Igor], recorder: Recorder) -> Igor:
    """An Igor with the plugin, which asks the recorder for jack, of whom it has something."""
    igor = make_igor()
    igor.install_plugin(PLUGIN)
    set_up(igor, recorder.url, jack=KEY)
    keep(igor)
    return igor


def test_the_key_goes_in_a_header_and_nowhere_else(plugged: Igor, recorder: Recorder) -> None:
    recorder.say = Say(200, ONE)

    run_by_schedule(plugged, alive=True)

    asked = recorder.seen[-1]
    assert (asked.method, asked.target) == ("GET", "/relay?user=jack")
    assert asked.headers["authorization"] == f"Bearer {KEY}"
    assert plugged.data_xml(JACK) == ONE_XML


def deep(levels: int) -> bytes:
    return b'{"jack":' + b'{"a":' * levels + b"1" + b"}" * levels + b"}"


def test_a_bad_answer_leaves_what_igor_has_and_tells_no_key(
    plugged: Igor, recorder: Recorder
) -> None:
    for say, reason in (
        (Say(401, b"no"), "healthrelay answered 401"),
        (Say(503, ONE), "healthrelay answered 503"),
        (Say(204), "healthrelay answered 204"),
        (Say(302, b"", {"Location": "/relay?user=jack"}), "healthrelay answered 302"),
        (Say(200, b""), "the answer is not JSON"),
        (Say(200, b'{"jack":{"body-weight":[{"val'), "the answer is not JSON"),
        (Say(200, b"[]"), "the answer is for somebody else"),
        (Say(200, b"{}"), "the answer is for somebody else"),
        (Say(200, b'{"amy":{"body-weight":[{"value":"1"}]}}'), "the answer is for somebody else"),
        (Say(200, b'{"jack":{}}'), "the answer is empty"),
        (Say(200, b'{"jack":{"body-weight":[]}}'), "the answer is empty"),
        (Say(200, b'{"jack":[1]}'), "the answer is empty"),
        (Say(200, b'{"jack":{"a\\u0001":[1]}}'), "what Igor cannot store"),
        (Say(200, b'{"jack":{"b":[{"@x":1}]}}'), "what Igor cannot store"),
        (Say(200, deep(5000)), "the answer is not JSON"),
        (Say(200, deep(100)), "what Igor cannot store"),
    ):
        recorder.say = say

        noted = run_by_schedule(plugged, alive=False)

        assert reason in noted, say
        assert plugged.data_xml(JACK) == KEPT_XML, say
    everything = plugged.get("/data/status", headers={"Accept": "application/xml"}).text
    assert "sensors" in everything
    assert KEY not in everything + plugged.output()


def test_a_relay_that_is_down_is_named_without_its_address(plugged: Igor) -> None:
    set_up(plugged, "http://127.0.0.1:9")

    noted = run_by_schedule(plugged, alive=False)

    assert "healthrelay: jack: ConnectionError" in noted
    assert "127.0.0.1" not in noted
    assert plugged.data_xml(JACK) == KEPT_XML


def test_a_key_that_cannot_be_sent_is_not_shown_either(plugged: Igor, recorder: Recorder) -> None:
    set_up(plugged, recorder.url, jack="schlüssel-€")

    noted = run_by_schedule(plugged, alive=False)

    assert "UnicodeEncodeError" in noted
    assert "€" not in noted
    assert recorder.seen == []


def test_one_persons_trouble_is_nobody_elses(household: Household, plugged: Igor) -> None:
    household.connect(**WEIGHTS)
    household.fetched()
    household.connect("zoe", **WEIGHTS)
    household.fetched("zoe")
    key = new_poll_key("zoe", household.services.store.identities)
    set_up(plugged, household.url, zoe=key)

    noted = run_by_schedule(plugged, alive=False)

    assert "502 healthrelay: jack: healthrelay answered 401" in noted
    assert "zoe" not in noted
    assert plugged.data_xml(JACK) == KEPT_XML
    weights = household.snapshot("zoe")["body-weight"]
    assert plugged.data_xml(f"{SENSOR}/zoe") == "<zoe>{}</zoe>".format(
        "".join(
            f"<body-weight><dateTime>{one['dateTime']}</dateTime><value>{one['value']}</value>"
            "</body-weight>"
            for one in weights
        )
    )
    assert len(weights) == WEIGHTS_XML.count("<body-weight>")


def test_one_person_can_be_fetched_and_a_stranger_not(plugged: Igor, recorder: Recorder) -> None:
    recorder.say = Say(200, ONE)

    assert plugged.admin_get("/plugin/healthrelay", user="jack") == "ok"
    strange = plugged.get("/plugin/healthrelay", params={"user": "../x"}, auth=ADMIN)

    assert strange.status_code == 404
    assert len(recorder.seen) == 1


def test_before_it_is_set_up_it_says_where(make_igor: Callable[..., Igor]) -> None:
    igor = make_igor()
    igor.install_plugin(PLUGIN)

    noted = run_by_schedule(igor, alive=False)

    assert "see page/setup.html" in noted
    page = igor.admin_get(SETUP_PAGE)
    assert "nobody yet" in page
    assert "no address yet" in page


def test_the_setup_page_shows_people_but_no_key(plugged: Igor, recorder: Recorder) -> None:
    set_up(plugged, "http://<b>", zoe=KEY)

    page = plugged.admin_get(SETUP_PAGE, user="<script>")

    assert "sensors/fitbit/jack</a>" in page
    assert "sensors/fitbit/zoe</a>" in page
    assert "http://&lt;b&gt;" in page
    assert page.count("<script>") == 1
    assert KEY not in page


def test_what_looks_private_cannot_be_called(plugged: Igor, recorder: Recorder) -> None:
    for method in ("_fail", "_store", "igor", "data", "__init__"):
        answer = plugged.get(f"/plugin/healthrelay/{method}", params={"sentence": "200 x"})
        assert answer.status_code >= 400, method
    assert plugged.data_xml(JACK) == KEPT_XML


def test_a_relay_behind_tls_is_verified(plugged: Igor, tmp_path: Path) -> None:
    certificate = self_signed(tmp_path)
    with Recorder(certificate) as secure:
        secure.say = Say(200, ONE)
        set_up(plugged, secure.url, jack=KEY)

        assert "SSLError" in run_by_schedule(plugged, alive=False)
        assert secure.seen == []
        assert plugged.data_xml(JACK) == KEPT_XML
        save(plugged, ca=str(certificate))
        run_by_schedule(plugged, alive=True)

    assert plugged.data_xml(JACK) == ONE_XML
