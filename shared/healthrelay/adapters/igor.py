"""Pushing to Igor: one PUT replaces everything it has of a person.

What Igor accepts was measured on 0.99.1: the content type must be exactly
``application/json``, a query string would be stored in place of the body, success is
always 200, and a wrong key hides behind 400, 401, 404, 500 and 501 alike.
"""

import base64
from collections.abc import Callable
from dataclasses import dataclass, field

from healthrelay.adapters.http import Answer, Http, glance
from healthrelay.core.delivery.messages import Message
from healthrelay.core.delivery.progress import AMBIGUOUS, SNAPSHOT
from healthrelay.core.errors import Misconfigured, RateLimited, TryLater
from healthrelay.core.igor_json import is_name

PUT_TIMEOUT_SECONDS = 60
CHECK_TIMEOUT_SECONDS = 10
_CREDENTIAL = ("HEALTHRELAY_IGOR_TOKEN", "HEALTHRELAY_IGOR_USER", "HEALTHRELAY_IGOR_PASSWORD")
_CREDENTIAL_WORDS = (b"key", b"token", b"Unauthorized")


@dataclass(frozen=True, slots=True)
class Credential:
    """What opens an Igor: a capability, or a user and password, or nothing."""

    token: str = field(default="", repr=False)
    user: str = ""
    password: str = field(default="", repr=False)

    def headers(self) -> dict[str, str]:
        if self.token:
            return {"Authorization": f"Bearer {self.token}"}
        if self.user:
            pair = f"{self.user}:{self.password}".encode()
            return {"Authorization": f"Basic {base64.b64encode(pair).decode()}"}
        return {}


@dataclass(frozen=True)
class IgorTarget:
    """Satisfies `healthrelay.ports.peers.Target`; *credential* opens it when something is sent."""

    url: str
    prefix: str
    credential: Callable[[], Credential]
    http: Http
    seconds: float = PUT_TIMEOUT_SECONDS
    name: str = "igor"
    kind: str = SNAPSHOT

    def send(self, message: Message) -> None:
        """Replace what Igor has of the user; repeating it is always safe."""
        if not is_name(message.user):
            raise ValueError("a user name would be read as an XPath expression")
        url = f"{self.url}/data/{self.prefix}/{message.user}"
        json = "application/json"
        headers = {"Content-Type": json, "Accept": json, **self.credential().headers()}
        answer = self.http.send("PUT", url, headers, message.body, self.seconds, read=glance)
        if answer.status != 200:
            raise _trouble(answer, self.prefix)

    def check(self) -> None:
        """Return when this is an Igor that takes the key, with nothing changed there.

        A key that may only store is refused here by 401, and another one in a way of its own: so
        whoever has a key may get that answer. What the key may store, the first push tells.
        Raise `TryLater` or `Misconfigured`.
        """
        if self._get("services/igor/version").status != 200:
            raise Misconfigured("There is no Igor at this address.", ("HEALTHRELAY_IGOR_URL",))
        key = self.credential().headers()
        # To who shows no key, what does not exist is not forbidden.
        path = f"{self.prefix}/healthrelay-asks" if key else self.prefix.partition("/")[0]
        answer = self._get(path, **key)
        refused = any(word in answer.body for word in _CREDENTIAL_WORDS)
        if answer.status == 200 or (answer.status == 404 and not refused):
            return
        if answer.status == 401 and key:
            return
        if answer.status == 500:
            raise Misconfigured("Igor does not know this key or this password.", _CREDENTIAL)
        raise _trouble(answer, self.prefix)

    def _get(self, path: str, **headers: str) -> Answer:
        url, seconds = f"{self.url}/data/{path}", CHECK_TIMEOUT_SECONDS
        return self.http.send("GET", url, headers, seconds=seconds, read=glance)


def _trouble(answer: Answer, prefix: str) -> Exception:
    status, text = answer.status, answer.body
    if status == 400 and b"Parent not found" in text:
        return Misconfigured(f"Igor has no element {prefix}; make it once in Igor's database.")
    if status == 400 and b"multiple items" in text:
        return Misconfigured("Igor has this person twice; delete both elements in Igor once.")
    if status in (401, 501) or (status in (400, 404) and any(w in text for w in _CREDENTIAL_WORDS)):
        return Misconfigured(f"Igor refuses our key (status {status}).", _CREDENTIAL)
    if 300 <= status < 400:
        return Misconfigured(f"Igor redirects (status {status}).", ("HEALTHRELAY_IGOR_URL",))
    if status == 500:
        # A wrong password looks just like this, and so does a failure that passes.
        return TryLater("Igor has trouble, or our key is wrong (status 500).").with_cause(AMBIGUOUS)
    if 400 <= status < 500 and status != 429:
        return Misconfigured(f"Igor refuses the push (status {status}).", ("HEALTHRELAY_IGOR_URL",))
    sentence = f"Igor has trouble (status {status})."
    if "retry-after" in answer.headers:
        return RateLimited(sentence, answer.wait(60))
    return TryLater(sentence)
