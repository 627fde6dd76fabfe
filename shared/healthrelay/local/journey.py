"""One person's way from the consent page to the poll, over real HTTP."""

from __future__ import annotations

import time
import webbrowser
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

import requests

from healthrelay.core.errors import TryLater
from healthrelay.core.household.names import user_name
from healthrelay.flows.delivery.poll import new_poll_key
from healthrelay.flows.grants.connect import invitation_link
from healthrelay.local.consent_page import allow

if TYPE_CHECKING:
    from healthrelay.assembly.services import Services

PATIENCE = 600
"""Seconds that a person has for the consent page."""
SECONDS = 120

SETTINGS = {
    "methods": "get_bodyweight,get_bodyfat,time_series",
    "resource": "body/weight,body/fat,body/bmi,activities/steps",
}
"""What a person made by this command has fetched, until the owner sets something else."""


@dataclass(frozen=True, slots=True)
class Traveller:
    """The person, the services of this process, and how to talk to whoever watches."""

    services: Services
    user: str
    tell: Callable[[str], None]
    alone: bool


@dataclass(frozen=True, slots=True)
class Arrived:
    """What the journey brought."""

    user: str
    provider: str
    series: Mapping[str, Any]
    values: Mapping[str, list[dict[str, Any]]]
    poll_url: str
    statuses: Mapping[str, int]

    def as_json(self, values: bool) -> dict[str, Any]:
        """For ``--json``; with *values* also every record, as Igor would get it."""
        told: dict[str, Any] = {
            "user": self.user,
            "provider": self.provider,
            "series": self.series,
            "poll_url": self.poll_url,
            "statuses": self.statuses,
        }
        return told | ({"values": self.values} if values else {})


def connect(who: Traveller) -> dict[str, int]:
    """Make the person, and get their consent unless it is stored; returns HTTP statuses."""
    store = who.services.store
    if store.identities.settings(user_name(who.user)) is None:
        store.identities.save(who.user, SETTINGS)
    if store.tokens.load(who.user):
        return {}
    url = invitation_link(
        who.user,
        public_url=who.services.public_url,
        owner_key=who.services.owner_key,
        consent=who.services.consent,
        identities=store.identities,
        now=who.services.now(),
    )
    if who.alone:
        return allow(url)
    who.tell(f"Please give your consent on this page:\n\n  {url}\n")
    webbrowser.open(url)
    deadline = time.monotonic() + PATIENCE
    while not store.tokens.load(who.user):
        if time.monotonic() > deadline:
            raise TryLater("Nobody gave a consent in ten minutes.")
        time.sleep(0.5)
    return {}


def collect(who: Traveller, days: Mapping[str, str], statuses: dict[str, int]) -> Arrived:
    """Fetch the *days*, then poll as Igor would; adds to *statuses*."""
    services = who.services
    fetched = _get(services, "fetch", {"user": who.user, **days}, services.owner_key)
    statuses["fetch"] = fetched.status_code
    if "error" in fetched.json():
        who.tell(f"fetch: {fetched.json()['error']}")
    values: dict[str, Any] = {}
    query = {"user": who.user}
    if services.store.identities.poll_key(who.user) is None:
        # Only a new key can be shown; an older one is a hash, and Igor has it already.
        query["key"] = new_poll_key(who.user, services.store.identities)
        polled = _get(services, "relay", query)
        statuses["relay"] = polled.status_code
        values = polled.json().get(who.user, {})
    return Arrived(
        who.user,
        services.settings.provider,
        fetched.json().get("series", {}),
        values,
        f"{services.public_url}/relay?{urlencode(query)}",
        statuses,
    )


def _get(
    services: Services, function: str, query: Mapping[str, str], key: str = ""
) -> requests.Response:
    headers = {"Authorization": f"Bearer {key}"} if key else {}
    url = f"{services.public_url}/{function}"
    return requests.get(url, params=dict(query), headers=headers, timeout=SECONDS)
