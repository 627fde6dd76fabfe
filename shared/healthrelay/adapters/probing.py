"""Asking a provider for a probe: each question once, and whatever the answer, only its shape."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

from healthrelay.adapters.http import Answer, Http
from healthrelay.core.errors import AccessRefused, HealthrelayError, RateLimited, TryLater
from healthrelay.core.grants.probe import OpenQuestion, Verdict
from healthrelay.core.grants.shape import NotJson, Vocabulary
from healthrelay.core.json_body import parse_json

REQUEST_TIMEOUT_SECONDS = 30
MAX_PAUSE_SECONDS = 60
"""What a provider may ask for, once in a run."""

DEFECTS = (LookupError, TypeError, ValueError, ArithmeticError, AttributeError, RecursionError)
"""What an answer of another shape than expected comes to."""


class Reply(NamedTuple):
    """An answer, good or not: its JSON, and the words of its error that we know."""

    status: int
    body: Any
    reasons: tuple[str, ...] = ()

    @property
    def good(self) -> bool:
        return self.status == 200

    @property
    def line(self) -> str:
        """Return status and reasons."""
        return " ".join([str(self.status), *self.reasons])


class Unanswered(HealthrelayError):
    """A question got another answer than 200."""

    cause = "unanswered"

    def __init__(self, what: str, reply: Reply) -> None:
        super().__init__("The provider does not answer this.")
        self.verdict = Verdict(None, (f"{what}: {reply.line}",))


class Prober:
    """Asks below *url* with *access*; the same request is sent once."""

    def __init__(
        self,
        http: Http,
        url: str,
        access: str,
        vocabulary: Vocabulary,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self._http = http
        self._url = url
        self._headers = {
            "Authorization": f"Bearer {access}",
            "Accept": "application/json",
            "Accept-Encoding": "gzip",
        }
        self.vocabulary = vocabulary
        self._sleep = sleep
        self._paused = False
        self._replies: dict[tuple[str, str, str], Reply] = {}

    def ask(self, method: str, path: str, body: Mapping[str, Any] | None = None) -> Reply:
        """Return what the provider answers. Raise `TryLater`, or `AccessRefused` for a 401."""
        sent = "" if body is None else json.dumps(body)
        key = method, path, sent
        if key not in self._replies:
            self._replies[key] = self._reply(self._send(method, path, sent))
        return self._replies[key]

    def _send(self, method: str, path: str, sent: str) -> Answer:
        more = {"Content-Type": "application/json"} if sent else {}
        request = (method, self._url + path, {**self._headers, **more}, sent.encode() or None)
        answer = self._http.send(*request, REQUEST_TIMEOUT_SECONDS)
        if answer.status == 429 and not self._paused:
            self._paused = True
            self._sleep(min(answer.wait(MAX_PAUSE_SECONDS), MAX_PAUSE_SECONDS))
            answer = self._http.send(*request, REQUEST_TIMEOUT_SECONDS)
        return answer

    def _reply(self, answer: Answer) -> Reply:
        if answer.status == 401:
            raise AccessRefused("The provider refuses the access token.")
        if answer.status == 429:
            raise RateLimited("The provider asks for a pause.")
        if answer.status >= 500:
            raise TryLater("The provider has trouble.")
        body = parse_json(answer.body, NotJson)
        reasons = () if answer.status == 200 else tuple(self._known_words(body))
        return Reply(answer.status, body, reasons)

    def _known_words(self, body: Any) -> list[str]:
        """Return the words in *body* that we know for those of errors, each once."""
        words: dict[str, None] = {}
        waiting = [body]
        while waiting:
            part = waiting.pop(0)
            if isinstance(part, dict):
                waiting += part.values()
            elif isinstance(part, list):
                waiting += part
            elif isinstance(part, str) and part in self.vocabulary.words:
                words[part] = None
        return [*words]


Ask = Callable[[Any], Verdict]


class ProbeRow(NamedTuple):
    """A question of a provider's table; *ask* gets what answers it."""

    id: str
    assumption: str
    ask: Ask


def questions(rows: tuple[ProbeRow, ...], asked: Any) -> list[OpenQuestion]:
    """Return the questions of a table of *rows*, put to *asked*."""
    return [OpenQuestion(row.id, row.assumption, _bound(row.ask, asked)) for row in rows]


def _bound(ask: Ask, asked: Any) -> Callable[[], Verdict]:
    def look() -> Verdict:
        try:
            return ask(asked)
        except Unanswered as error:
            return error.verdict
        except DEFECTS as error:
            # Its text may hold a value.
            return Verdict(None, (f"the answer has another shape ({type(error).__name__})",))

    return look
