"""The authorization server as a peer: the whole flow works, and nothing but the whole flow."""

from __future__ import annotations

import importlib
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
import requests

from tests.peers.oidc_provider import OidcProvider

pytestmark = pytest.mark.peer

CALLBACK = "http://127.0.0.1:9/auth2"
GOOGLE = "https://www.googleapis.com/auth/googlehealth."


@dataclass(frozen=True)
class Client:
    """One of the two clients, and the scopes of the provider that it stands for."""

    id: str
    secret: str
    posts: bool
    scopes: tuple[str, ...]

    def session(self) -> Any:
        oauth = importlib.import_module("requests_oauthlib")
        return oauth.OAuth2Session(
            self.id, redirect_uri=CALLBACK, scope=list(self.scopes), pkce="S256"
        )

    def redeem(self, session: Any, peer: OidcProvider, callback: str) -> dict[str, Any]:
        token: dict[str, Any] = session.fetch_token(
            peer.token_url,
            authorization_response=callback,
            client_secret=self.secret,
            include_client_id=True if self.posts else None,
        )
        return token

    def post(self, url: str, **form: str) -> requests.Response:
        if self.posts:
            secret = {"client_id": self.id, "client_secret": self.secret}
            return requests.post(url, data={**form, **secret}, timeout=10)
        return requests.post(url, data=form, auth=(self.id, self.secret), timeout=10)

    def alive(self, peer: OidcProvider, token: str) -> bool:
        return bool(self.post(peer.introspect_url, token=token).json()["active"])


FITBIT_STYLE = Client(
    OidcProvider.client_id, OidcProvider.client_secret, False, ("activity", "sleep", "weight")
)
GOOGLE_STYLE = Client(
    OidcProvider.post_client_id,
    OidcProvider.post_client_secret,
    True,
    (f"{GOOGLE}sleep.readonly", f"{GOOGLE}settings.readonly"),
)
EXTRAS = {"access_type": "offline", "prompt": "consent", "include_granted_scopes": "true"}


@pytest.fixture(scope="module")
def peer() -> Iterator[OidcProvider]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("OAUTHLIB_INSECURE_TRANSPORT", "1")
        with OidcProvider(redirect_uri=CALLBACK) as server:
            yield server


@pytest.fixture(params=[FITBIT_STYLE, GOOGLE_STYLE], ids=["basic", "post"])
def client(request: pytest.FixtureRequest) -> Client:
    found: Client = request.param
    return found


def consented(peer: OidcProvider, client: Client) -> tuple[Any, str]:
    session = client.session()
    url, _ = session.authorization_url(peer.authorize_url, **EXTRAS)
    return session, peer.consent(url)


def code_of(callback: str) -> str:
    return parse_qs(urlsplit(callback).query)["code"][0]


def test_consent_gives_tokens_with_the_scopes_asked_for(peer: OidcProvider, client: Client) -> None:
    session, callback = consented(peer, client)

    token = client.redeem(session, peer, callback)

    assert callback.startswith(f"{CALLBACK}?code=")
    assert tuple(token["scope"]) == client.scopes
    assert token["token_type"] == "Bearer"
    assert token["expires_in"] == 28800
    assert token["refresh_token"]
    assert token.get("user_id") == (None if client.posts else "jack")
    assert client.alive(peer, token["access_token"])


def test_a_wrong_verifier_is_refused(peer: OidcProvider, client: Client) -> None:
    _, callback = consented(peer, client)

    answer = client.post(
        peer.token_url,
        grant_type="authorization_code",
        code=code_of(callback),
        redirect_uri=CALLBACK,
        code_verifier="v" * 43,
    )

    assert (answer.status_code, answer.json()["error"]) == (400, "invalid_grant")


def test_a_wrong_secret_is_refused(peer: OidcProvider, client: Client) -> None:
    thief = replace(client, secret="guessed")
    answer = thief.post(peer.token_url, grant_type="refresh_token", refresh_token="any")
    assert (answer.status_code, answer.json()["error"]) == (401, "invalid_client")


def test_the_basic_client_may_not_post_its_secret(peer: OidcProvider) -> None:
    session, callback = consented(peer, FITBIT_STYLE)
    token = FITBIT_STYLE.redeem(session, peer, callback)["refresh_token"]
    posting = replace(FITBIT_STYLE, posts=True)

    answer = posting.post(peer.token_url, grant_type="refresh_token", refresh_token=token)

    assert (answer.status_code, answer.json()["error"]) == (401, "invalid_client")


