"""``/setup/settings`` and ``/setup/userSettings`` for scripts: the owner key, a form or JSON."""

from __future__ import annotations

import gzip
import json
import os
import subprocess
from collections.abc import Mapping
from typing import Any

import pytest
import requests

from healthrelay.flows.household.application import save_registration
from tests.household import OWNER_KEY, SECONDS, WEIGHTS, Household, result_of
from tests.receivers.test_relay_api import EXCHANGE, ROOT, parse
from tests.web.setup.conftest import Visitor
from tests.web.setup.test_start import ID, NO_CLIENT, secret_of, stored

SETTINGS, USER = "setup/settings", "setup/userSettings"
WRONG_KEY = "The owner key is missing or wrong: send it as Authorization: Bearer."


@pytest.fixture(params=["form", "json", "octets"])
def shape(request: pytest.FixtureRequest) -> str:
    """How a script writes what it sends."""
    found: str = request.param
    return found


def send(
    household: Household, path: str, values: Mapping[str, Any], shape: str = "json"
) -> requests.Response:
    """POST *values*; ``octets`` is JSON under the type that Cloud Scheduler gives it."""
    if shape == "form":
        return household.post(path, data=values)
    if shape == "json":
        return household.post(path, json=values)
    return household.post(path, kind="application/octet-stream", data=json.dumps(values))


def settings_of(household: Household, user: str = "jack") -> dict[str, str] | None:
    return household.services.store.identities.settings(user)


def assert_refused(answer: requests.Response, status: int, sentence: str, step: str = "") -> None:
    """See one sentence and what to do next, as JSON."""
    document = answer.json()
    assert (answer.status_code, document["error"]) == (status, sentence)
    assert document["next_step"] == (step or "Nothing was changed: correct it, and send it again.")
    assert "Set-Cookie" not in answer.headers


@NO_CLIENT
def test_a_client_and_units_are_kept(household: Household, shape: str) -> None:
    values = {"client_id": ID, "client_secret": secret_of(household), "system": "en_US"}

    answer = send(household, SETTINGS, values, shape)

    assert (answer.status_code, answer.json()) == (
        200,
        {"client_id": ID, "has_client_secret": True, "system": "en_US", "set_elsewhere": []},
    )
    assert answer.headers["Content-Type"] == "application/json"
    assert "Set-Cookie" not in answer.headers
    assert secret_of(household) not in answer.text
    household.connect(**WEIGHTS)  # with services that knew no client before
    household.fetched()
    assert float(household.snapshot()["body-weight"][-1]["value"]) > 150  # pounds


@NO_CLIENT
def test_what_is_not_sent_or_empty_stays_as_it_is(household: Household) -> None:
    send(household, SETTINGS, {"client_id": ID, "client_secret": secret_of(household)})
    before = stored(household)

    again = send(household, SETTINGS, {"client_id": ID, "client_secret": "", "system": ""})
    nothing = household.post(SETTINGS)

    assert (again.status_code, nothing.status_code) == (200, 200)
    assert again.json() == nothing.json() == {
        "client_id": ID, "has_client_secret": True, "system": "metric", "set_elsewhere": []
    }  # fmt: skip
    assert stored(household)["client_secret"] != ""
    assert stored(household).keys() == before.keys()


@NO_CLIENT
@pytest.mark.parametrize(
    ("values", "status", "sentence"),
    [
        ({"client_id": ID, "client_secret": "x"}, 422, "Google Health refuses this client secret."),
        ({"client_id": ID}, 422, "The client secret is missing."),
        ({"client_secret": "x"}, 422, "The client id is missing."),
        ({"system": "en_FR"}, 400, "system takes metric, en_US or en_GB."),
        (
            {"returnTo": "https://evil.example/"},
            400,
            "There is no setting 'returnTo'; client_id, client_secret, system are.",
        ),
        ({"client_id": [ID]}, 400, "The JSON body must be one object of texts and whole numbers."),
    ],
)
def test_what_cannot_be_is_refused_whole(
    household: Household, values: dict[str, Any], status: int, sentence: str
) -> None:
    answer = send(household, SETTINGS, {"system": "en_GB"} | values)

    assert_refused(answer, status, sentence)
    assert stored(household) == {}


