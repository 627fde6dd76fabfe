"""Asking Google Health (https://developers.google.com/health): one source, whole local days."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import Any
from urllib.parse import quote, urlencode

from healthrelay.adapters.google_health.convert import HEIGHT, ROWS, STEPS, Household
from healthrelay.adapters.google_health.errors import trouble
from healthrelay.adapters.http import Http
from healthrelay.core.digestible import Json
from healthrelay.core.errors import HealthrelayError, TryLater
from healthrelay.core.plan import Read, Source
from healthrelay.core.records import Window
from healthrelay.core.token import Account, Grant
from healthrelay.ports import Raw

SECONDS = 30
PAGE_SIZE = 10_000
MAX_PAGES = 200
_ROLLED_UP = frozenset({STEPS.name})


class GoogleHealth:
    """Satisfies `healthrelay.ports.Provider`. *system* is a household's, as for Fitbit."""

    name = "google_health"
    needs: Mapping[str, tuple[Source, ...]] = {name: row.needs for name, row in ROWS.items()}

    def __init__(self, url: str, system: str, http: Http) -> None:
        self._url = f"{url}/v4/users/me"
        self._system = system
        self._http = http

    def account(self, grant: Grant) -> Account:
        """Any one scope opens the identity; the zone needs a scope that a wearer may refuse."""
        said = self._ask(grant.access, "GET", "/identity", None, "the identity")
        try:
            settings = self._ask(grant.access, "GET", "/settings", None, "the settings")
        except HealthrelayError:
            # A zone is a nicety: without it days are counted in UTC, or as the owner set.
            settings = {}
        return Account(str(said.get("healthUserId", "")), settings.get("timeZone") or None)

    def read(self, access: str, read: Read) -> Sequence[Raw]:
        if read.source in _ROLLED_UP:
            return self._roll_up(access, read)
        return self._reconcile(access, read)

    def convert(
        self, window: Window, raw: Mapping[str, Sequence[Raw]], account: Account
    ) -> list[dict[str, Json]]:
        try:
            elements = ROWS[window.series].elements(raw, Household(self._system, account.zone))
        except (LookupError, TypeError, ValueError, ArithmeticError, AttributeError) as error:
            raise TryLater(
                f"Google Health sent {window.series} in an unknown shape ({type(error).__name__})."
            ) from error
        # A source may have been read over more days than this series asked for.
        return [e for e in elements if _inside(window, str(e.get("dateTime") or e.get("date")))]

    def _reconcile(self, access: str, read: Read) -> list[Raw]:
        """The one merged stream: a list would hold what scale and phone both reported twice."""
        query = {"pageSize": str(PAGE_SIZE)}
        if read.source != HEIGHT.name:
            field = f"{read.source.replace('-', '_')}.sample_time.civil_time"
            after = read.end + timedelta(days=1)
            query["filter"] = f'{field} >= "{read.start}" AND {field} < "{after}"'
        path = f"/dataTypes/{read.source}/dataPoints:reconcile?"
        points: list[Raw] = []
        seen = {""}
        for _ in range(MAX_PAGES):
            page = self._ask(
                access, "GET", path + urlencode(query, quote_via=quote), None, read.source
            )
            points += _points(page, "dataPoints")
            token = page.get("nextPageToken", "")
            # An empty page may carry a token, a full one none: only the token ends it.
            if not token:
                return points
            if token in seen:
                break
            seen.add(token)
            query["pageToken"] = token
        raise TryLater(f"Google Health does not come to an end with {read.source}.", 3600)

    def _roll_up(self, access: str, read: Read) -> list[Raw]:
        """Daily totals. Without a page size, for Google counts it against the longest range."""
        span = {"start": _civil(read.start), "end": _civil(read.end + timedelta(days=1))}
        body = {"range": span, "windowSizeDays": 1}
        path = f"/dataTypes/{read.source}/dataPoints:dailyRollUp"
        points: list[Raw] = []
        for _ in range(MAX_PAGES):
            page = self._ask(access, "POST", path, body, read.source)
            points += _points(page, "rollupDataPoints")
            token = page.get("nextPageToken", "")
            if not token:
                return points
            if token == body.get("pageToken"):
                break
            body["pageToken"] = token
        raise TryLater(f"Google Health does not come to an end with {read.source}.", 3600)

    def _ask(
        self, access: str, method: str, path: str, body: dict[str, Any] | None, what: str
    ) -> dict[str, Any]:
        headers = {
            "Authorization": f"Bearer {access}",
            "Accept": "application/json",
            "Accept-Encoding": "gzip",
        }
        sent = None
        if body is not None:
            headers["Content-Type"] = "application/json"
            sent = json.dumps(body).encode()
        answer = self._http.send(method, self._url + path, headers, sent, SECONDS)
        if answer.status != 200:
            raise trouble(answer, what)
        said = answer.json()
        if not isinstance(said, dict):
            raise TryLater("Google Health answered something that is not its JSON.")
        return said


def _points(page: dict[str, Any], name: str) -> list[Raw]:
    """The points of one *page*: none when it says nothing of them, as an empty result does."""
    found = page.get(name, [])
    if not isinstance(found, list):
        raise TryLater(f"Google Health sent {name} in an unknown shape.")
    return found


def _inside(window: Window, day: str) -> bool:
    return window.start.isoformat() <= day <= window.end.isoformat()


def _civil(day: date) -> dict[str, dict[str, int]]:
    return {"date": {"year": day.year, "month": day.month, "day": day.day}}
