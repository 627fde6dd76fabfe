"""Nothing secret is ever shown: not in an answer, a header, a log line or a file."""

from __future__ import annotations

import base64
import io
import secrets
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest
import requests

from healthrelay.__main__ import main
from healthrelay.core.grants.authorization import verifier
from healthrelay.flows.grants.signed import SignedNotes
from healthrelay.local.consent_page import allow_page
from sandbox import Sandbox
from tests.household import OWNER_KEY, SECONDS, Household
from tests.peers.process import free_port

SEALING = base64.urlsafe_b64encode(secrets.token_bytes(32)).decode()
IGOR_TOKEN = secrets.token_urlsafe(30)


@pytest.fixture
def settings() -> dict[str, str]:
    return {
        "HEALTHRELAY_SEALING_KEYS": f"k1:{SEALING}",
        "HEALTHRELAY_IGOR_URL": f"http://127.0.0.1:{free_port()}",
        "HEALTHRELAY_IGOR_TOKEN": IGOR_TOKEN,
    }


@pytest.fixture(params=["google_health", "fitbit"])
def provider(request: pytest.FixtureRequest) -> str:
    return str(request.param)


def walk(household: Household, sandbox: Sandbox) -> tuple[list[requests.Response], set[str]]:
    """Every path, good and bad; returns all answers and every secret that was about."""
    answers: list[requests.Response] = []
    household.add("jack", methods="time_series", resource="body/weight")
    with requests.Session() as browser:
        browser.hooks["response"].append(lambda r, **_: answers.append(r))
        begun = browser.get(household.invitation(), allow_redirects=False, timeout=SECONDS)
        back = allow_page(begun.headers["Location"])
        browser.get(back, timeout=SECONDS)
        browser.get(back, timeout=SECONDS)
        browser.get(back + "x", timeout=SECONDS)
    token = household.services.grants.current("jack", household.services.now())
    code = back.partition("code=")[2].partition("&")[0]
    found = {token.grant.access, token.grant.refresh or "", code}
    answers += [
        household.fetch(),
        household.fetch(methods="nonsense"),
        household.poll(),
        household.poll(key="no"),
    ]
    for path, status in ((".*/token$", 500), (".*/token$", 400), ("/(body|dataTypes)/", 400)):
        sandbox.expire_access_tokens()
        leak = {"errors": [{"errorType": "x", "message": token.grant.access}], "error": code}
        sandbox.fail(path, status=status, body=leak)
        answers.append(household.fetch())
    sandbox.revoke_grants()
    answers += [household.fetch(), household.get("auth1", {"user": "jack"}, "wrong" + OWNER_KEY)]
    return answers, found


