"""Pushing to Igor: one PUT replaces everything it has of a person.

What Igor accepts was measured on 0.99.1: the content type must be exactly
``application/json``, a query string would be stored in place of the body, success is
always 200, and a wrong key hides behind 400, 401, 404, 500 and 501 alike.
"""

from __future__ import annotations

import base64
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from healthrelay.core.delivery.progress import AMBIGUOUS
from healthrelay.core.errors import Misconfigured, RateLimited, TryLater
from healthrelay.core.household.names import SINK
from healthrelay.core.igor_json import is_name

if TYPE_CHECKING:
    from healthrelay.adapters.http import Answer, Http

SECONDS = 60
_KEY = ("HEALTHRELAY_IGOR_TOKEN", "HEALTHRELAY_IGOR_USER", "HEALTHRELAY_IGOR_PASSWORD")
_KEY_WORDS = (b"key", b"token", b"Unauthorized")


@dataclass(frozen=True, slots=True)
class Home:
    """Where an Igor listens and what opens it: a capability, or a user and password."""

    url: str
    prefix: str
    token: str = field(default="", repr=False)
    user: str = ""
    password: str = field(default="", repr=False)


class IgorSink:
    """Satisfies `healthrelay.ports.peers.Sink`."""

    name = SINK

    def __init__(self, home: Home, http: Http, seconds: float = SECONDS) -> None:
        self._home = home
        self._http = http
        self._seconds = seconds

    def put(self, user: str, body: bytes) -> None:
        """Replace what Igor has of *user*; repeating it is always safe."""
        if not is_name(user):
            raise ValueError("a user name would be read as an XPath expression")
        url = f"{self._home.url}/data/{self._home.prefix}/{user}"
        answer = self._http.send("PUT", url, self._headers(), body, self._seconds)
        if answer.status != 200:
            raise _trouble(answer, self._home.prefix)

    def _headers(self) -> Mapping[str, str]:
        headers = {"Content-Type": "application/json", "Accept": "application/json"}
        if self._home.token:
            headers["Authorization"] = f"Bearer {self._home.token}"
        elif self._home.user:
            pair = f"{self._home.user}:{self._home.password}".encode()
            headers["Authorization"] = f"Basic {base64.b64encode(pair).decode()}"
        return headers


def _trouble(answer: Answer, prefix: str) -> Exception:
    status, text = answer.status, answer.body
    if status == 400 and b"Parent not found" in text:
        return Misconfigured(f"Igor has no element {prefix}; make it once in Igor's database.")
    if status == 400 and b"multiple items" in text:
        return Misconfigured("Igor has this person twice; delete both elements in Igor once.")
    if status in (401, 501) or (status in (400, 404) and any(w in text for w in _KEY_WORDS)):
        return Misconfigured(f"Igor refuses our key (status {status}).", _KEY)
    if 300 <= status < 400:
        return Misconfigured(f"Igor redirects (status {status}).", ("HEALTHRELAY_IGOR_URL",))
    if status == 500:
        # A wrong password looks just like this, and so does a trouble that passes.
        return TryLater("Igor has trouble, or our key is wrong (status 500).").named(AMBIGUOUS)
    if 400 <= status < 500 and status != 429:
        return Misconfigured(f"Igor refuses the push (status {status}).", ("HEALTHRELAY_IGOR_URL",))
    sentence = f"Igor has trouble (status {status})."
    if "retry-after" in answer.headers:
        return RateLimited(sentence, answer.wait(60))
    return TryLater(sentence)
