"""One signed POST a message; only 2xx is success, and nothing is followed anywhere."""

from __future__ import annotations

import ssl
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from urllib.parse import urlsplit

import certifi
import urllib3

from healthrelay.adapters.deadline import PlainPool, SecurePool, within
from healthrelay.adapters.http import Answer, whole
from healthrelay.adapters.webhook.address import resolve
from healthrelay.adapters.webhook.signatures import headers
from healthrelay.core.delivery.messages import Message
from healthrelay.core.errors import Misconfigured, RateLimited, Refused, TryLater

SECONDS = 15


@dataclass(frozen=True)
class Webhook:
    """Satisfies `healthrelay.ports.peers.Hook` for one run of deliveries.

    The name of the host is looked up once and that address kept, so that it stays the one
    that was looked at; a new run looks again.
    """

    name: str
    url: str
    private: bool
    keys: Sequence[tuple[str, str]] = field(repr=False)
    now: Callable[[], datetime]
    ca: str | None = None
    seconds: float = SECONDS

    def send(self, message: Message) -> None:
        """Raises `TryLater`, `Misconfigured`, or `Refused` when the receiver wants no more."""
        answer = self._post(message)
        status = answer.status
        if 200 <= status < 300:
            return
        if status == 410:
            raise Refused(self.name, "the receiver wants no more of it (status 410)")
        sentence = f"{self.name} took nothing (status {status})."
        if "retry-after" in answer.headers:
            raise RateLimited(sentence, answer.wait(60))
        raise TryLater(sentence)

    def _post(self, message: Message) -> Answer:
        parts = urlsplit(self.url)
        sent = {
            "Host": parts.netloc,
            "Content-Type": "application/json",
            "User-Agent": "healthrelay",
            **headers(message, self.keys, self.now()),
        }
        path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
        try:
            with within(self.seconds) as deadline:
                response = self._pool.urlopen(
                    "POST",
                    path,
                    body=message.body,
                    headers=sent,
                    timeout=urllib3.Timeout(total=self.seconds),
                    retries=False,
                    redirect=False,
                    preload_content=False,
                )
                body = whole(response, deadline)
        except (urllib3.exceptions.HTTPError, TimeoutError) as error:
            if any(isinstance(part, ssl.SSLCertVerificationError) for part in error.args):
                raise Misconfigured(
                    f"{self.name} shows a certificate that is not trusted."
                ) from error
            raise TryLater(f"{self.name} gave no whole answer ({type(error).__name__}).") from error
        told = {name.lower(): value for name, value in response.headers.items()}
        return Answer(response.status, told, body)

    @cached_property
    def _pool(self) -> urllib3.HTTPConnectionPool:
        """Connections to the address that was looked at, speaking with the name's own host."""
        parts = urlsplit(self.url)
        host, secure = parts.hostname or "", parts.scheme == "https"
        port = parts.port or (443 if secure else 80)
        address = resolve(host, port, private=self.private)
        if not secure:
            return PlainPool(address, port)
        context = ssl.create_default_context(cafile=self.ca or certifi.where())
        # The certificate is checked against the name that is asked for, not against the address.
        return SecurePool(address, port, ssl_context=context, server_hostname=host)