def test_a_code_redeemed_twice_kills_the_grant(peer: OidcProvider, client: Client) -> None:
    session, callback = consented(peer, client)
    token = client.redeem(session, peer, callback)

    again = client.post(
        peer.token_url,
        grant_type="authorization_code",
        code=code_of(callback),
        redirect_uri=CALLBACK,
        code_verifier=session._code_verifier,
    )

    assert (again.status_code, again.json()["error"]) == (400, "invalid_grant")
    assert not client.alive(peer, token["access_token"])
    assert not client.alive(peer, token["refresh_token"])


def test_a_refresh_token_used_twice_kills_the_new_one_too(
    peer: OidcProvider, client: Client
) -> None:
    session, callback = consented(peer, client)
    old = client.redeem(session, peer, callback)["refresh_token"]

    first = client.post(peer.token_url, grant_type="refresh_token", refresh_token=old)
    second = client.post(peer.token_url, grant_type="refresh_token", refresh_token=old)

    assert first.status_code == 200
    assert first.json()["refresh_token"] != old
    assert (second.status_code, second.json()["error"]) == (400, "invalid_grant")
    assert not client.alive(peer, first.json()["refresh_token"])


def test_revoking_ends_the_grant(peer: OidcProvider) -> None:
    session, callback = consented(peer, FITBIT_STYLE)
    token = FITBIT_STYLE.redeem(session, peer, callback)

    answer = FITBIT_STYLE.post(peer.revoke_url, token=token["refresh_token"])

    assert answer.status_code == 200
    assert not FITBIT_STYLE.alive(peer, token["access_token"])


def test_revoking_as_at_google_needs_the_token_alone(peer: OidcProvider) -> None:
    session, callback = consented(peer, GOOGLE_STYLE)
    token = GOOGLE_STYLE.redeem(session, peer, callback)

    answer = requests.post(
        peer.google_revoke_url, data={"token": token["access_token"]}, timeout=10
    )
    again = requests.post(peer.google_revoke_url, data={"token": token["access_token"]}, timeout=10)

    assert (answer.status_code, again.status_code) == (200, 400)
    assert not GOOGLE_STYLE.alive(peer, token["refresh_token"])


def test_without_pkce_no_code(peer: OidcProvider, client: Client) -> None:
    query = f"response_type=code&client_id={client.id}&redirect_uri={CALLBACK}&state=s"
    callback = peer.consent(f"{peer.authorize_url}?{query}&scope={client.scopes[0]}")
    assert parse_qs(urlsplit(callback).query)["error"] == ["invalid_request"]


def test_another_callback_is_refused_on_the_page(peer: OidcProvider, client: Client) -> None:
    session = client.session()
    session.redirect_uri = f"{CALLBACK}/"
    url, _ = session.authorization_url(peer.authorize_url)
    with pytest.raises(RuntimeError, match="400"):
        peer.consent(url)


def test_a_person_can_refuse(peer: OidcProvider, client: Client) -> None:
    url, state = client.session().authorization_url(peer.authorize_url, **EXTRAS)
    answer = parse_qs(urlsplit(peer.refuse(url)).query)
    assert (answer["error"], answer["state"]) == (["access_denied"], [state])


def test_a_browser_that_is_signed_in_already_is_only_asked_to_agree(peer: OidcProvider) -> None:
    browser = requests.Session()
    first, _ = FITBIT_STYLE.session().authorization_url(peer.authorize_url, **EXTRAS)
    second, _ = FITBIT_STYLE.session().authorization_url(peer.authorize_url, **EXTRAS)
    assert code_of(peer.consent(first, browser)) != code_of(peer.consent(second, browser))


def test_tokens_expire_and_stay_refreshable_when_so_configured() -> None:
    with OidcProvider(redirect_uri=CALLBACK, rotate=False, access_seconds=5) as peer:
        session, callback = consented(peer, GOOGLE_STYLE)
        with pytest.MonkeyPatch.context() as patch:
            patch.setenv("OAUTHLIB_INSECURE_TRANSPORT", "1")
            token = GOOGLE_STYLE.redeem(session, peer, callback)
        answers = [
            GOOGLE_STYLE.post(
                peer.token_url, grant_type="refresh_token", refresh_token=token["refresh_token"]
            )
            for _ in range(2)
        ]
    assert token["expires_in"] == 5
    assert [answer.status_code for answer in answers] == [200, 200]


def test_the_lock_file_pins_by_hash_and_names_no_host() -> None:
    lock = (Path(__file__).parent / "oidc" / "package-lock.json").read_text()
    assert '"integrity": "sha512-' in lock
    assert '"resolved"' not in lock
    assert not re.search(r"https?:|//", re.sub(r'"sha512-[^"]*"', "", lock))