@pytest.mark.parametrize("settings", [{"HEALTHRELAY_SYSTEM": "en_GB"}])
@pytest.mark.parametrize(
    ("name", "value"), [("client_id", "another"), ("client_secret", "x"), ("system", "metric")]
)
def test_the_environment_wins(household: Household, name: str, value: str) -> None:
    variable = f"HEALTHRELAY_{name.upper()}"

    answer = send(household, SETTINGS, {name: value})

    sentence = f"{variable} is set where healthrelay runs, and wins."
    assert_refused(answer, 400, sentence, f"Change {variable} there, or take it away there first.")
    same = send(household, SETTINGS, {"client_id": ID, "system": "en_GB"})
    assert same.json() == {
        "client_id": ID,
        "has_client_secret": True,
        "system": "en_GB",
        "set_elsewhere": ["client_id", "client_secret", "system"],
    }
    assert stored(household).keys() & {"client_id", "client_secret", "system"} == set()


def test_a_secret_is_not_taken_from_an_address(household: Household) -> None:
    answer = household.post(f"{SETTINGS}?client_secret=x")

    sentence = "Send the settings in the body: an address ends up in logs."
    assert_refused(answer, 400, sentence)


def test_a_person_is_made_and_changed(household: Household, shape: str) -> None:
    first = {"user": "jack", "methods": "time_series", "resource": "body/weight"}
    made = send(household, USER, first | {"period": "1m"}, shape)
    new_field = {"_newName": "interval", "_newValue": "900"}
    changed = send(household, USER, {"user": "jack", "period": "", **new_field}, shape)

    settings = {"methods": "time_series", "resource": "body/weight"}
    assert (made.status_code, made.json()) == (
        201,
        {"user": "jack", "settings": settings | {"period": "1m"}, "missing": []},
    )
    after = settings | {"interval": "900"}
    assert (changed.status_code, changed.json()) == (
        200,
        {"user": "jack", "settings": after, "missing": []},
    )
    assert settings_of(household) == after
    assert "Set-Cookie" not in changed.headers


def test_the_answer_is_that_of_the_command_line(household: Household) -> None:
    household.connect("jack", methods="sleep")

    answer = send(household, USER, {"user": "jack", "methods": "sleep,get_bodyfat"}).json()

    assert answer["missing"] == ["weight and heart"] or len(answer["missing"]) == 1
    assert answer == result_of("user", "set", "jack", "--set", "period=")


@pytest.mark.parametrize(
    ("values", "sentence"),
    [
        ({"methods": "log_activity"}, None),
        ({"token": "x"}, None),
        ({"interval": 60}, "interval takes 900 to 604800 seconds."),
        ({"timezone": "Amsterdam"}, "timezone takes a name like Europe/Amsterdam."),
        (
            {"_newName": "period", "_newValue": "1w", "period": "1m"},
            "_newName takes a name that does not come with it otherwise.",
        ),
        ({"_newValue": "1w"}, "_newName takes a name that does not come with it otherwise."),
        ({"delete": "perhaps"}, "delete is true or false."),
        ({"delete": True, "period": "1m"}, "With delete there is only user."),
        ({"user": ""}, "Say which user: add user=NAME."),
    ],
)
@pytest.mark.parametrize("exists", [False, True])
def test_what_no_fetch_could_use_is_refused(
    household: Household, values: dict[str, Any], sentence: str | None, exists: bool
) -> None:
    if exists:
        household.add("jack", **WEIGHTS)

    answer = send(household, USER, {"user": "jack"} | values)

    assert_refused(answer, 400, sentence or answer.json()["error"])
    assert settings_of(household) == (WEIGHTS if exists else None)


def test_a_person_is_erased_with_a_receipt(household: Household, shape: str) -> None:
    household.connect("jack", **WEIGHTS)
    household.fetched()
    value = "true" if shape == "form" else True

    answer = send(household, USER, {"user": "jack", "delete": value}, shape)

    receipt = answer.json()
    assert (answer.status_code, receipt["user"]) == (200, "jack")
    assert receipt["removed"]["records"]["body-weight"] > 0
    assert receipt["provider"] == "Google Health has ended the grant."
    assert settings_of(household) is None
    again = send(household, USER, {"user": "jack", "delete": "true"}, shape)
    assert_refused(again, 404, "There is no user jack.")


