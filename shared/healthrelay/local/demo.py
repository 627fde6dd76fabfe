"""One person's connection, fetch and poll, over real HTTP."""

import time
import webbrowser
from collections.abc import Mapping
from typing import Any, NamedTuple

import requests

from healthrelay import log
from healthrelay.assembly.services import Services
from healthrelay.core.errors import TryLater
from healthrelay.core.igor_json import user_name
from healthrelay.core.measurements.methods import METHODS
from healthrelay.core.measurements.snapshot import by_series, recent
from healthrelay.flows.delivery.poll import new_poll_key
from healthrelay.flows.household import people
from healthrelay.flows.presenter import presenter
from healthrelay.igor.guide import PollSetup
from healthrelay.local.consent_page import allow

CONSENT_TIMEOUT_SECONDS = 600
REQUEST_TIMEOUT_SECONDS = 120

SETTINGS = {
    "methods": "get_bodyweight,get_bodyfat,time_series",
    "resource": "body/weight,body/fat,body/bmi,activities/steps",
}
"""The settings of a person that this command creates."""


class DemoResult(NamedTuple):
    """What the run fetched."""

    setup: PollSetup
    provider: str
    series: Mapping[str, Any]
    statuses: Mapping[str, int]
    values: Mapping[str, list[dict[str, Any]]]

    def as_json(self, values: bool) -> dict[str, Any]:
        """Return the output of ``--json``; with *values* also every record as Igor gets it."""
        document = {"user": self.setup.user, "poll_url": self.setup.poll_url, **self._asdict()}
        for name in ("setup",) if values else ("setup", "values"):
            del document[name]
        return document


def print_line(text: str) -> None:
    """Print *text* for the person in front of the screen; standard output is for programs."""
    log.write_text(f"{text}\n")


def connect(
    services: Services, user: str, changes: Mapping[str, str], *, automatic: bool
) -> dict[str, int]:
    """Make the person, with *changes* of the settings, and get their consent unless it is stored.

    Return HTTP statuses.
    """
    store, today = services.store, services.now().date()
    if store.identities.settings(user_name(user)) is None:
        people.add(user, {**SETTINGS, **changes}, store.identities, today)
    elif changes:
        people.change(user, changes, store.identities, today)
    if store.tokens.load(user):
        return {}
    url = services.invitation_link(user)
    if automatic:
        return allow(url)
    print_line(f"Please give your consent on this page:\n\n  {url}\n")
    webbrowser.open(url)
    deadline = time.monotonic() + CONSENT_TIMEOUT_SECONDS
    while not store.tokens.load(user):
        if time.monotonic() > deadline:
            raise TryLater("Nobody gave consent within ten minutes.")
        time.sleep(0.5)
    return {}


def collect(
    services: Services, user: str, days: Mapping[str, str], statuses: dict[str, int]
) -> DemoResult:
    """Fetch, of methods that take *days* those, then poll as Igor does; add to *statuses*."""
    settings = services.store.identities.settings(user) or {}
    methods = [METHODS[name] for name in settings.get("methods", "").split(",") if name in METHODS]
    taken = {n: d for n, d in days.items() if any(n in method.arguments for method in methods)}
    fetch = _get(services, "fetch", {"user": user, **taken}, services.owner_key)
    statuses["fetch"] = fetch.status_code
    if "error" in fetch.json():
        print_line(f"fetch: {fetch.json()['error']}")
    values = _values(user, services)
    url, prefix = f"{services.settings.readers_url}/relay", services.settings.igor_prefix
    setup = PollSetup(user, url, prefix=prefix)
    if services.store.identities.poll_key(user) is None:
        # Only a new key can be shown: an older one is stored as a hash, and Igor has it.
        setup = setup._replace(key=new_poll_key(user, services.store.identities))
        if values:
            poll = _get(services, "relay", {"user": user, "key": setup.key})
            statuses["relay"] = poll.status_code
    series = fetch.json().get("series", {})
    return DemoResult(setup, services.settings.provider, series, statuses, values)


def _values(user: str, services: Services) -> dict[str, list[dict[str, Any]]]:
    """Return what is stored of *user* as the relay gives it."""
    records = services.store.records
    everything = records.everything(user)
    show = presenter(user, everything, records, services.system)
    return by_series(recent(everything, services.relay_days), show)


def _get(
    services: Services, function: str, query: Mapping[str, str], key: str = ""
) -> requests.Response:
    headers = {"Authorization": f"Bearer {key}"} if key else {}
    url = f"{services.public_url}/{function}"
    with requests.Session() as session:
        session.trust_env = False  # no proxy leads back to this machine
        return session.get(url, params=query, headers=headers, timeout=REQUEST_TIMEOUT_SECONDS)
