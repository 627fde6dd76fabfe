"""A sandbox whose grants are kept in a folder, for whoever serves from it next or beside it."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from urllib.parse import parse_qs, urlencode, urlsplit

import requests

from healthrelay.local.consent_page import allow_page
from sandbox import Sandbox

BACK = "http://127.0.0.1:8080/auth2"
SCOPE = "https://www.googleapis.com/auth/googlehealth.profile.readonly"


def ask(peer: Sandbox, **form: str) -> requests.Response:
    """Ask for a token as the application."""
    known = {
        "client_id": peer.settings["HEALTHRELAY_CLIENT_ID"],
        "client_secret": peer.settings["HEALTHRELAY_CLIENT_SECRET"],
    }
    return requests.post(peer.settings["HEALTHRELAY_GOOGLE_TOKEN_URL"], known | form, timeout=30)


def consent(peer: Sandbox, account: str) -> Mapping[str, str]:
    """Have *account* allow everything; return the tokens."""
    query = {
        "client_id": peer.settings["HEALTHRELAY_CLIENT_ID"],
        "redirect_uri": BACK,
        "response_type": "code",
        "scope": SCOPE,
        "access_type": "offline",
        "prompt": "consent",
    }
    page = f"{peer.settings['HEALTHRELAY_GOOGLE_AUTH_URL']}?{urlencode(query)}"
    (code,) = parse_qs(urlsplit(allow_page(page, account)).query)["code"]
    answer = ask(peer, grant_type="authorization_code", code=code, redirect_uri=BACK)
    tokens: Mapping[str, str] = answer.json()
    return tokens


def refresh(peer: Sandbox, tokens: Mapping[str, str]) -> int:
    answer = ask(peer, grant_type="refresh_token", refresh_token=tokens["refresh_token"])
    return answer.status_code


def profile(peer: Sandbox, tokens: Mapping[str, str]) -> int:
    url = f"{peer.settings['HEALTHRELAY_GOOGLE_API_URL']}/v4/users/me/profile"
    bearer = {"Authorization": f"Bearer {tokens['access_token']}"}
    return requests.get(url, headers=bearer, timeout=30).status_code


def test_the_next_one_honours_what_was_granted_before(tmp_path: Path) -> None:
    with Sandbox(folder=tmp_path, history=0) as first:
        tokens = consent(first, "jack")

    with Sandbox(folder=tmp_path, history=0) as second:
        assert second.honours("jack")
        assert (profile(second, tokens), refresh(second, tokens)) == (200, 200)
    with Sandbox(history=0) as stranger:
        assert (profile(stranger, tokens), refresh(stranger, tokens)) == (401, 400)


def test_two_at_once_know_of_each_other(tmp_path: Path) -> None:
    one, other = (Sandbox(folder=tmp_path, history=0) for _ in range(2))
    with one, other:
        jacks, annas = consent(one, "jack"), consent(other, "anna")
        assert (profile(other, jacks), profile(one, annas)) == (200, 200)

        requests.post(f"{other.url}/sandbox/revoke/jack", timeout=30).raise_for_status()

        assert (profile(one, jacks), refresh(one, jacks)) == (401, 400)
        assert (profile(other, annas), refresh(one, annas)) == (200, 200)


def test_what_is_kept_is_its_owners_alone(tmp_path: Path) -> None:
    with Sandbox(folder=tmp_path, history=0) as peer:
        consent(peer, "jack")

    kept = {file.name: file.stat().st_mode & 0o777 for file in tmp_path.iterdir()}
    assert kept["google.json"] == kept["client-secret"] == 0o600


def test_a_newcomer_has_an_account_and_no_measurement() -> None:
    with Sandbox(history=30, newcomers=["mia"]) as peer:
        assert (peer.account("mia").weights, peer.account("mia").days) == ([], {})
        assert peer.account("mia").health_id.isdecimal()
        assert len(peer.account("anna").weights) > 10
