"""Sealing secrets with AES-256-GCM (NIST SP 800-38D).

An envelope is ``v1.<key name>.<base64url of nonce and ciphertext>``. The associated data (RFC
5116), which name the document and the provider's account, are authenticated with it: an
envelope copied to another person's document does not open.
"""

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

    def seal(self, secret: str, associated_data: str) -> str:
        nonce, key = os.urandom(_NONCE_BYTES), AESGCM(self._keys[self._first])
        sealed = key.encrypt(nonce, secret.encode(), associated_data.encode())
        text = base64.urlsafe_b64encode(nonce + sealed).decode()
        return f"{_VERSION}.{self._first}.{text}"

    def is_current(self, sealed: str) -> bool:
        return sealed.startswith(f"{_VERSION}.{self._first}.")

    def open(self, sealed: str, associated_data: str) -> str:
        version, _, rest = sealed.partition(".")
        name, _, text = rest.partition(".")
        if version != _VERSION or name not in self._keys:
            sentence = (
                f"A stored secret needs the sealing key '{name[:40]}', which is not configured."
            )
            raise Misconfigured(sentence, ("HEALTHRELAY_SEALING_KEYS",))
        try:
            raw = base64.urlsafe_b64decode(text)
            nonce, key = raw[:_NONCE_BYTES], AESGCM(self._keys[name])
            return key.decrypt(nonce, raw[_NONCE_BYTES:], associated_data.encode()).decode()
        except (InvalidTag, ValueError) as error:
            sentence = (
                f"The secret of {associated_data} does not open with the sealing key '{name}'."
            )
            raise Misconfigured(sentence, ("HEALTHRELAY_SEALING_KEYS",)) from error
