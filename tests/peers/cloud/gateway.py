"""The addresses of deployed functions, and the platform's own look at who calls.

All answer at one shared host, each at one of its own besides. A private function answers only who
comes from inside, such as Scheduler and Tasks at the function's own host; to the internet it is
not there at all (cloud.google.com/run/docs/securing/ingress). A private function is reached with an
identity token that is made for it and names an account with the right to invoke it, as
cloud.google.com/run/docs/authenticating/overview and …/service-to-service describe it. No token,
or somebody else's right: 403. A token that is over, forged or made for another: 401. What gets
through has had its signature cut off. A function that is not running is started by its first
request, and one that dies is a 503 for who was waiting.

A function has so many instances, each for so many requests at once; whoever finds no slot waits,
and is turned away with 429 (cloud.google.com/run/docs/about-instance-autoscaling). Its instances
are one process here.
"""

from __future__ import annotations

import http.client
import threading
import uuid
from collections.abc import Callable, Mapping
from functools import partial
from ssl import SSLContext

from tests.peers.cloud.identity import Identity
from tests.peers.cloud.server import Asked, Server, Told
from tests.peers.functions import FunctionProcess
from tests.peers.running import Running

ANYBODY = "anybody"
OWN = ".run.app"
TRACE = "X-Cloud-Trace-Context"
"""By this the platform's own log of a request and the function's lines are shown together."""
REMOVED = "SIGNATURE_REMOVED_BY_GOOGLE"
_HOP = {"connection", "host", "content-length", "transfer-encoding", "keep-alive", "te", "upgrade"}
SECONDS = 60
PENDING_SECONDS = 10
"""How long the platform lets a request wait for a slot."""


class Gateway(Running):
    """Leads `https://HOST/NAME…` and `https://NAME-…` to the function NAME.

    *invokers* may call it, or ANYBODY. Who comes by the port *inside* comes from inside.
    """

    def __init__(
        self,
        functions: Mapping[str, FunctionProcess],
        invokers: Mapping[str, set[str]],
        identity: Identity,
        context: SSLContext,
        slots: int,
    ) -> None:
        self._functions = functions
        self._invokers = invokers
        self._identity = identity
        self._slots = {name: threading.BoundedSemaphore(slots) for name in functions}
        self._starting = {name: threading.Lock() for name in functions}
        self._secure = Server(self._answer, context)
        self._within = Server(partial(self._answer, inside=True), context)
        self._plain = Server(self._answer)
        self.port, self.inside = self._secure.port, self._within.port
        self.url = f"http://{self._plain.host}"
        """The same without TLS, for who has no way to names."""
        self.passed: list[tuple[str, Mapping[str, str]]] = []
        """Function and headers of each request that a function got."""

    def start(self) -> None:
        self._secure.start()
        self._within.start()
        self._plain.start()

    def stop(self) -> None:
        self._secure.stop()
        self._within.stop()
        self._plain.stop()
        for function in self._functions.values():
            function.stop()

    def take(self, name: str) -> Callable[[], None]:
        """Take a slot of the function NAME; what is returned gives it back."""
        self._slots[name].acquire()
        return self._slots[name].release

    def _answer(self, asked: Asked, *, inside: bool = False) -> Told:
        path, mark, query = asked.target.partition("?")
        host = next((value for key, value in asked.headers.items() if key.lower() == "host"), "")
        own = host.endswith(OWN)
        name, _, rest = path.removeprefix("/").partition("/")
        if own:
            name, rest = host.partition("-")[0], path.removeprefix("/")
        if name not in self._functions:
            return Told(404, [], b"no such function")
        headers = {key: value for key, value in asked.headers.items() if key.lower() not in _HOP}
        headers[TRACE] = f"{uuid.uuid4().hex}/1;o=1"
        if ANYBODY not in self._invokers[name]:
            if not (inside and own):
                return Told(404, [("Content-Type", "text/html")], b"<h1>Error: Page not found</h1>")
            refusal = self._look(f"https://{host}", name, headers)
            if refusal:
                return Told(refusal, [("Content-Type", "text/html")], b"<h1>Error</h1>")
        if not self._slots[name].acquire(timeout=PENDING_SECONDS):
            return Told(429, [("Content-Type", "text/html")], b"Rate exceeded.")
        try:
            return self._pass(name, asked._replace(target=f"/{rest}{mark}{query}", headers=headers))
        finally:
            self._slots[name].release()

    def _look(self, audience: str, name: str, headers: dict[str, str]) -> int:
        """The status with which who calls is turned away, or 0; cuts off the signature."""
        said = next((key for key in headers if key.lower() == "authorization"), "")
        token = headers.get(said, "").removeprefix("Bearer ")
        if not token:
            return 403
        email = self._identity.reads(token, audience)
        if not email:
            return 401
        headers[said] = f"Bearer {token.rpartition('.')[0]}.{REMOVED}"
        return 0 if email in self._invokers[name] else 403

    def _pass(self, name: str, asked: Asked) -> Told:
        function = self._functions[name]
        with self._starting[name]:
            if not function.running:
                try:
                    function.start()
                except (OSError, RuntimeError) as error:
                    return Told(503, [], f"The instance did not start: {error}".encode())
        self.passed.append((name, asked.headers))
        connection = http.client.HTTPConnection("127.0.0.1", function.port, timeout=SECONDS)
        try:
            connection.request(asked.method, asked.target, asked.body or None, dict(asked.headers))
            answer = connection.getresponse()
            headers = [
                (key, value) for key, value in answer.getheaders() if key.lower() not in _HOP
            ]
            return Told(answer.status, headers, answer.read())
        except (OSError, http.client.HTTPException):
            return Told(503, [], b"The instance went away.")
        finally:
            connection.close()
