"""The household that is measured: jack, his scale, and stores as they are before a request."""

from __future__ import annotations

import base64
import shutil
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager, redirect_stderr
from dataclasses import dataclass, replace
from datetime import date, timedelta
from io import StringIO
from pathlib import Path
from tempfile import TemporaryDirectory, mkdtemp
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import requests
from flask import Flask, Response

from benchmarks.process import Entry, NotTheAnswer, Running, running
from healthrelay import config
from healthrelay.adapters.sqlite.store import SqliteStore
from healthrelay.assembly.services import Services
from healthrelay.core.json import Json
from healthrelay.core.measurements.ledger import Ledger
from healthrelay.core.measurements.origin import origin_of
from healthrelay.core.measurements.reading import Delta, Window, parse
from healthrelay.core.measurements.reads import pack
from healthrelay.core.measurements.records import Record
from healthrelay.flows.delivery.poll import new_poll_key
from healthrelay.local.sandbox import sandbox
from healthrelay.local.serve import function_file
from healthrelay.web import auth1, auth2
from healthrelay.web.endpoint import View

USER = "jack"
OWNER = {"Authorization": "Bearer an-owner-key-for-benchmarks-of-many-characters"}
SERIES = ("body-weight", "body-fat", "body-bmi", "activities-steps")
FOUR_SERIES = {
    "methods": "time_series",
    "resource": ",".join(name.replace("-", "/") for name in SERIES),
}
DAYS = 365
STORE = "healthrelay.db"
SECONDS = 30
_EMPTY = Path(__file__).parent / "empty" / "main.py"
_SEALING_KEY = base64.b64encode(b"32 bytes that seal a bench store").decode()
_LAST_DAY = date(2026, 11, 1)


@dataclass(frozen=True, slots=True)
class Household:
    """A sandbox in a process of its own, and stores that each started function gets a copy of."""

    folder: Path
    settings: Mapping[str, str]
    poll_key: str

    @contextmanager
    def start(self, name: str, instead: Entry | None = None, seed: str = "") -> Iterator[Running]:
        """Run the function *name*, or another *instead*, over a fresh copy of its store *seed*."""
        folder = Path(mkdtemp(prefix=f"{name}-", dir=self.folder))
        seed = seed or ("connected" if name == "fetch" else "measured")
        shutil.copytree(self.folder / seed, folder, dirs_exist_ok=True)
        with running(
            instead or Entry(name, source(name)), {**self.settings, **_store(folder)}, folder
        ) as function:
            yield function

    def services(self, seed: str) -> Services:
        """Return what a function over the store *seed* would use, in this process."""
        return Services(config.load({**self.settings, **_store(self.folder / seed)}))

    def consent(self, seed: str = "measured") -> tuple[str, dict[str, str]]:
        """Go to the consent page as a browser, allow all: the path and cookie for ``auth2``."""
        services = self.services(seed)
        begun = _visit(auth1.view, services, f"/?user={USER}", OWNER)
        _close(services)
        page = begun.headers["Location"]
        scopes = dict(parse_qsl(urlsplit(page).query))["scope"].split()
        form = [("decision", "allow"), *(("scope", scope) for scope in scopes)]
        back = requests.post(page, data=form, allow_redirects=False, timeout=SECONDS)
        cookie = begun.headers["Set-Cookie"].partition(";")[0]
        return f"/?{urlsplit(back.headers['Location']).query}", {"Cookie": cookie}

    def planned(self) -> int:
        """Return the number of provider calls that a month of the four series needs."""
        services = self.services("measured")
        last = services.now().date()
        month = [Window(name, last - timedelta(days=29), last) for name in SERIES]
        return len(pack({window: services.provider.needs(window) for window in month}, Ledger()))

    def journal(self) -> list[dict[str, Any]]:
        """Return the requests for measurements that have reached the provider so far."""
        api = urlsplit(self.settings["HEALTHRELAY_GOOGLE_API_URL"])
        entries = requests.get(f"http://{api.netloc}/sandbox/journal", timeout=SECONDS).json()
        return [entry for entry in entries if "/dataTypes/" in entry["path"]]


@contextmanager
def household(latency: float = 0.0) -> Iterator[Household]:
    """Jack, connected and measured, at a provider that answers *latency* seconds late."""
    with TemporaryDirectory() as name, sandbox(["--latency", str(latency)]) as peer:
        settings = {
            **peer.settings,
            "HEALTHRELAY_PROVIDER": "google_health",
            "HEALTHRELAY_SYSTEM": "metric",  # as a deployment says it, so that no poll reads it
            "HEALTHRELAY_PUBLIC_URL": "http://127.0.0.1:8080",
            "HEALTHRELAY_OWNER_KEY": OWNER["Authorization"].removeprefix("Bearer "),
            "HEALTHRELAY_SEALING_KEYS": f"bench:{_SEALING_KEY}",
        }
        home = Household(Path(name), settings, "")
        key = measure(home, "measured", daily("body-weight", DAYS))
        _connect(home)
        yield replace(home, poll_key=key)


def source(name: str) -> Path:
    """Return the entry point of the function *name*, be it ours or the empty one."""
    return _EMPTY if name == "empty" else function_file(name)


def _store(folder: Path) -> dict[str, str]:
    return {"HEALTHRELAY_STORE": f"sqlite:///{folder / STORE}"}


def daily(series: str, days: int, value: Json = "82.4") -> list[Record]:
    """Return so many *days* of a *series*, to the last one."""
    elements = [{"dateTime": f"{_LAST_DAY - timedelta(n)}", "value": value} for n in range(days)]
    return parse(series, elements, origin_of("google_health", USER))[0]


def measure(home: Household, seed: str, records: Iterable[Record]) -> str:
    """Give jack *records* in the store *seed*; the log's last entry names one. Return his key."""
    services = home.services(seed)
    store = services.store
    store.identities.save(USER, FOUR_SERIES)
    first, *rest = records
    store.records.apply(USER, Delta(added=tuple(rest)), services.now())
    store.records.apply(USER, Delta(added=(first,)), services.now())
    key = new_poll_key(USER, store.identities)
    _close(services)
    return key


def _connect(home: Household) -> None:
    """Give jack a login and no measurements in the other."""
    services = home.services("connected")
    services.store.identities.save(USER, FOUR_SERIES)
    answer = _visit(auth2.view, services, *home.consent("connected"))
    if "/connected" not in answer.headers.get("Location", ""):
        raise NotTheAnswer(f"status {answer.status_code}: {answer.headers}")
    _close(services)


def _visit(view: View, services: Services, path: str, headers: Mapping[str, str]) -> Response:
    """Return what *view* answers in this process; its line for the log is dropped."""
    url, app = f"{services.public_url}{path}", Flask("benchmarks")
    request = app.test_request_context(url, headers=dict(headers))
    with request, redirect_stderr(StringIO()):
        return view(request.request, services)


def _close(services: Services) -> None:
    # A closed store is one file: no journal beside it that a copy would have to recover.
    if isinstance(services.store, SqliteStore):
        services.store.close()
