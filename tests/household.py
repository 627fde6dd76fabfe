"""A household for tests: the real functions on a real port, and what its people do."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, redirect_stderr, redirect_stdout
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from io import StringIO
from pathlib import Path
from typing import Any, NamedTuple

import functions_framework
import pytest
import requests
from flask import Flask, Request, Response, request
from flask.testing import FlaskClient

from healthrelay.__main__ import main
from healthrelay.assembly import services
from healthrelay.assembly.services import Services
from healthrelay.core.json import Json
from healthrelay.flows.delivery.poll import new_poll_key
from healthrelay.local.consent_page import CONNECTED, allow
from healthrelay.local.serve import HOST, serve_functions
from healthrelay.web.endpoint import View
from sandbox import Sandbox
from tests.peers.process import free_port

OWNER_KEY = "an-owner-key-for-tests-of-forty-characters"
FUNCTIONS = Path(__file__).resolve().parents[1] / "functions"
SECONDS = 30
START = datetime(2026, 11, 28, 15, tzinfo=UTC)
"""When every household begins, whatever the real day is: hours from the day's ends, at the
beginning of an hour's quota, after days on which jack measured all that he can."""
TODAY = START.date()
WEIGHTS = {"methods": "time_series", "resource": "body/weight", "period": "1m"}


class Clock:
    """A clock that begins at *start*, whatever day it is, and runs on from it."""

    def __init__(self, start: datetime = START) -> None:
        self._lead = start.timestamp() - time.monotonic()

    def now(self) -> datetime:
        """Return the instant, aware."""
        return datetime.fromtimestamp(self.seconds(), UTC)

    def advance(self, **by: float) -> None:
        """Go on *by* so many hours or days at once."""
        self._lead += timedelta(**by).total_seconds()

    def seconds(self) -> float:
        """Return the seconds since the epoch."""
        return self._lead + time.monotonic()


@dataclass(frozen=True)
class Household:
    """The owner's and the wearers' hands on one running healthrelay."""

    url: str
    services: Services
    sandbox: Sandbox

    def rebuild(self) -> None:
        """Have the functions read their settings again."""
        services.cache_clear()
        services().now = self.services.now

    def add(self, user: str = "jack", **settings: str) -> None:
        """Make a person."""
        self.services.store.identities.save(user, settings)

    def invitation(self, user: str = "jack") -> str:
        """The address with which *user* may connect."""
        link = self.services.invitation_link(user)
        return link.replace(self.services.public_url, self.url, 1)

    def connect(self, user: str = "jack", **settings: str) -> None:
        """Make *user* if need be, and let them give their whole consent in a browser."""
        if self.services.store.identities.settings(user) is None:
            self.add(user, **settings)
        account = "" if user == "jack" else user
        assert allow(self.invitation(user), account) == CONNECTED

    def wait_a_minute(self, user: str = "jack") -> None:
        """As if all that is noted of *user*'s grant were a minute older."""
        stored = self.services.store.tokens.load(user)
        assert stored is not None
        health: dict[str, Any] = dict(stored.document["health"])  # type: ignore[arg-type]
        for name in ("refused_at", "retry_at"):
            earlier = datetime.fromisoformat(health[name]) - timedelta(seconds=61)
            health[name] = earlier.isoformat()
        self.change_grant(user, health=health)

    def change_grant(self, user: str = "jack", **parts: Json) -> None:
        """Write over *parts* of the document that holds *user*'s grant."""
        tokens = self.services.store.tokens
        stored = tokens.load(user)
        assert stored is not None
        tokens.save(user, {**stored.document, **parts}, stored.version)

    def problem(self, answer: requests.Response) -> requests.Response:
        """The page of a failure, to which *answer* leads."""
        place = answer.headers.get("Refresh", "").partition("url=")[2]
        assert answer.status_code >= 400, answer.text
        assert "/setup/problem?" in place
        return requests.get(place, timeout=SECONDS, allow_redirects=False)

    def fetch(self, user: str = "jack", **query: str) -> requests.Response:
        """As the owner."""
        return self.get("fetch", {"user": user, **query}, OWNER_KEY)

    def fetched(self, user: str = "jack", **query: str) -> dict[str, Any]:
        """The answer of a fetch that succeeds."""
        answer = self.fetch(user, **query)
        assert answer.status_code == 200, answer.text
        found: dict[str, Any] = answer.json()
        return found

    def delivered(self, user: str = "jack") -> dict[str, Any]:
        """How it stands with the home after the owner wanted it told at once."""
        answer = self.get("deliver", {"user": user, "now": "1"}, OWNER_KEY)
        assert answer.status_code == 200, answer.text
        found: dict[str, Any] = answer.json()["people"][user]["igor"]
        return found

    def poll_key(self, user: str = "jack") -> str:
        """A new one."""
        return new_poll_key(user, self.services.store.identities)

    def poll(self, user: str = "jack", key: str | None = None) -> requests.Response:
        """As Igor; makes a new key unless one is given."""
        chosen = self.poll_key(user) if key is None else key
        return self.get("relay", {"user": user, "key": chosen})

    def snapshot(self, user: str = "jack") -> dict[str, list[dict[str, Any]]]:
        """Series → records, as Igor gets them."""
        found: dict[str, list[dict[str, Any]]] = self.poll(user).json()[user]
        return found

    def get(
        self,
        function: str,
        query: Mapping[str, str] | None = None,
        bearer: str = "",
        headers: Mapping[str, str] | None = None,
    ) -> requests.Response:
        """One GET that follows nothing."""
        key = {"Authorization": f"Bearer {bearer}"} if bearer else {}
        return requests.get(
            f"{self.url}/{function}",
            params=dict(query or {}),
            headers={**key, **(headers or {})},
            timeout=SECONDS,
            allow_redirects=False,
        )

    def post(
        self, function: str, bearer: str = OWNER_KEY, *, kind: str = "", task: str = "", **body: Any
    ) -> requests.Response:
        """One POST of `data` or `json`, of a content of that *kind*, or as a *task* of a queue."""
        headers = {"Authorization": f"Bearer {bearer}"}
        headers |= {"Content-Type": kind} if kind else {}
        headers |= {"X-CloudTasks-TaskName": task} if task else {}
        return requests.post(f"{self.url}/{function}", headers=headers, timeout=SECONDS, **body)