def test_random_secrets_through_every_path(
    household: Household, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    answers, found = walk(household, household.sandbox)
    client_secret = household.sandbox.settings["HEALTHRELAY_CLIENT_SECRET"]
    found |= {OWNER_KEY, SEALING, IGOR_TOKEN, client_secret}
    assert all(len(secret) >= 16 for secret in found)

    out, err = capfd.readouterr()
    told = [out, err, repr(household.services.settings)]
    told += [answer.text for answer in answers]
    told += [str(answer.headers) for answer in answers]
    files = b"".join(path.read_bytes() for path in tmp_path.rglob("*.db*"))

    assert len(answers) > 8
    for event in ("fetch", "refresh", "delivery", "request"):
        assert f'"event": "{event}"' in err
    assert '"user": "' in err
    assert not any("jack" in line for line in err.splitlines() if line.startswith("{"))
    for secret in found:
        assert not any(secret in text for text in told)
        assert secret.encode() not in files


COMMANDS: tuple[tuple[str, ...], ...] = (
    ("user", "list"),
    ("fetch", "jack"),
    ("doctor", "--json"),
    ("rotate-keys",),
    ("export", "jack", "--to", "EXPORT"),
    ("dump", "DUMP"),
    ("disconnect", "jack", "--yes"),
    ("erase", "jack", "--yes", "--json"),
)


@pytest.fixture(params=["sqlite", pytest.param("firestore", marks=pytest.mark.peer)])
def contents(
    request: pytest.FixtureRequest, settings: dict[str, str], tmp_path: Path
) -> Callable[[], str]:
    """All that the store holds, as text; asked for before the household is built."""
    if request.param == "sqlite":
        return lambda: b"".join(p.read_bytes() for p in tmp_path.rglob("*.db*")).decode("latin1")
    settings["HEALTHRELAY_STORE"] = "firestore"
    project = request.getfixturevalue("firestore_project")
    request.getfixturevalue("monkeypatch").setenv("GOOGLE_CLOUD_PROJECT", project)
    found = request.getfixturevalue("firestore_contents")
    return lambda: repr(found())


def test_random_secrets_through_every_command(
    household: Household,
    contents: Callable[[], str],
    tmp_path: Path,
    capfd: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    capability, client_secret = secrets.token_urlsafe(30), secrets.token_urlsafe(30)
    with monkeypatch.context() as meanwhile:
        for name in ("IGOR_URL", "IGOR_TOKEN", "CLIENT_ID", "CLIENT_SECRET"):
            # Where the environment gives them, none is kept.
            meanwhile.delenv(f"HEALTHRELAY_{name}")
        household.rebuild()
        for words, secret in (
            (["igor", "https://igor.example", "--no-check"], capability),
            (["register", "another-client", "--no-check"], client_secret),
        ):
            meanwhile.setattr("sys.stdin", io.StringIO(f"{secret}\n"))
            assert main(words) == 0
    household.rebuild()
    household.connect(methods="time_series", resource="body/weight")
    first = household.services.grants.load("jack").grant
    household.sandbox.expire_access_tokens()
    household.fetch()
    second = household.services.grants.load("jack").grant
    assert first.access != second.access
    kept = contents()
    codes = {}
    for words in COMMANDS:
        places = {"EXPORT": str(tmp_path / "export"), "DUMP": str(tmp_path / "dump")}
        line = list(words)
        for name, place in places.items():
            line = [word.replace(name, place) for word in line]
        codes[words[0]] = main(line)

    out, err = capfd.readouterr()
    exported = "".join(p.read_text() for p in (tmp_path / "export").iterdir())
    assert codes == dict.fromkeys((words[0] for words in COMMANDS), 0)
    assert '"event": "refresh"' in err
    assert "body-weight" in exported
    dumped = (tmp_path / "dump").read_bytes()
    assert b"body-weight" in dumped
    hidden = {first.access, second.access, first.refresh, second.refresh, capability}
    hidden |= {client_secret, OWNER_KEY, SEALING, IGOR_TOKEN}
    for secret in hidden:
        assert secret
        assert not any(secret in text for text in (out, err, kept, exported))
        assert secret.encode() not in dumped


def test_what_opens_a_door_stands_in_no_log_line(
    household: Household, capfd: pytest.CaptureFixture[str]
) -> None:
    household.add("jack", methods="time_series", resource="body/weight")
    link = household.invitation()
    with requests.Session() as browser:
        begun = browser.get(link, allow_redirects=False, timeout=SECONDS)
        browser.get(allow_page(begun.headers["Location"]), timeout=SECONDS)
    key = household.poll_key()
    household.poll(key=key)
    household.poll(key=key + "x")

    err = capfd.readouterr().err
    state = parse_qs(urlsplit(begun.headers["Location"]).query)["state"][0]
    nonce = SignedNotes(OWNER_KEY).read_state(state, household.services.now())["nonce"]
    invitation = parse_qs(urlsplit(link).query)["invitation"][0]
    assert '"function": "relay"' in err
    for secret in (key, state, nonce, invitation, verifier(OWNER_KEY, nonce)):
        assert secret not in err


def test_a_defect_is_told_without_its_text(
    household: Household, capfd: pytest.CaptureFixture[str]
) -> None:
    household.connect(methods="time_series", resource="body/weight")

    def broken_clock() -> datetime:
        raise ValueError("hidden-words")

    household.services.now = broken_clock

    answer = household.fetch()

    assert answer.status_code == 500
    assert "hidden-words" not in answer.text + capfd.readouterr().err
    assert answer.json()["who"] == "owner"
