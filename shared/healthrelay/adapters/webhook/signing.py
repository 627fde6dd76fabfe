"""Signing by Standard Webhooks 1.0.0: ``v1`` is HMAC-SHA256, ``v1a`` is ed25519."""

import base64
import hashlib
import hmac
import secrets
from collections.abc import Iterable
from datetime import datetime

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from healthrelay.core.delivery.messages import Message

SECRET, SIGNING, PUBLIC = "whsec_", "whsk_", "whpk_"
_KEY_BYTES = 32


def mint() -> tuple[str, str, str]:
    """Return a new shared secret, a new signing key and its public half, each in its notation."""
    seed = secrets.token_bytes(_KEY_BYTES)
    public = Ed25519PrivateKey.from_private_bytes(seed).public_key().public_bytes_raw()
    shared = secrets.token_bytes(_KEY_BYTES)
    return SECRET + _text(shared), SIGNING + _text(seed), PUBLIC + _text(public)


def headers(message: Message, keys: Iterable[tuple[str, str]], now: datetime) -> dict[str, str]:
    """Return the three headers; *keys* are pairs of a shared secret and a signing key."""
    stamp = str(int(now.timestamp()))
    content = b".".join((message.id.encode(), stamp.encode(), message.body))
    pairs = list(keys)
    signatures = [f"v1,{_hmac(secret, content)}" for secret, _ in pairs]
    signatures += [f"v1a,{_ed25519(signing, content)}" for _, signing in pairs]
    return {
        "webhook-id": message.id,
        "webhook-timestamp": stamp,
        "webhook-signature": " ".join(signatures),
    }


def _hmac(secret: str, content: bytes) -> str:
    key = base64.b64decode(secret.removeprefix(SECRET))
    return _text(hmac.digest(key, content, hashlib.sha256))


def _ed25519(signing: str, content: bytes) -> str:
    seed = base64.b64decode(signing.removeprefix(SIGNING))
    return _text(Ed25519PrivateKey.from_private_bytes(seed).sign(content))


def _text(raw: bytes) -> str:
    return base64.b64encode(raw).decode()
