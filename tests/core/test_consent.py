"""The consent page's address."""

from urllib.parse import parse_qs, urlsplit

import pytest
from requests_oauthlib import OAuth2Session

from healthrelay.core.consent import CONSENTS, Client, authorize_url, challenge, verifier

CLIENT = Client("https://accounts.example/auth", "client id&1", "https://relay.example/auth2")


@pytest.mark.parametrize("provider", ["google_health", "fitbit"])
def test_equals_what_requests_oauthlib_builds(provider: str) -> None:
    consent = CONSENTS[provider]
    session = OAuth2Session(
        CLIENT.client_id, redirect_uri=CLIENT.redirect_uri, scope=list(consent.scopes), pkce="S256"
    )

    theirs, state = session.authorization_url(CLIENT.authorize_url, **consent.extra)
    ours = authorize_url(CLIENT, consent, state, challenge(session._code_verifier))

    assert urlsplit(ours)[:3] == urlsplit(theirs)[:3]
    assert parse_qs(urlsplit(ours).query) == parse_qs(urlsplit(theirs).query)


def test_google_is_asked_for_a_lasting_grant() -> None:
    url = authorize_url(CLIENT, CONSENTS["google_health"], "s", "c")

    assert parse_qs(urlsplit(url).query)["access_type"] == ["offline"]
    assert parse_qs(urlsplit(url).query)["prompt"] == ["consent"]


def test_challenge_is_the_rfcs_example() -> None:
    # RFC 7636, appendix B.
    assert (
        challenge("dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk")
        == "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"
    )


def test_verifier_follows_from_key_and_nonce_alone() -> None:
    one = verifier(b"key", "nonce")

    assert one == verifier(b"key", "nonce")
    assert len({one, verifier(b"yek", "nonce"), verifier(b"key", "other")}) == 3
    assert len(one) == 43
