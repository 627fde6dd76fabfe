"""A household whose provider is a strict authorization server with some data behind it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
import requests

from tests.household import Household
from tests.oauth.gateway import AUTHORIZE, TOKEN, Gateway
from tests.oauth.round import Round
from tests.peers.oidc_provider import OidcProvider


@pytest.fixture
def gateway() -> Iterator[Gateway]:
    """What the household takes for its provider."""
    with Gateway() as running:
        yield running


@pytest.fixture(params=["fitbit", "google_health"])
def provider(request: pytest.FixtureRequest) -> str:
    """Fitbit wants the client's secret as Basic, Google in the form."""
    name: str = request.param
    return name


@pytest.fixture
def client_secret(provider: str) -> str:
    """The secret of our registration; a test names a wrong one with parametrize."""
    if provider == "fitbit":
        return OidcProvider.client_secret
    return OidcProvider.post_client_secret


@pytest.fixture
def settings(gateway: Gateway, provider: str, client_secret: str) -> dict[str, str]:
    """Our registration, and where the provider is."""
    fitbit = provider == "fitbit"
    return {
        "HEALTHRELAY_CLIENT_ID": OidcProvider.client_id if fitbit else OidcProvider.post_client_id,
        "HEALTHRELAY_CLIENT_SECRET": client_secret,
        "HEALTHRELAY_FITBIT_API_URL": gateway.url,
        "HEALTHRELAY_FITBIT_AUTH_URL": gateway.url + AUTHORIZE,
        "HEALTHRELAY_GOOGLE_API_URL": gateway.url,
        "HEALTHRELAY_GOOGLE_AUTH_URL": gateway.url + AUTHORIZE,
        "HEALTHRELAY_GOOGLE_TOKEN_URL": gateway.url + TOKEN,
    }


@pytest.fixture
def access_seconds() -> int:
    """How long the strict server's access tokens live; a test names less with parametrize."""
    return 28800


@pytest.fixture
def peer(household: Household, gateway: Gateway, access_seconds: int) -> Iterator[OidcProvider]:
    """The strict server, which knows the household's callback to the letter."""
    callback = f"{household.url}/auth2"
    with OidcProvider(redirect_uri=callback, access_seconds=access_seconds) as running:
        gateway.peer = running
        yield running


@pytest.fixture
def new_round(household: Household, gateway: Gateway, peer: OidcProvider) -> Round:
    """Jack's browser, with his invitation."""
    household.add(
        methods="time_series", resource="body/weight", base_date="2026-06-03", end_date="2026-06-03"
    )
    return Round(household, gateway, peer, requests.Session())
