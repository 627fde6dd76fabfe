"""``?health``: well, or what is wrong and who must act; nothing of any person."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from flask.testing import FlaskClient

from healthrelay.assembly import services
from healthrelay.assembly.providers import client_id
from healthrelay.commands import deployment
from healthrelay.core.errors import NO_STORE_CLIENT, NotConfigured
from healthrelay.ports.store import Identities
from tests.household import OWNER_KEY, Household, load_function, result_of
from tests.igor.recorder import Recorder, Say

OPEN, CLOSED = ["auth1", "auth2", "events", "relay", "setup"], ["deliver", "fetch"]
CLOUD = {
    "HEALTHRELAY_STORE": "firestore",
    "HEALTHRELAY_PUBLIC_URL": "https://relay.example",
    "HEALTHRELAY_CLIENT_ID": "a-client-id",
    "HEALTHRELAY_OWNER_KEY": OWNER_KEY,
}
Deployed = Callable[[str], FlaskClient]


@pytest.fixture
def deployed(monkeypatch: pytest.MonkeyPatch) -> Iterator[Deployed]:
    """A function that is told it is alone, over a Firestore that is not there."""
    for name, value in CLOUD.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setenv("FIRESTORE_EMULATOR_HOST", "127.0.0.1:1")
    monkeypatch.setenv("GOOGLE_CLOUD_PROJECT", "demo-health")
    services.cache_clear()

    def load(name: str) -> FlaskClient:
        monkeypatch.setenv("K_SERVICE", name)
        return load_function(name)

    yield load
    services.cache_clear()


@pytest.mark.parametrize("name", OPEN)
def test_anybody_hears_that_a_public_function_is_well(household: Household, name: str) -> None:
    answer = household.get(f"{name}?health")

    assert (answer.status_code, answer.json()) == (200, {"status": "pass", "function": name})
    assert answer.headers["Cache-Control"] == "no-store"
    assert answer.headers["Content-Type"] == "application/health+json"


@pytest.mark.parametrize("name", CLOSED)
def test_of_a_private_function_who_may_call_it_hears(household: Household, name: str) -> None:
    stranger = household.get(f"{name}?health")
    owner = household.get(f"{name}?health", bearer=OWNER_KEY)

    assert (stranger.status_code, stranger.headers["Content-Type"]) == (401, "application/json")
    assert (owner.status_code, owner.json()["status"]) == (200, "pass")


def test_a_store_that_is_away_makes_relay_unwell_and_nobody_must_act(deployed: Deployed) -> None:
    answer = deployed("relay").get("/?health")

    assert answer.status_code == 503
    assert answer.headers["Retry-After"]
    told = answer.get_json()
    assert answer.content_type == "application/health+json"
    assert (told["status"], told["who"], told["cause"]) == ("fail", "nobody", "try_later")
    assert "Firestore could not be reached" in told["error"]


def test_auth1_is_well_without_any_store(deployed: Deployed) -> None:
    assert deployed("auth1").get("/?health").status_code == 200
    assert "store" not in vars(services())


def test_settings_that_are_missing_are_named_to_whoever_must_give_them(
    deployed: Deployed, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("HEALTHRELAY_OWNER_KEY")
    monkeypatch.delenv("HEALTHRELAY_PUBLIC_URL")

    answer = deployed("auth1").get("/?health")

    assert answer.status_code == 503
    assert answer.get_json()["who"] == "owner"
    assert answer.get_json()["settings"] == ["HEALTHRELAY_PUBLIC_URL", "HEALTHRELAY_OWNER_KEY"]


def test_health_is_asked_for_with_nothing_beside_it(household: Household) -> None:
    assert household.get("relay?health&user=jack").status_code == 401
    assert household.get("relay?user=jack&health").status_code == 401


def test_the_doctor_tells_what_each_function_says(household: Household) -> None:
    said = result_of("doctor", "--url", household.url)

    assert said == dict.fromkeys([*OPEN, *CLOSED, "setup"], "")


@pytest.mark.parametrize(
    ("say", "of_relay"),
    [
        (
            Say(503, b'{"error": "Invalid settings: X is missing.", "who": "owner"}'),
            "Invalid settings: X is missing. (owner must act)",
        ),
        (Say(200, b"<html>"), "answers 200, and does not say that it is well"),
        (Say(200, b'{"status": "pass", "function": "auth1"}'), "answers 200, and does not say"),
        (Say(404), "answers 404, and does not say that it is well"),
        (Say(502, b"bad gateway"), "answers 502, and does not say that it is well"),
    ],
)
def test_the_doctor_tells_what_is_wrong(say: Say, of_relay: str) -> None:
    with Recorder() as recorder:
        recorder.say = say
        found = deployment.find_problems(recorder.url)

    assert found["relay"].startswith(of_relay)
    assert recorder.seen[0].target == "/auth1?health"
    if say.status == 200:
        assert found["fetch"] == "lets a stranger in (200)"


def test_a_function_that_opens_no_store_and_is_not_registered_asks_for_that() -> None:
    def closed() -> Identities:
        raise NotConfigured("There is no client for the store.").with_cause(NO_STORE_CLIENT)

    with pytest.raises(NotConfigured, match="not registered with Google Health yet") as caught:
        client_id(closed, "Google Health")

    assert caught.value.names == ("HEALTHRELAY_CLIENT_ID", "HEALTHRELAY_CLIENT_SECRET")
