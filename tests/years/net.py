"""What is behind the only way out: providers, their token endpoints, and Igor."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

from healthrelay.adapters.http import Answer
from healthrelay.core.errors import TryLater
from tests.years import google
from tests.years.service import QUOTA_WAIT_SECONDS, Bad, Service

IGOR = "https://igor.example"
API, TOKENS = "health.googleapis.com", ("oauth2.googleapis.com", "api.fitbit.com")


class Igor:
    """A copy of everybody, and what is wrong with it."""

    def __init__(self) -> None:
        self.holds: dict[str, dict[str, list[dict[str, Any]]]] = {}
        """Person → series → elements."""
        self.status = 200
        """What it answers; 0 when it is away."""
        self.puts = 0

    def put(self, user: str, body: bytes) -> int:
        self.puts += 1
        if self.status == 200:
            self.holds[user] = json.loads(body)[user]
        return self.status


class Net:
    """Satisfies `healthrelay.adapters.http.Http` for all its users."""

    def __init__(self, services: Mapping[str, Service], igor: Igor) -> None:
        self._services = services
        self._igor = igor

    def send(
        self,
        method: str,
        url: str,
        headers: Mapping[str, str],
        body: bytes | None = None,
        seconds: float = 30,
        *,
        read: object = None,
    ) -> Answer:
        parts = urlsplit(url)
        try:
            status, answer = self._answer(method, parts.hostname or "", parts, headers, body)
        except Bad as bad:
            status, answer = bad.status, b"{}"
        if status == 0:
            raise TryLater(f"{parts.hostname} gave no whole answer (TimeoutError).")
        wait = {"retry-after": str(QUOTA_WAIT_SECONDS)} if status == 429 else {}
        return Answer(status, wait, answer)

    def clock(self, url: str) -> datetime:
        """Return the true time, which every provider knows."""
        return self._services["google_health"].now()

    def _answer(
        self, method: str, host: str, parts: Any, headers: Mapping[str, str], body: bytes | None
    ) -> tuple[int, bytes]:
        if host == urlsplit(IGOR).hostname:
            return self._igor.put(parts.path.rpartition("/")[2], body or b""), b""
        name = "fitbit" if host == "api.fitbit.com" else "google_health"
        service = self._services[name]
        if host in TOKENS:
            end = parts.path.endswith("revoke")
            return (service.revoke if end else service.grant)(body or b"")
        access = headers["Authorization"].removeprefix("Bearer ")
        return 200, google.answer(service, access, f"{parts.path}?{parts.query}", body)
