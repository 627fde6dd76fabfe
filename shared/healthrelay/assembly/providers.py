"""The providers: where each is reached, how it authenticates us, and who builds its adapter."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from healthrelay.adapters.http import Http
    from healthrelay.config import Settings
    from healthrelay.ports.peers import Provider


class ProviderRow(NamedTuple):
    """One provider; `healthrelay.core.grants.consent` has its scopes and its name for people."""

    build: Callable[[Settings, Callable[[], str], Callable[[], Http]], Provider]
    """From the settings, our client id there, and a pool of connections, as far as needed."""
    authorize_url: Callable[[Settings], str]
    token_url: Callable[[Settings], str]
    revoke_url: Callable[[Settings], str]
    basic_authentication: bool = False
    """Whether the client's secret goes into a header, and not into the form (RFC 6749, 2.3.1)."""


def _google_health(
    settings: Settings, _client_id: Callable[[], str], http: Callable[[], Http]
) -> Provider:
    from healthrelay.adapters.google_health import GoogleHealth

    return GoogleHealth(settings.google_api_url, settings.system, http())


def _fitbit(
    settings: Settings, client_id: Callable[[], str], _http: Callable[[], Http]
) -> Provider:
    from healthrelay.adapters.fitbit import LegacyFitbit

    return LegacyFitbit(settings.fitbit_api_url, client_id(), settings.system)


PROVIDERS: dict[str, ProviderRow] = {
    "google_health": ProviderRow(
        _google_health,
        authorize_url=lambda settings: settings.google_auth_url,
        token_url=lambda settings: settings.google_token_url,
        revoke_url=lambda settings: settings.google_revoke_url,
    ),
    "fitbit": ProviderRow(
        _fitbit,
        authorize_url=lambda settings: settings.fitbit_auth_url,
        token_url=lambda settings: f"{settings.fitbit_api_url}/oauth2/token",
        revoke_url=lambda settings: f"{settings.fitbit_api_url}/oauth2/revoke",
        basic_authentication=True,
    ),
}
