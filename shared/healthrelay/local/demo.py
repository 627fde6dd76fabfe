"""One person's connection, fetch and poll, over real HTTP."""

from __future__ import annotations

import time
import webbrowser
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

import requests

from healthrelay.core.errors import TryLater
from healthrelay.core.igor_json import user_name
from healthrelay.flows.delivery.poll import new_poll_key
from healthrelay.flows.grants.connect import invitation_link
from healthrelay.local.consent_page import allow

if TYPE_CHECKING:
    from healthrelay.assembly.services import Services

CONSENT_TIMEOUT_SECONDS = 600
REQUEST_TIMEOUT_SECONDS = 120

SETTINGS = {
    "methods": "get_bodyweight,get_bodyfat,time_series",
    "resource": "body/weight,body/fat,body/bmi,activities/steps",
}
"""The settings of a person that this command creates."""


@dataclass(frozen=True, slots=True)
class DemoRun:
    """The person, the services of this process, and where to print messages."""

    services: Services
    user: str
    print_line: Callable[[str], None]
    automatic: bool


@dataclass(frozen=True, slots=True)
class DemoResult:
    """What the run fetched."""

    user: str
    provider: str
    series: Mapping[str, Any]
    values: Mapping[str, list[dict[str, Any]]]
    poll_url: str
    statuses: Mapping[str, int]

    def as_json(self, values: bool) -> dict[str, Any]:
        """Return the output of ``--json``; with *values* also every record as Igor gets it."""
        document: dict[str, Any] = {
            "user": self.user,
            "provider": self.provider,
            "series": self.series,
            "poll_url": self.poll_url,
            "statuses": self.statuses,
        }
        return document | ({"values": self.values} if values else {})


def connect(demo: DemoRun) -> dict[str, int]:
    """Create the person, and get their consent unless it is stored; return HTTP statuses."""
    store = demo.services.store
    if store.identities.settings(user_name(demo.user)) is None:
        store.identities.save(demo.user, SETTINGS)
    if store.tokens.load(demo.user):
        return {}
    url = invitation_link(
        demo.user,
        public_url=demo.services.public_url,
        owner_key=demo.services.owner_key,
        consent=demo.services.consent,
        identities=store.identities,
        now=demo.services.now(),
    )
    if demo.automatic:
        return allow(url)
    demo.print_line(f"Please give your consent on this page:\n\n  {url}\n")
    webbrowser.open(url)
    deadline = time.monotonic() + CONSENT_TIMEOUT_SECONDS
    while not store.tokens.load(demo.user):
        if time.monotonic() > deadline:
            raise TryLater("Nobody gave consent within ten minutes.")
        time.sleep(0.5)
    return {}


def collect(demo: DemoRun, days: Mapping[str, str], statuses: dict[str, int]) -> DemoResult:
    """Fetch the *days*, then poll as Igor does; add to *statuses*."""
    services = demo.services
    fetch = _get(services, "fetch", {"user": demo.user, **days}, services.owner_key)
    statuses["fetch"] = fetch.status_code
    if "error" in fetch.json():
        demo.print_line(f"fetch: {fetch.json()['error']}")
    values: dict[str, Any] = {}
    query = {"user": demo.user}
    if services.store.identities.poll_key(demo.user) is None:
        # Only a new key can be shown: an older one is stored as a hash, and Igor has it.
        query["key"] = new_poll_key(demo.user, services.store.identities)
        poll = _get(services, "relay", query)
        statuses["relay"] = poll.status_code
        values = poll.json().get(demo.user, {})
    return DemoResult(
        demo.user,
        services.settings.provider,
        fetch.json().get("series", {}),
        values,
        f"{services.public_url}/relay?{urlencode(query)}",
        statuses,
    )


def _get(
    services: Services, function: str, query: Mapping[str, str], key: str = ""
) -> requests.Response:
    headers = {"Authorization": f"Bearer {key}"} if key else {}
    url = f"{services.public_url}/{function}"
    return requests.get(url, params=dict(query), headers=headers, timeout=REQUEST_TIMEOUT_SECONDS)
