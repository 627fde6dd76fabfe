"""What is asked, and the consent page's address."""

from urllib.parse import parse_qs, urlsplit

import pytest
from requests_oauthlib import OAuth2Session

from healthrelay.adapters.fitbit import rows as fitbit_rows
from healthrelay.adapters.google_health import rows as google_rows
from healthrelay.core.grants.authorization import Client, authorize_url, challenge, verifier
from healthrelay.core.grants.consent import CONSENTS
from healthrelay.core.measurements.catalogue import SERIES

READ = {"google_health": google_rows.ROWS, "fitbit": fitbit_rows.ROWS}
CLIENT = Client("https://accounts.example/auth", "client id&1", "https://relay.example/auth2")


@pytest.mark.parametrize("provider", ["google_health", "fitbit"])
def test_equals_what_requests_oauthlib_builds(provider: str) -> None:
    consent = CONSENTS[provider]
    session = OAuth2Session(
        CLIENT.client_id, redirect_uri=CLIENT.redirect_uri, scope=list(consent.scopes), pkce="S256"
    )

    theirs, state = session.authorization_url(CLIENT.authorize_url, **consent.extra)
    proof = challenge(session._code_verifier)
    ours = authorize_url(CLIENT, list(consent.scopes), state, proof, consent.extra)

    assert urlsplit(ours)[:3] == urlsplit(theirs)[:3]
    assert parse_qs(urlsplit(ours).query) == parse_qs(urlsplit(theirs).query)


def test_google_is_asked_for_a_lasting_grant() -> None:
    url = authorize_url(CLIENT, ["a"], "s", "c", CONSENTS["google_health"].extra)

    assert parse_qs(urlsplit(url).query)["access_type"] == ["offline"]
    assert parse_qs(urlsplit(url).query)["prompt"] == ["select_account consent"]


@pytest.mark.parametrize("provider", ["google_health", "fitbit"])
def test_every_series_that_can_be_read_needs_scopes_that_have_words(provider: str) -> None:
    consent = CONSENTS[provider]

    for series, row in SERIES.items():
        assert (series in READ[provider]) == (row.only in ("", provider))
        assert bool(consent.required_scopes(series)) == (series in READ[provider])
        assert set(consent.required_scopes(series)) <= set(consent.scopes)
    assert set(consent.scopes_for(SERIES)) == set(consent.scopes)


def test_missing_scopes_are_told_in_words() -> None:
    fitbit = CONSENTS["fitbit"]

    assert fitbit.missing("body-weight", ["weight"]) == ""
    assert fitbit.missing("sleep", ["weight"]) == "sleep"
    google = CONSENTS["google_health"]
    assert google.missing("activities-heart", []) == (
        "weight, body fat, heart and other measurements and steps and other activity"
    )


def test_challenge_is_the_rfcs_example() -> None:
    # RFC 7636, appendix B.
    proof = challenge("dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk")

    assert proof == "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"


def test_verifier_follows_from_key_and_nonce_alone() -> None:
    one = verifier("key", "nonce")

    assert one == verifier("key", "nonce")
    assert len({one, verifier("yek", "nonce"), verifier("key", "other")}) == 3
    assert len(one) == 43
