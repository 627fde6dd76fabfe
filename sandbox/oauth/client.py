"""The one application that is registered with both providers."""

from __future__ import annotations

import hmac
import secrets
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from flask import Request

_LOOPBACK = ("127.0.0.1", "localhost")


def _secret() -> str:
    return "GOCSPX-" + secrets.token_urlsafe(21)


@dataclass(frozen=True, slots=True)
class Credentials:
    """The client's credentials in a request; *basic*: from the Basic header."""

    id: str
    secret: str
    basic: bool


@dataclass(frozen=True, slots=True)
class Client:
    """The registered application: its id, its secret, and where it may send people back to."""

    id: str = "sandbox-client.apps.example"
    secret: str = field(default_factory=_secret, repr=False)

    def owns(self, credentials: Credentials) -> bool:
        """Return whether *credentials* are this client's."""
        known = credentials.id == self.id
        return known and hmac.compare_digest(credentials.secret.encode(), self.secret.encode())

    def may_return_to(self, uri: str) -> bool:
        """Return whether *uri* is registered: loopback or any https address, ending in /auth2."""
        try:
            parts = urlsplit(uri)
            host, _ = parts.hostname, parts.port
        except ValueError:
            return False
        safe = parts.scheme == "https" or (parts.scheme == "http" and host in _LOOPBACK)
        plain = "@" not in parts.netloc and not parts.fragment and not parts.query
        return bool(host) and safe and plain and parts.path.endswith("/auth2")


def client_credentials(request: Request) -> Credentials | None:
    """Return the credentials of a token request, from the Basic header or else from the form."""
    header = request.authorization
    if header is not None and header.type == "basic":
        return Credentials(header.username or "", header.password or "", basic=True)
    if "client_id" in request.form:
        form = request.form
        return Credentials(form["client_id"], form.get("client_secret", ""), basic=False)
    return None
