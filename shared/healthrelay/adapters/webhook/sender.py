"""One signed POST a message; only 2xx is success, and nothing is followed anywhere."""

import ssl
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property, partial
from urllib.parse import urlsplit

import certifi
import urllib3

from healthrelay.adapters.http import checked, glance, receive
from healthrelay.adapters.in_time import PlainPool, SecurePool
from healthrelay.adapters.webhook.address import resolve
from healthrelay.adapters.webhook.signing import headers
from healthrelay.core.delivery.messages import Message
from healthrelay.core.delivery.progress import ADDRESS_REFUSED, KEY_REFUSED, LOG
from healthrelay.core.errors import RateLimited, Refused, TryLater

POST_TIMEOUT_SECONDS = 15
_KEY_REFUSED = (401, 403)
_PASSING = (408, 425, 429)
"""The statuses below 500 of a receiver that takes the message later."""
_OTHER_METHODS = (405, 501)
"""The statuses of who is there and takes other methods only (RFC 9110, 9.3.7)."""


@dataclass(frozen=True)
class WebhookTarget:
    """Satisfies `healthrelay.ports.peers.Target` for one run of deliveries.

    The name of the host is looked up once and that address kept, so that it stays the one
    that was checked; a new run checks again. The *open_keys* are opened for the first message.
    """

    name: str
    url: str
    private: bool
    open_keys: Callable[[], Sequence[tuple[str, str]]]
    now: Callable[[], datetime]
    ca: str | None = None
    seconds: float = POST_TIMEOUT_SECONDS
    kind: str = LOG

    def send(self, message: Message) -> None:
        """Post it. Raises `TryLater`, `Misconfigured`, or `Refused` where no more is wanted."""
        answer = receive(partial(self._post, message), self.name, self.seconds, glance)
        if 200 <= answer.status < 300:
            return
        if answer.status == 410:
            raise Refused(self.name, "the receiver wants no more of it (status 410)")
        sentence = f"{self.name} took nothing (status {answer.status})."
        limited = "retry-after" in answer.headers
        error = RateLimited(sentence, answer.wait(60)) if limited else TryLater(sentence)
        raise error.with_cause(_refusal(answer.status) or error.cause)

    def try_address(self) -> int | None:
        """Ask what is there something that does nothing; return its status if that is odd.

        Raise `TryLater` or `Misconfigured` where nothing answers. A receiver of POST alone knows
        the path of such a question all the same, or says that it takes other methods.
        """
        asked = partial(self._request, "OPTIONS", {})
        status = receive(asked, self.name, self.seconds, glance).status
        return None if status < 300 or status in _OTHER_METHODS else status

    def _post(self, message: Message) -> urllib3.BaseHTTPResponse:
        signed = headers(message, self._keys, self.now())
        return self._request("POST", {"Content-Type": "application/json", **signed}, message.body)

    def _request(
        self, method: str, more: Mapping[str, str], body: bytes | None = None
    ) -> urllib3.BaseHTTPResponse:
        parts = urlsplit(self.url)
        sent_headers = {"Host": parts.netloc, "User-Agent": "healthrelay", **more}
        path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
        return self._pool.urlopen(
            method,
            path,
            body,
            checked(sent_headers),
            retries=False,
            redirect=False,
            timeout=urllib3.Timeout(total=self.seconds),
            preload_content=False,
        )

    @cached_property
    def _keys(self) -> Sequence[tuple[str, str]]:
        return self.open_keys()

    @cached_property
    def _pool(self) -> urllib3.HTTPConnectionPool:
        """Return connections to the address that was checked, with the name's own host."""
        parts = urlsplit(self.url)
        host, secure = parts.hostname or "", parts.scheme == "https"
        port = parts.port or (443 if secure else 80)
        address = resolve(host, port, private=self.private)
        if not secure:
            return PlainPool(address, port)
        context = ssl.create_default_context(cafile=self.ca or certifi.where())
        # The certificate is checked against the name in the URL, not against the address.
        return SecurePool(address, port, ssl_context=context, server_hostname=host)


def _refusal(status: int) -> str:
    """Return the cause, where waiting alone hardly helps."""
    if status in _KEY_REFUSED:
        return KEY_REFUSED
    return ADDRESS_REFUSED if status < 500 and status not in _PASSING else ""