class Printed(NamedTuple):
    """What a command has printed."""

    out: str
    err: str


def run_command(*words: str, code: int = 0) -> Printed:
    """Run one command of the command line in this process; it must exit with *code*."""
    with redirect_stdout(StringIO()) as out, redirect_stderr(StringIO()) as err:
        exit_code = main([*words])
    assert exit_code == code, err.getvalue()
    return Printed(out.getvalue(), err.getvalue())


def result_of(*words: str, code: int = 0) -> Any:
    """Return the result of a command that prints JSON; it must exit with *code*."""
    document = json.loads(run_command(*words, "--json", code=code).out)
    assert document["command"] == " ".join(words[: document["command"].count(" ") + 1])
    assert (document["exit_code"], document["error"]) == (code, None)
    return document["result"]


def answer_of(view: View, services: Any, path: str, method: str = "GET", **more: Any) -> Response:
    """What *view* answers, as a function that is reached at this path."""
    with Flask("cloud").test_request_context(path, method=method, **more):
        real: Request = request._get_current_object()  # type: ignore[attr-defined]
        return view(real, services)


def load_function(name: str) -> FlaskClient:
    """Load the real `main.py` of a function, as the framework does."""
    source = str(FUNCTIONS / name / "main.py")
    return functions_framework.create_app(name, source).test_client()


@contextmanager
def household_at(
    folder: Path,
    sandbox: Sandbox,
    chosen: Mapping[str, str],
    clock: Clock,
    monkeypatch: pytest.MonkeyPatch,
) -> Iterator[Household]:
    """Serve the functions by *clock* with the settings *chosen* and a store in *folder*."""
    port = free_port()
    complete = {
        **sandbox.settings,
        "HEALTHRELAY_STORE": f"sqlite:///{folder}/healthrelay.db",
        "HEALTHRELAY_PUBLIC_URL": f"http://127.0.0.1:{port}",
        "HEALTHRELAY_OWNER_KEY": OWNER_KEY,
        **chosen,
    }
    for name, value in complete.items():
        monkeypatch.setenv(name, value)
    services.cache_clear()
    services().now = clock.now
    # Where functions are deployed, what is in front of them says how it was reached.
    with serve_functions(port, trusted_proxy=HOST) as url:
        try:
            yield Household(url, services(), sandbox)
        finally:
            services().close()
            services.cache_clear()
