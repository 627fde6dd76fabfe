"""The address of the consent page, and the proof that the answer to it is ours (RFC 7636)."""

from __future__ import annotations

import base64
import hashlib
import hmac
from collections.abc import Mapping, Sequence
from typing import NamedTuple
from urllib.parse import urlencode


class Client(NamedTuple):
    """Our registration with a provider, as far as a browser may know it."""

    authorize_url: str
    client_id: str
    redirect_uri: str


class Ask(NamedTuple):
    """One question to a wearer: the scopes, and what must come back with the answer."""

    scopes: Sequence[str]
    state: str
    challenge: str
    extra: Mapping[str, str]


def authorize_url(client: Client, ask: Ask) -> str:
    """The provider's consent page for *client*, to redirect a browser to.

    Built by hand because loading an OAuth library would make this, the one page that a
    person waits for, start half as slow again.
    """
    query = urlencode(
        {
            "response_type": "code",
            "client_id": client.client_id,
            "redirect_uri": client.redirect_uri,
            "scope": " ".join(ask.scopes),
            "state": ask.state,
            "code_challenge": ask.challenge,
            "code_challenge_method": "S256",
            **ask.extra,
        }
    )
    return f"{client.authorize_url}?{query}"


def verifier(key: bytes, nonce: str) -> str:
    """The PKCE verifier for the handshake *nonce*: 43 characters, never stored anywhere."""
    return _base64url(hmac.digest(key, b"pkce " + nonce.encode(), "sha256"))


def challenge(verifier: str) -> str:
    """S256: what the consent page is told of the *verifier*."""
    return _base64url(hashlib.sha256(verifier.encode()).digest())


def _base64url(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()
