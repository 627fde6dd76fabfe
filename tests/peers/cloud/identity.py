"""Who somebody is, as Google vouches for it: signed identity tokens, and access tokens.

The form is that of a service account's token, as developers.google.com/identity/openid-connect
has it under "An ID token's payload"; the signing is google-auth's own.
"""

from __future__ import annotations

import secrets
import time

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from google.auth import crypt, jwt
from google.auth.exceptions import GoogleAuthError

ISSUER = "https://accounts.google.com"


class Identity:
    """One issuer with a key of its own."""

    def __init__(self) -> None:
        key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
        private = key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
        self._public = key.public_key().public_bytes(
            serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
        )
        self._signer = crypt.RSASigner.from_string(private.decode())
        self._access: dict[str, str] = {}

    def token(self, email: str, audience: str, since: float = 0) -> str:
        """An identity token of the account *email*, an hour long, made *since* seconds."""
        made = int(time.time() + since)
        claims = {
            "iss": ISSUER,
            "aud": audience,
            "azp": email,
            "sub": email,
            "email": email,
            "email_verified": True,
            "iat": made,
            "exp": made + 3600,
        }
        return str(jwt.encode(self._signer, claims).decode())

    def reads(self, token: str, audience: str) -> str:
        """Whose *token* for *audience* it is; nobody's where it is not ours, or is over."""
        try:
            claims = jwt.decode(token, certs=self._public, audience=audience)
        except (GoogleAuthError, ValueError):
            return ""
        return str(claims["email"]) if claims["iss"] == ISSUER else ""

    def access(self, email: str) -> str:
        """An access token with which *email* asks Google's own services."""
        token = f"ya29.{secrets.token_urlsafe(24)}"
        self._access[token] = email
        return token

    def asks(self, access: str) -> str:
        """Whose access token it is."""
        return self._access.get(access, "")