@pytest.mark.parametrize("path", [SETTINGS, USER])
@pytest.mark.parametrize("key", ["", "wrong", OWNER_KEY[:-1]])
def test_nobody_without_the_key_changes_anything(household: Household, path: str, key: str) -> None:
    values = {"user": "jack", "system": "en_US"}
    headers = {"Authorization": f"Bearer {key}"} if key else {}

    answer = requests.post(f"{household.url}/{path}", json=values, headers=headers, timeout=SECONDS)

    assert_refused(answer, 401, WRONG_KEY)
    assert answer.headers["WWW-Authenticate"] == 'Bearer realm="healthrelay"'
    assert (settings_of(household), stored(household)) == (None, {})


@pytest.mark.parametrize(
    ("kind", "body", "status"),
    [
        ("text/plain", b"user=jack", 415),
        ("application/json", gzip.compress(b'{"user": "jack"}', mtime=0), 400),
        ("application/json", b'{"user": "jack"', 400),
        ("application/json", b'{"user": ' + b"[" * 15_000, 400),
        ("application/json", b" " * 16_385, 413),
    ],
)
def test_a_body_that_cannot_be_read_is_refused_in_json(
    household: Household, kind: str, body: bytes, status: int
) -> None:
    answer = household.post(USER, kind=kind, data=body)

    assert answer.status_code == status
    assert answer.json()["error"].endswith(".")
    assert answer.json()["next_step"]
    assert settings_of(household) is None


def test_a_browser_needs_its_forms_token_and_is_led_to_a_page(owner: Visitor) -> None:
    household = owner.household
    without = owner.press("userSettings", token="", user="jack")
    assert without.status_code == 403
    assert settings_of(household) is None

    done = owner.press("userSettings", page="settings", user="jack", period="1w")
    erased = owner.press("userSettings", page="settings", user="jack", delete="true")

    assert (done.status_code, done.headers["Location"]) == (303, "/setup/people/jack/settings")
    assert (erased.status_code, erased.headers["Location"]) == (303, "/setup/people/jack/erase")
    assert settings_of(household) == {"period": "1w"}


def test_a_wrong_key_does_not_fall_back_to_the_cookie(owner: Visitor) -> None:
    household = owner.household
    page = owner.open("settings")

    answer = owner.session.post(
        f"{household.url}/{SETTINGS}",
        data={"system": "en_US", "csrf": page.text},
        headers={"Authorization": "Bearer wrong"},
        timeout=SECONDS,
        allow_redirects=False,
    )

    assert_refused(answer, 401, WRONG_KEY)
    assert "system" not in stored(household)


def test_a_key_opens_nothing_else_of_the_page(household: Household) -> None:
    for path in ("people", "project", "igor"):
        answer = household.post(f"setup/{path}", data={"user": "mia", "read": "weight"})
        assert answer.status_code in (401, 403)
    assert settings_of(household, "mia") is None


@NO_CLIENT
@pytest.mark.peer
def test_requests_are_answered_as_the_page_shows(household: Household) -> None:
    services = household.services
    client = "1234-abcd.apps.googleusercontent.com"
    save_registration(client, "a secret", services.store.identities, services.vault)
    page = (ROOT / "docs" / "functions.md").read_text()
    exchanges = EXCHANGE.findall(page)
    assert len(exchanges) == page.count("```http\nHTTP") == page.count("```\ncurl") == 3

    for command, printed in exchanges:
        line = command.replace("http://127.0.0.1:8080", household.url)
        env = {"PATH": os.environ["PATH"], "KEY": OWNER_KEY}
        done = subprocess.run(["bash", "-c", line], env=env, capture_output=True, check=True)

        status, headers, body = parse(done.stdout.decode())
        shown_status, shown_headers, shown_body = parse(printed)
        assert (command, status, body) == (command, shown_status, shown_body)
        assert shown_headers.items() <= headers.items()
