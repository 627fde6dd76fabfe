"""Every function as the framework loads it: one folder, one name, one thin entry point."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from healthrelay.assembly import services
from healthrelay.config import functions
from tests.household import FUNCTIONS, OWNER_KEY, Household, load_function

NAMES = sorted(entry.parent.name for entry in FUNCTIONS.glob("*/main.py"))
OWNER = {"Authorization": f"Bearer {OWNER_KEY}"}
SETTINGS = {
    "HEALTHRELAY_OWNER_KEY": OWNER_KEY,
    "HEALTHRELAY_CLIENT_ID": "a-client-id",
    "HEALTHRELAY_CLIENT_SECRET": "a-client-secret",
    "HEALTHRELAY_PUBLIC_URL": "https://relay.example",
}

Load = Callable[[str], FlaskClient]


@pytest.fixture
def load(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Load]:
    """Load a function's real `main.py`, with an empty store and no provider in reach."""
    settings = SETTINGS | {"HEALTHRELAY_STORE": f"sqlite:///{tmp_path}/healthrelay.db"}
    for name, value in settings.items():
        monkeypatch.setenv(name, value)
    services.cache_clear()

    def load(name: str) -> FlaskClient:
        client = load_function(name)
        client.application.config["SERVER_NAME"] = "relay.example"  # where browsers find it
        return client

    yield load
    services.cache_clear()


def test_the_functions_are_those_we_serve() -> None:
    assert set(NAMES) == set(functions())
    assert {"auth1", "auth2", "fetch", "deliver", "events", "relay", "setup"} <= set(NAMES)


@pytest.mark.parametrize("name", NAMES)
def test_an_entry_point_is_thin_and_named_like_its_folder(name: str) -> None:
    text = (FUNCTIONS / name / "main.py").read_text()

    assert len(text.splitlines()) <= 20
    assert f"\ndef {name}(request: Request) -> Response:\n" in text
    assert f"from healthrelay.web.{name} import view\n" in text


@pytest.mark.parametrize("name", NAMES)
def test_the_local_route_is_the_name(name: str, household: Household) -> None:
    assert household.get(name).status_code in (303, 400, 401)
    assert household.get(f"{name}/").status_code in (303, 400, 401)
    assert household.get(f"{name}s").status_code == 404
    # Who serves http on one machine must stay reachable there.
    assert "Strict-Transport-Security" not in household.get(name).headers


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("path", ["/", "/anything/below"])
def test_a_function_answers_at_every_path(load: Load, name: str, path: str) -> None:
    page = {"/": 303, "/anything/below": 404}
    known = {"setup": [page[path]]}
    assert load(name).get(path).status_code in known.get(name, [400, 401])


@pytest.mark.parametrize(
    ("name", "allowed"),
    [
        ("auth1", {"GET", "HEAD"}),
        ("auth2", {"GET"}),
        ("fetch", {"GET", "POST"}),
        ("deliver", {"GET", "POST"}),
        ("events", {"GET", "HEAD"}),
        ("relay", {"GET", "HEAD"}),
        ("setup", {"GET", "HEAD", "POST"}),
    ],
)
def test_other_methods_are_refused_with_the_right_ones(
    load: Load, name: str, allowed: set[str]
) -> None:
    client = load(name)
    refused = {"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"} - allowed

    for method in refused:
        answer: TestResponse = client.open("/?user=jack", method=method)
        assert answer.status_code == 405, method
        assert set(answer.headers["Allow"].split(", ")) == allowed
    for method in allowed:
        assert client.open("/?user=jack", method=method).status_code != 405, method


@pytest.mark.parametrize(
    ("name", "query", "status", "sentence"),
    [
        ("fetch", "?user=jack", 401, "The owner key is missing or wrong"),
        ("deliver", "", 401, "The owner key is missing or wrong"),
        ("events", "", 401, "Send the key in the address, or as Authorization: Bearer."),
        ("events", "?user=jack&key=k", 401, "The key is missing or wrong."),
        ("relay", "", 400, "Say which user: add user=NAME."),
        ("relay", "?user=../jack", 400, "A user name is 1 to 64 letters"),
        ("relay", "?user=jack&key=k", 401, "The key is missing or wrong."),
        ("setup", "?key=forged", 403, "Each printed link opens the page within ten minutes."),
        ("setup", "no/such", 404, "There is no such page"),
    ],
)
def test_strangers_get_a_status_and_a_sentence(
    load: Load, name: str, query: str, status: int, sentence: str
) -> None:
    answer = load(name).get(f"/{query}")

    assert answer.status_code == status
    assert sentence in answer.text
    assert answer.headers["Cache-Control"] == "no-store"
    assert answer.headers["Strict-Transport-Security"] == "max-age=31536000"


@pytest.mark.parametrize(
    ("name", "query", "status", "shown", "words"),
    [
        ("auth1", "", 400, 400, "Say which user: add user=NAME."),
        ("auth1", "?user=jack&invitation=forged", 403, 400, "The link is incomplete"),
        ("auth2", "", 400, 400, "The link is incomplete"),
        ("auth2", "?code=c&state=forged", 400, 400, "The link is incomplete"),
    ],
)
def test_strangers_at_the_way_to_the_provider_are_led_to_a_page(
    load: Load, name: str, query: str, status: int, shown: int, words: str
) -> None:
    answer = load(name).get(f"/{query}")

    assert answer.status_code == status
    assert answer.headers["Strict-Transport-Security"] == "max-age=31536000"
    assert answer.headers["Cache-Control"] == "no-store"
    place = answer.headers["Refresh"].partition("url=https://relay.example/setup/")[2]
    page = load("setup").get(f"/{place}")
    assert page.status_code == shown
    assert words in page.text


def test_the_owner_learns_that_nobody_is_there(load: Load) -> None:
    answer = load("fetch").get("/?user=jack", headers=OWNER)

    unknown = {"error": "There is no user jack.", "who": "caller", "cause": "unknown_user"}
    assert (answer.status_code, answer.get_json()) == (404, unknown)


def test_the_owner_is_sent_to_the_consent_page(load: Load) -> None:
    auth1 = load("auth1")
    services().store.identities.save("jack", {})

    answer = auth1.get("/?user=jack", headers=OWNER)

    assert answer.status_code == 302
    assert answer.headers["Location"].startswith("https://accounts.google.com/o/oauth2/v2/auth?")
    assert "redirect_uri=https%3A%2F%2Frelay.example%2Fauth2" in answer.headers["Location"]
    assert "Secure; HttpOnly" in answer.headers["Set-Cookie"]


@pytest.mark.parametrize("name", NAMES)
def test_invalid_settings_are_named(load: Load, name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HEALTHRELAY_PROVIDER", "another")

    answer = load(name).get("/?user=jack")

    assert answer.status_code == 500
    assert answer.get_json()["settings"] == ["HEALTHRELAY_PROVIDER"]
    assert "google_health, fitbit" in answer.get_json()["error"]
