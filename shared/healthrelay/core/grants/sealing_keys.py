"""Sealing keys as they are written down: ``name:BASE64``, separated by commas."""

from __future__ import annotations

from typing import NamedTuple

from healthrelay.core.errors import BadRequest
from healthrelay.core.igor_json import is_name

KEY_BYTES = 32


class SealingKey(NamedTuple):
    """One key of 32 bytes; printing it does not show them."""

    content: bytes

    def __repr__(self) -> str:
        return "SealingKey()"


def sealing_key(name: str, content: bytes) -> str:
    """Return the entry for a key, as `read_keys` reads it."""
    import base64  # noqa: PLC0415 - a poll reads no keys

    if not is_name(name) or "." in name:
        raise BadRequest("A key's name has letters, digits, '-' and '_', and begins with a letter.")
    return f"{name}:{base64.urlsafe_b64encode(content).decode()}"


def read_keys(text: str) -> dict[str, SealingKey]:
    """Return the keys in *text* by name, the one that seals first. Raises `ValueError`."""
    import base64  # noqa: PLC0415 - as above
    import binascii  # noqa: PLC0415

    keys: dict[str, SealingKey] = {}
    for part in text.split(","):
        name, _, encoded = part.strip().partition(":")
        try:
            content = base64.b64decode(encoded, altchars=b"-_", validate=True)
        except binascii.Error:
            content = b""
        if not is_name(name) or "." in name or len(content) != KEY_BYTES:
            raise ValueError("must be name:base64 of 32 bytes, separated by commas")
        keys[name] = SealingKey(content)
    return keys
