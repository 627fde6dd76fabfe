"""Reading Google Health (https://developers.google.com/health): one source, whole local days."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from healthrelay.adapters.google_health.errors import trouble
from healthrelay.adapters.google_health.questions import AccountPart, Request
from healthrelay.adapters.http import Http
from healthrelay.core.errors import HealthrelayError, Refused, TryLater, Unsupported
from healthrelay.core.grants.token import Account, Grant
from healthrelay.core.json import ODD, Raw
from healthrelay.core.json_body import parse_json
from healthrelay.core.measurements.reading import ConvertedSeries, Window
from healthrelay.core.measurements.reads import Read, Source

if TYPE_CHECKING:
    from healthrelay.core.grants.glance import Seen
    from healthrelay.core.grants.probe import OpenQuestion

SECONDS = 30
MAX_PAGES = 200
MAX_ID_LENGTH = 100
_CIVIL = {"civilTime", "civilStartTime", "civilEndTime"}
_IDENTITY, _SETTINGS = (Request("GET", path) for path in ("/identity", "/settings"))


class GoogleHealth:
    """Satisfies `healthrelay.ports.peers.Provider`.

    The tables of series are loaded by what uses them: a consent needs only the account.
    """

    name = "google_health"

    def __init__(self, url: str, http: Http) -> None:
        self._url = f"{url}/v4/users/me"
        self._http = http

    def account(self, grant: Grant) -> Account:
        """Any one scope opens the identity; the zone needs a scope that a wearer may refuse."""
        identity = self._send(grant.access, _IDENTITY, "the identity")
        try:
            settings = self._send(grant.access, _SETTINGS, "the settings")
        except HealthrelayError:
            # A zone is a nicety: without it days are counted in UTC, or as the owner set.
            settings = {}
        health_id, fitbit_id = (_text(identity.get(n)) for n in ("healthUserId", "legacyUserId"))
        return Account(health_id, _text(settings.get("timeZone")) or None, fitbit_id)

    def clock(self) -> datetime | None:
        return self._http.clock(self._url)

    def glance(self, access: str, today: date) -> Mapping[str, Callable[[], Seen | None]]:
        from healthrelay.adapters.google_health.glance import questions  # noqa: PLC0415

        return questions(lambda request: self._send(access, request, "a glance"), today)

    def probe(self, access: str, today: date) -> Sequence[OpenQuestion]:
        from healthrelay.adapters.google_health.probe.table import ask_google  # noqa: PLC0415

        return ask_google(self._http, self._url, access, today)

    def needs(self, window: Window) -> tuple[Source, ...]:
        from healthrelay.adapters.google_health.rows import ABSENT, ROWS, SOURCES  # noqa: PLC0415

        row = ROWS.get(window.series)
        if row is None:
            raise Unsupported(f"Google Health has no {ABSENT.get(window.series, window.series)}.")
        questions = row.fine if row.fine and window.detail == "1sec" else row.needs
        return tuple(SOURCES[question] for question in questions)

    def read(self, access: str, read: Read) -> Sequence[Raw]:
        """All pages: an empty one may carry a token, a full one none; only the token ends it."""
        from healthrelay.adapters.google_health.rows import QUESTIONS  # noqa: PLC0415

        question = QUESTIONS[read.source]
        if isinstance(question, AccountPart) and not question.points:
            return [self._send(access, question.request(read, ""), read.source)]
        points: list[Raw] = []
        seen = {""}
        token = ""
        for _ in range(MAX_PAGES):
            page = self._send(access, question.request(read, token), read.source)
            points += (_slim(point) for point in _points(page, question.points))
            token = page.get("nextPageToken") or ""
            if not token:
                return points
            if not isinstance(token, str):
                raise TryLater(f"Google Health names the next page of {read.source} by no text.")
            if token in seen:
                raise TryLater(f"Google Health goes in circles with {read.source}.", 3600)
            seen.add(token)
        # Waiting would not make it less.
        raise Refused(read.source, f"more than {MAX_PAGES} pages; ask for fewer days at once")

    def convert(
        self, window: Window, raw: Mapping[str, Sequence[Raw]], account: Account, now: datetime
    ) -> ConvertedSeries:
        from healthrelay.adapters.google_health.points import Answers  # noqa: PLC0415
        from healthrelay.adapters.google_health.rows import ROWS  # noqa: PLC0415

        answers = Answers(raw, window, account.zone, {}, set(), now, set())
        try:
            elements = ROWS[window.series].elements(answers)
        except ODD:
            # Not one point, but what several come to.
            return ConvertedSeries([], {"": 1})
        odd = Counter(answers.odd.values())
        return ConvertedSeries(elements, odd, answers.unsure, answers.replaced)

    def _send(self, access: str, request: Request, what: str) -> dict[str, Any]:
        headers = {
            "Authorization": f"Bearer {access}",
            "Accept": "application/json",
            "Accept-Encoding": "gzip",
        }
        sent = None if request.body is None else json.dumps(request.body).encode()
        if sent:
            headers["Content-Type"] = "application/json"
        url = self._url + request.path
        answer = self._http.send(request.method, url, headers, sent, SECONDS)
        if answer.status != 200:
            raise trouble(answer, what)
        payload = parse_json(answer.body)
        if not isinstance(payload, dict):
            raise TryLater("Google Health answered something that is not its JSON.")
        return payload


def _text(value: object) -> str:
    """Return a short text; nothing for anything else."""
    text = value.strip() if isinstance(value, str) else ""
    return text if len(text) <= MAX_ID_LENGTH else ""


def _slim(point: Raw) -> Raw:
    """Without the civil times of a point, more than half of what it weighs: offsets say the same.

    A roll-up by the day has nothing else that names its day, and keeps them.
    """
    if isinstance(point, dict) and "civilStartTime" not in point:
        for value in point.values():
            for name in ("interval", "sampleTime"):
                times = value.get(name) if isinstance(value, dict) else None
                if isinstance(times, dict):
                    for civil in _CIVIL & times.keys():
                        del times[civil]
    return point


def _points(page: dict[str, Any], name: str) -> list[Raw]:
    """Return the points of one *page*; one without the member *name* has none."""
    points = page.get(name, [])
    if not isinstance(points, list):
        raise TryLater(f"Google Health sent {name} in an unknown shape.")
    return points
