"""Sealing keys as they are written down: ``name:BASE64``, or ``name:kms:BASE64`` when wrapped."""

from __future__ import annotations

from typing import NamedTuple

from healthrelay.core.errors import BadRequest
from healthrelay.core.igor_json import is_name

KEY_BYTES = 32


class SealingKey(NamedTuple):
    """One key: 32 bytes, or what Cloud KMS made of them. Printing it shows neither."""

    content: bytes
    wrapped: bool = False

    def __repr__(self) -> str:
        return f"SealingKey(wrapped={self.wrapped})"


def sealing_key(name: str, content: bytes, *, wrapped: bool = False) -> str:
    """The entry for a key, as `read_keys` reads it."""
    import base64  # noqa: PLC0415 - a poll reads no keys

    if not is_name(name) or "." in name:
        raise BadRequest("A key's name has letters, digits, '-' and '_', and begins with a letter.")
    text = base64.urlsafe_b64encode(content).decode()
    return f"{name}:{'kms:' if wrapped else ''}{text}"


def read_keys(text: str) -> dict[str, SealingKey]:
    """The keys in *text*, entries separated by commas. Raises `ValueError`."""
    import base64  # noqa: PLC0415 - as above
    import binascii  # noqa: PLC0415

    keys: dict[str, SealingKey] = {}
    for part in text.split(","):
        name, _, rest = part.strip().partition(":")
        kind, colon, wrapped = rest.partition(":")
        try:
            content = base64.b64decode(wrapped if colon else rest, altchars=b"-_", validate=True)
        except binascii.Error:
            content = b""
        right = kind == "kms" and content if colon else len(content) == KEY_BYTES
        if not is_name(name) or "." in name or not right:
            raise ValueError(
                "must be name:base64 of 32 bytes (or name:kms:base64), separated by commas"
            )
        keys[name] = SealingKey(content, bool(colon))
    return keys
