"""What we ask a wearer to allow, and the address of the page that asks."""

from __future__ import annotations

import base64
import hashlib
import hmac
from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import urlencode

_GOOGLE = "https://www.googleapis.com/auth/googlehealth."


@dataclass(frozen=True, slots=True)
class Consent:
    """One provider's consent: its name for people, scope → what it gives, extra parameters."""

    provider: str
    label: str
    scopes: Mapping[str, str]
    extra: Mapping[str, str] = field(default_factory=dict)


CONSENTS: dict[str, Consent] = {
    row.provider: row
    for row in (
        Consent(
            "google_health",
            "Google Health",
            {
                f"{_GOOGLE}activity_and_fitness.readonly": "steps and other activity",
                f"{_GOOGLE}health_metrics_and_measurements.readonly": "weight, body fat and height",
                f"{_GOOGLE}settings.readonly": "your time zone",
            },
            # Without both, Google gives no refresh token and the login would end in an hour.
            {"access_type": "offline", "prompt": "consent"},
        ),
        Consent(
            "fitbit",
            "Fitbit",
            {
                "activity": "steps and other activity",
                "weight": "weight and body fat",
                "profile": "your time zone",
            },
        ),
    )
}


def verifier(key: bytes, nonce: str) -> str:
    """The PKCE verifier for the handshake *nonce*: 43 characters, never stored anywhere."""
    return _base64url(hmac.digest(key, b"pkce " + nonce.encode(), "sha256"))


def challenge(verifier: str) -> str:
    """S256 of RFC 7636: what the consent page is told of the *verifier*."""
    return _base64url(hashlib.sha256(verifier.encode()).digest())


@dataclass(frozen=True, slots=True)
class Client:
    """Our registration with a provider, as far as a browser may know it."""

    authorize_url: str
    client_id: str
    redirect_uri: str


def authorize_url(client: Client, consent: Consent, state: str, challenge: str) -> str:
    """The provider's consent page for *client*, to redirect a browser to.

    Built by hand because loading an OAuth library would make this, the one page that a
    person waits for, start half as slow again.
    """
    query = urlencode(
        {
            "response_type": "code",
            "client_id": client.client_id,
            "redirect_uri": client.redirect_uri,
            "scope": " ".join(consent.scopes),
            "state": state,
            "code_challenge": challenge,
            "code_challenge_method": "S256",
            **consent.extra,
        }
    )
    return f"{client.authorize_url}?{query}"


def _base64url(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()
