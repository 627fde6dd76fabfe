"""Nothing secret is ever shown: not in an answer, a header, a log line or a file."""

from __future__ import annotations

import base64
import secrets
from collections.abc import Iterator
from pathlib import Path

import pytest
import requests

from healthrelay.local.consent_page import allow_page
from sandbox import Sandbox
from tests.household import OWNER_KEY, Household, household_at
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
def house(
    request: pytest.FixtureRequest,
    sandbox: Sandbox,
    settings: dict[str, str],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> Iterator[Household]:
    chosen = sandbox.settings | {"HEALTHRELAY_PROVIDER": request.param} | settings
    with household_at(tmp_path, chosen, monkeypatch) as ready:
        yield ready


def walk(house: Household, sandbox: Sandbox) -> tuple[list[requests.Response], set[str]]:
    """Every path, good and bad; returns all answers and every secret that was about."""
    answers: list[requests.Response] = []
    house.add("jack", methods="time_series", resource="body/weight")
    with requests.Session() as browser:
        browser.hooks["response"].append(lambda r, **_: answers.append(r))
        begun = browser.get(house.invitation(), allow_redirects=False, timeout=10)
        back = allow_page(begun.headers["Location"])
        browser.get(back, timeout=10)
        browser.get(back, timeout=10)
        browser.get(back + "x", timeout=10)
    token = house.services.grants.current("jack", house.services.now())
    code = back.partition("code=")[2].partition("&")[0]
    found = {token.grant.access, token.grant.refresh or "", code}
    answers += [house.fetch(), house.fetch(methods="nonsense"), house.poll(), house.poll(key="no")]
    for path, status in ((".*/token$", 500), (".*/token$", 400), ("/(body|dataTypes)/", 400)):
        sandbox.expire_access_tokens()
        leak = {"errors": [{"errorType": "x", "message": token.grant.access}], "error": code}
        sandbox.fail(path, status=status, body=leak)
        answers.append(house.fetch())
    sandbox.revoke_grants()
    answers += [house.fetch(), house.get("auth1", {"user": "jack"}, "wrong" + OWNER_KEY)]
    return answers, found


def test_random_secrets_through_every_path(
    house: Household, sandbox: Sandbox, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    answers, found = walk(house, sandbox)
    client_secret = sandbox.settings["HEALTHRELAY_CLIENT_SECRET"]
    found |= {OWNER_KEY, SEALING, IGOR_TOKEN, client_secret}
    assert all(len(secret) >= 16 for secret in found)

    out, err = capfd.readouterr()
    told = [out, err, repr(house.services.settings)]
    told += [answer.text for answer in answers]
    told += [str(answer.headers) for answer in answers]
    files = b"".join(path.read_bytes() for path in tmp_path.rglob("*.db*"))

    assert len(answers) > 8
    assert '"event": "fetch"' in err
    for secret in found:
        assert not any(secret in text for text in told)
        assert secret.encode() not in files


def test_a_defect_is_told_without_its_text(
    house: Household, sandbox: Sandbox, capfd: pytest.CaptureFixture[str]
) -> None:
    house.connect(methods="time_series", resource="body/weight")
    tokens = house.services.store.tokens
    stored = tokens.load("jack")
    assert stored is not None
    broken = {**stored.document, "expires_at": "hidden-words"}
    tokens.save("jack", broken, stored.version)

    answer = house.fetch()

    assert answer.status_code == 500
    assert "hidden-words" not in answer.text + capfd.readouterr().err
    assert answer.json()["who"] == "owner"
