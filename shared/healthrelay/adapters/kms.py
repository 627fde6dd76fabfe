"""Sealing keys that only Cloud KMS can open: whoever copies the settings has nothing.

https://cloud.google.com/kms/docs/envelope-encryption. A key is wrapped with its own name as
associated data, so that no entry passes for another.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from functools import cached_property
from typing import TYPE_CHECKING

from healthrelay.core.errors import Misconfigured, TryLater
from healthrelay.core.grants.sealing_keys import KEY_BYTES, SealingKey

if TYPE_CHECKING:
    from google.api_core.retry import Retry
    from google.cloud.kms import KeyManagementServiceClient

SECONDS = 5.0
_SETTINGS = ("HEALTHRELAY_KMS_KEY", "HEALTHRELAY_SEALING_KEYS")


class Kms:
    """One key of Cloud KMS. *client* stands in for the one that the environment leads to."""

    def __init__(self, key: str, client: KeyManagementServiceClient | None = None) -> None:
        self._key = key
        self._given = client

    def wrap(self, name: str, content: bytes) -> bytes:
        """*content*, to be kept as the sealing key *name*."""
        with _translated():
            answer = self._client.encrypt(
                request={
                    "name": self._key,
                    "plaintext": content,
                    "additional_authenticated_data": _said(name),
                },
                timeout=SECONDS,
                retry=self._retry,
            )
        return bytes(answer.ciphertext)

    def unwrap(self, name: str, wrapped: bytes) -> bytes:
        """What was wrapped as *name*."""
        with _translated():
            answer = self._client.decrypt(
                request={
                    "name": self._key,
                    "ciphertext": wrapped,
                    "additional_authenticated_data": _said(name),
                },
                timeout=SECONDS,
                retry=self._retry,
            )
        if len(answer.plaintext) != KEY_BYTES:
            raise Misconfigured(f"The sealing key '{name}' is not one of ours.", _SETTINGS)
        return bytes(answer.plaintext)

    @cached_property
    def _retry(self) -> Retry:
        """A service that is away for a moment is asked again; all tries end after `SECONDS`."""
        from google.api_core import exceptions  # noqa: PLC0415 - as the client
        from google.api_core.retry import Retry, if_exception_type  # noqa: PLC0415

        away = if_exception_type(exceptions.ServiceUnavailable)
        return Retry(predicate=away, initial=0.1, maximum=1.0, timeout=SECONDS)

    @cached_property
    def _client(self) -> KeyManagementServiceClient:
        if self._given:
            return self._given
        # Loads gRPC: only whoever has wrapped keys pays for it.
        from google.cloud.kms import KeyManagementServiceClient  # noqa: PLC0415

        with _translated():
            return KeyManagementServiceClient()


class DataKeys(Mapping[str, bytes]):
    """The sealing keys by name; a wrapped one is opened when it is first needed, and kept."""

    def __init__(self, keys: Mapping[str, SealingKey], kms: Kms) -> None:
        self._keys = keys
        self._kms = kms
        self._opened = {name: key.content for name, key in keys.items() if not key.wrapped}

    def __getitem__(self, name: str) -> bytes:
        if name not in self._opened:
            self._opened[name] = self._kms.unwrap(name, self._keys[name].content)
        return self._opened[name]

    def __contains__(self, name: object) -> bool:
        return name in self._keys  # the inherited one would open it

    def __iter__(self) -> Iterator[str]:
        return iter(self._keys)

    def __len__(self) -> int:
        return len(self._keys)


def _said(name: str) -> bytes:
    return f"healthrelay sealing key {name}".encode()


@contextmanager
def _translated() -> Iterator[None]:
    """Name who must act. Google's words stay in the cause: they quote the request."""
    from google.api_core import exceptions  # noqa: PLC0415 - as the client
    from google.auth.exceptions import GoogleAuthError  # noqa: PLC0415

    passing = (
        exceptions.RetryError,
        exceptions.ServerError,
        exceptions.TooManyRequests,
        exceptions.Cancelled,
    )
    try:
        yield
    except passing as error:
        raise TryLater(f"Cloud KMS could not be reached ({type(error).__name__}).") from error
    except (exceptions.GoogleAPIError, GoogleAuthError) as error:
        raise Misconfigured(
            f"Cloud KMS refuses to open a sealing key ({type(error).__name__}):"
            " look at the key, its state and who may use it.",
            _SETTINGS,
        ) from error
