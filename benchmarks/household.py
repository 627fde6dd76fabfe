"""The household that is measured: jack, his scale, and stores as they are before a request."""

from __future__ import annotations

import base64
import json
import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory, mkdtemp
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit

import requests

from benchmarks.process import Answer, Question, Running, running
from healthrelay import config
from healthrelay.adapters.sqlite import SqliteStore
from healthrelay.assembly import Services
from healthrelay.core.plan import plan
from healthrelay.core.records import Delta, parse
from healthrelay.core.request import windows
from healthrelay.flows import connect
from healthrelay.flows.relay import new_poll_key
from healthrelay.local.paths import function_file
from healthrelay.local.sandbox import sandbox

USER = "jack"
FOUR_SERIES = {
    "methods": "time_series",
    "resource": "body/weight,body/fat,body/bmi,activities/steps",
}
DAYS = 365
EMPTY = Path(__file__).parent / "empty" / "main.py"
STORE = "healthrelay.db"
SECONDS = 30
_OWNER_KEY = "an-owner-key-for-benchmarks-of-forty-two-c"
_SEALING_KEY = base64.b64encode(b"32 bytes that seal a bench store").decode()


@dataclass(frozen=True, slots=True)
class Household:
    """A sandbox in a process of its own, and stores that each started function gets a copy of."""

    folder: Path
    settings: Mapping[str, str]
    poll_key: str

    @contextmanager
    def start(
        self, name: str, source: Path | None = None, extra: Mapping[str, str] | None = None
    ) -> Iterator[Running]:
        """Run the function *name*, or *source* in its place, over a fresh copy of its store."""
        folder = Path(mkdtemp(prefix=f"{name}-", dir=self.folder))
        seed = self.folder / ("connected" if name == "fetch" else "measured")
        shutil.copytree(seed, folder, dirs_exist_ok=True)
        own = {**self.settings, **_store(folder), **(extra or {})}
        if name == "empty":
            own, source = dict(extra or {}), source or EMPTY
        target = "spied" if extra else name
        with running(target, source or function_file(name), own, folder) as function:
            yield function

    def question(self, name: str) -> Question:
        """What the function *name* is asked; for ``auth2`` a consent is given first."""
        owner = {"Authorization": f"Bearer {_OWNER_KEY}"}
        if name == "auth1":
            return Question(self._is_redirect, f"/?user={USER}", owner)
        if name == "relay":
            return Question(_is_snapshot, f"/?user={USER}&key={self.poll_key}")
        if name == "auth2":
            return _back_from_consent(self.services(self.folder / "measured"))
        if name == "fetch":
            return Question(_is_fetch, f"/?user={USER}", owner)
        return Question(lambda answer: answer.body == b"ok")

    def services(self, folder: Path) -> Services:
        """What a function over the store in *folder* would use, in this process."""
        return Services(config.load({**self.settings, **_store(folder)}))

    def planned(self) -> int:
        """The number of provider calls that the four series need."""
        services = self.services(self.folder / "measured")
        asked = windows({}, FOUR_SERIES, services.now().date())
        return len(plan(asked, services.provider.needs).reads)

    def journal(self) -> list[dict[str, Any]]:
        """The requests for measurements that have reached the provider so far."""
        api = self.settings["HEALTHRELAY_GOOGLE_API_URL"]
        url = f"{urlsplit(api).scheme}://{urlsplit(api).netloc}/sandbox/journal"
        entries = requests.get(url, timeout=SECONDS).json()
        return [entry for entry in entries if "/dataTypes/" in entry["path"]]

    def _is_redirect(self, answer: Answer) -> bool:
        page = self.settings["HEALTHRELAY_GOOGLE_AUTH_URL"]
        return answer.status == 302 and answer.headers["location"].startswith(page)


@contextmanager
def household(latency: float = 0.0) -> Iterator[Household]:
    """Jack, connected and measured, at a provider that answers *latency* seconds late."""
    with TemporaryDirectory() as name, sandbox(["--latency", str(latency)]) as peer:
        folder = Path(name)
        settings = {
            **peer.settings,
            "HEALTHRELAY_PROVIDER": "google_health",
            "HEALTHRELAY_PUBLIC_URL": "http://127.0.0.1:8080",
            "HEALTHRELAY_OWNER_KEY": _OWNER_KEY,
            "HEALTHRELAY_SEALING_KEYS": f"bench:{_SEALING_KEY}",
        }
        home = Household(folder, settings, "")
        _connect(home)
        yield Household(folder, settings, _measure(home))


def _store(folder: Path) -> dict[str, str]:
    return {"HEALTHRELAY_STORE": f"sqlite:///{folder / STORE}"}


def _measure(home: Household) -> str:
    """Give jack a year of weights; returns the key to poll them with."""
    last = date(2026, 11, 1)
    elements = [
        {"dateTime": (last - timedelta(days=n)).isoformat(), "value": f"{82 + n % 7 / 10:.1f}"}
        for n in range(DAYS)
    ]
    services = home.services(home.folder / "measured")
    services.store.identities.save(USER, FOUR_SERIES)
    delta = Delta(added=tuple(parse("body-weight", elements)))
    services.store.records.apply(USER, delta, services.now())
    key = new_poll_key(USER, services.store.identities)
    _close(services)
    return key


def _connect(home: Household) -> None:
    """Give jack a login and no measurements."""
    services = home.services(home.folder / "connected")
    services.store.identities.save(USER, FOUR_SERIES)
    desk = connect.Desk(
        services.owner_key,
        services.consent,
        services.store,
        services.grants,
        services.consents,
        services.provider,
    )
    connect.finish(_consent(services), desk, services.now())
    _close(services)


def _close(services: Services) -> None:
    # A closed store is one file: no journal beside it that a copy would have to recover.
    if isinstance(services.store, SqliteStore):
        services.store.close()


def _consent(services: Services) -> connect.Return:
    """Go to the consent page with a question of the library, allow all, bring the answer back."""
    begun = connect.begin(
        USER, services.client, services.consent, services.owner_key, services.now()
    )
    form = [("decision", "allow"), *(("scope", scope) for scope in services.consent.scopes)]
    back = requests.post(begun.url, data=form, allow_redirects=False, timeout=SECONDS)
    query = dict(parse_qsl(urlsplit(back.headers["Location"]).query))
    return connect.Return(query, {begun.cookie_name: begun.cookie})


def _back_from_consent(services: Services) -> Question:
    back = _consent(services)
    cookies = "; ".join(f"{name}={value}" for name, value in back.cookies.items())
    return Question(_is_connected, f"/?{urlencode(back.query)}", {"Cookie": cookies})


def _is_connected(answer: Answer) -> bool:
    return answer.status == 200 and b"Jack is connected" in answer.body


def _is_snapshot(answer: Answer) -> bool:
    return answer.status == 200 and len(json.loads(answer.body)[USER]["body-weight"]) == DAYS


def _is_fetch(answer: Answer) -> bool:
    return answer.status == 200 and len(json.loads(answer.body)["series"]) == 4
