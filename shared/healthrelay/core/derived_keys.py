"""Keys for one purpose each, made from the owner key: what signs is never what opens the door."""

import hmac
from functools import cache

_SALT = b"healthrelay"
LENGTH = 32
"""Of a key, in bytes."""


@cache
def derive_key(secret: str, purpose: str) -> bytes:
    """Return the key of *secret* for *purpose*: HKDF with SHA-256 (RFC 5869), its first block.

    From it nobody finds the secret, nor the key for another purpose.
    """
    extracted = hmac.digest(_SALT, secret.encode(), "sha256")
    return hmac.digest(extracted, purpose.encode() + b"\x01", "sha256")
