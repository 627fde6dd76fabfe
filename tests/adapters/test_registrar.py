"""A provider is asked whether it knows us, and nothing there changes."""

from __future__ import annotations

import json

import pytest

from healthrelay.adapters.http import Http
from healthrelay.adapters.oauth2 import Registration
from healthrelay.adapters.registrar import OAuth2Registrar
from healthrelay.core.errors import HealthrelayError, Misconfigured, RateLimited, TryLater
from healthrelay.core.grants.consent import CONSENTS
from healthrelay.core.household.registration import (
    BOTH,
    CLIENT_ID,
    CLIENT_SECRET,
    REDIRECT,
    ClientRefused,
    Registered,
)
from tests.adapters.peers import answering, response
from tests.household import Household

PROVIDERS = pytest.mark.parametrize("provider", ["google_health", "fitbit"])
NOBODY = Registered("nobody", "GOCSPX-made-up")


def ours(household: Household) -> Registered:
    settings = household.sandbox.settings
    return Registered(settings["HEALTHRELAY_CLIENT_ID"], settings["HEALTHRELAY_CLIENT_SECRET"])


@PROVIDERS
def test_who_is_registered_is_known(household: Household) -> None:
    household.services.registrar(ours(household)).try_client()


@pytest.mark.parametrize(
    ("provider", "wrong", "part"),
    [
        ("google_health", "id", CLIENT_ID),
        ("google_health", "secret", CLIENT_SECRET),
        ("fitbit", "id", BOTH),
        ("fitbit", "secret", BOTH),
    ],
)
def test_a_wrong_part_is_named_where_the_provider_tells_it(
    household: Household, wrong: str, part: str
) -> None:
    right = ours(household)
    pair = right._replace(**{f"client_{wrong}": NOBODY[wrong == "secret"]})

    with pytest.raises(ClientRefused) as refused:
        household.services.registrar(pair).try_client()

    assert refused.value.part == part
    assert NOBODY.client_secret not in refused.value.sentence


@PROVIDERS
def test_a_trial_ends_nobodys_permission(household: Household) -> None:
    household.connect()

    household.services.registrar(ours(household)).try_client()

    household.sandbox.expire_access_tokens()
    assert household.fetched()["added"] > 0


def said(error: str, description: str = "") -> bytes:
    return json.dumps({"error": error, "error_description": description}).encode()


@pytest.mark.parametrize(
    ("status", "body", "kind", "part"),
    [
        (401, said("invalid_client", "The OAuth client was not found."), ClientRefused, CLIENT_ID),
        (
            401,
            said("invalid_client", "The provided client secret is invalid."),
            ClientRefused,
            CLIENT_SECRET,
        ),
        (401, said("invalid_client", "Unauthorized"), ClientRefused, BOTH),
        (400, said("unauthorized_client"), ClientRefused, BOTH),
        (400, said("redirect_uri_mismatch"), ClientRefused, REDIRECT),
        (400, said("invalid_request"), Misconfigured, None),
        (410, b"<html>Gone</html>", Misconfigured, None),
        (429, b"", RateLimited, None),
        (503, b"", TryLater, None),
        (401, b"[1]", TryLater, None),
        (200, b"{}", TryLater, None),
    ],
)
def test_every_other_answer_is_an_error_of_whoever_must_act(
    status: int, body: bytes, kind: type[HealthrelayError], part: str | None
) -> None:
    with answering(response(status, body)) as url:
        us = Registration(
            CONSENTS["google_health"], url, url, "cid", "http://127.0.0.1:9/auth2", False, "shh"
        )
        with pytest.raises(kind) as refused:
            OAuth2Registrar(us, Http(), lambda: None).try_client()  # type: ignore[arg-type,return-value]

    assert type(refused.value) is kind
    assert getattr(refused.value, "part", None) == part


def test_good_is_who_is_refused_for_the_code_alone() -> None:
    with answering(response(400, said("invalid_grant", "Malformed auth code."))) as url:
        us = Registration(
            CONSENTS["google_health"], url, url, "cid", "http://127.0.0.1:9/auth2", False, "shh"
        )
        OAuth2Registrar(us, Http(), lambda: None).try_client()  # type: ignore[arg-type,return-value]
