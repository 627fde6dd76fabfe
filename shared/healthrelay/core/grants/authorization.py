"""The address of the consent page, and the proof that the answer to it is ours (RFC 7636)."""

import base64
import hashlib
import hmac
from collections.abc import Mapping, Sequence
from typing import NamedTuple
from urllib.parse import urlencode

from healthrelay.core.derived_keys import derive_key


class Client(NamedTuple):
    """Our registration with a provider, as far as a browser may know it."""

    authorize_url: str
    client_id: str
    redirect_uri: str


def authorize_url(
    client: Client, scopes: Sequence[str], state: str, proof: str, extra: Mapping[str, str]
) -> str:
    """Return the provider's consent page for *client*, to redirect a browser to.

    *state* comes back with the answer; *proof* is the `challenge` of what redeems it. Built by
    hand because loading an OAuth library would make this, the one page that a person waits
    for, start half as slow again.
    """
    query = urlencode(
        {
            "response_type": "code",
            "client_id": client.client_id,
            "redirect_uri": client.redirect_uri,
            "scope": " ".join(scopes),
            "state": state,
            "code_challenge": proof,
            "code_challenge_method": "S256",
            **extra,
        }
    )
    return f"{client.authorize_url}?{query}"


def verifier(owner_key: str, nonce: str) -> str:
    """Return the PKCE verifier for the round *nonce*: 43 characters, never stored anywhere."""
    return _base64url(hmac.digest(derive_key(owner_key, "pkce"), nonce.encode(), "sha256"))


def challenge(verifier: str) -> str:
    """Return the S256 challenge, which the consent page gets of the *verifier*."""
    return _base64url(hashlib.sha256(verifier.encode()).digest())


def _base64url(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()
