"""Sealing secrets with AES-256-GCM (NIST SP 800-38D).

An envelope is ``v1.<key name>.<base64url of nonce and ciphertext>``. The place, which names
the document and the provider's account, is authenticated with it: an envelope copied to
another person's document does not open.
"""

from __future__ import annotations

import base64
import os
from collections.abc import Mapping

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from healthrelay.core.errors import Misconfigured

_VERSION = "v1"
_NONCE_BYTES = 12


class SealingVault:
    """*keys* are 32 bytes each, by name; the first seals, all open."""

    def __init__(self, keys: Mapping[str, bytes]) -> None:
        self._keys = keys
        self._first = next(iter(keys), "")

    def seal(self, secret: str, place: str) -> str:
        nonce = os.urandom(_NONCE_BYTES)
        sealed = AESGCM(self._keys[self._first]).encrypt(nonce, secret.encode(), place.encode())
        text = base64.urlsafe_b64encode(nonce + sealed).decode()
        return f"{_VERSION}.{self._first}.{text}"

    def is_current(self, sealed: str) -> bool:
        return sealed.startswith(f"{_VERSION}.{self._first}.")

    def open(self, sealed: str, place: str) -> str:
        version, _, rest = sealed.partition(".")
        name, _, text = rest.partition(".")
        if version != _VERSION or name not in self._keys:
            raise Misconfigured(
                f"A stored secret needs the sealing key '{name[:40]}', which is not configured.",
                ("HEALTHRELAY_SEALING_KEYS",),
            )
        try:
            raw = base64.urlsafe_b64decode(text)
            opened = AESGCM(self._keys[name]).decrypt(
                raw[:_NONCE_BYTES], raw[_NONCE_BYTES:], place.encode()
            )
        except (InvalidTag, ValueError) as error:
            raise Misconfigured(
                f"A stored secret does not open with the sealing key '{name}' at {place}.",
                ("HEALTHRELAY_SEALING_KEYS",),
            ) from error
        return opened.decode()
