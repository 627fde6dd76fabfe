"""The providers that can be chosen; each is imported when it is chosen."""

from __future__ import annotations

import os
from collections.abc import Callable
from typing import TYPE_CHECKING, NamedTuple

from healthrelay.core.errors import NO_STORE_CLIENT, NotConfigured

if TYPE_CHECKING:
    from healthrelay.adapters.http import Http
    from healthrelay.adapters.oauth2 import Registration
    from healthrelay.config import Settings
    from healthrelay.core.grants.consent import Consent
    from healthrelay.ports.peers import Provider
    from healthrelay.ports.store import Identities


class ProviderRow(NamedTuple):
    """One provider; `healthrelay.core.grants.consent` has its scopes and its name for people."""

    build: Callable[[Callable[[], str], Http], Provider]
    """From our client id there and a pool of connections, as far as needed."""
    authorize_url: str
    token_url: str
    revoke_url: str
    basic_authentication: bool = False
    """Whether the client's secret goes into a header, and not into the form (RFC 6749, 2.3.1)."""

    def registration(
        self, consent: Consent, client_id: str, client_secret: str, public_url: str
    ) -> Registration:
        """Return us as the token endpoint sees us."""
        from healthrelay.adapters.oauth2 import Registration

        return Registration(
            consent=consent,
            token_url=self.token_url,
            revoke_url=self.revoke_url,
            client_id=client_id,
            redirect_uri=f"{public_url}/auth2",
            basic=self.basic_authentication,
            client_secret=client_secret,
        )


def _google_health(settings: Settings) -> ProviderRow:
    def build(_client_id: Callable[[], str], http: Http) -> Provider:
        from healthrelay.adapters.google_health.provider import GoogleHealth

        return GoogleHealth(settings.google_api_url, http)

    return ProviderRow(
        build,
        authorize_url=settings.google_auth_url,
        token_url=settings.google_token_url,
        revoke_url=settings.google_revoke_url,
    )


def _fitbit(settings: Settings) -> ProviderRow:
    def build(client_id: Callable[[], str], http: Http) -> Provider:
        from healthrelay.adapters.fitbit.provider import LegacyFitbit

        return LegacyFitbit(settings.fitbit_api_url, client_id(), http)

    return ProviderRow(
        build,
        authorize_url=settings.fitbit_auth_url,
        token_url=f"{settings.fitbit_api_url}/oauth2/token",
        revoke_url=f"{settings.fitbit_api_url}/oauth2/revoke",
        basic_authentication=True,
    )


PROVIDERS: dict[str, Callable[[Settings], ProviderRow]] = {
    "google_health": _google_health,
    "fitbit": _fitbit,
}


def provider_row(settings: Settings) -> ProviderRow:
    """Return the row of the provider that *settings* name."""
    row = PROVIDERS[settings.provider](settings)
    if row.token_url.startswith("http://"):
        # The configuration allows http on this machine only; oauthlib needs this to accept it.
        os.environ["OAUTHLIB_INSECURE_TRANSPORT"] = "1"
    return row


def client_id(identities: Callable[[], Identities], provider: str) -> str:
    """Return the stored client id. Raises `NotConfigured`, also where no store can be opened."""
    from healthrelay.flows.household import application

    try:
        stored = application.client_id(identities())
    except NotConfigured as error:
        if error.cause != NO_STORE_CLIENT:
            raise
        stored = ""
    if not stored:
        raise NotConfigured(
            f"healthrelay is not registered with {provider} yet.",
            ("HEALTHRELAY_CLIENT_ID", "HEALTHRELAY_CLIENT_SECRET"),
        )
    return stored
