"""One person's connection, fetch and poll, over real HTTP."""

import time
import webbrowser
from collections.abc import Mapping
from typing import Any, NamedTuple
from urllib.parse import urlencode

import requests

from healthrelay import log
from healthrelay.assembly.services import Services
from healthrelay.core.errors import TryLater
from healthrelay.core.igor_json import user_name
from healthrelay.flows.delivery.poll import new_poll_key
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

    user: str
    provider: str
    series: Mapping[str, Any]
    poll_url: str
    statuses: Mapping[str, int]
    values: Mapping[str, list[dict[str, Any]]]

    def as_json(self, values: bool) -> dict[str, Any]:
        """Return the output of ``--json``; with *values* also every record as Igor gets it."""
        document = self._asdict()
        if not values:
            del document["values"]
        return document


def print_line(text: str) -> None:
    """Print *text* for the person in front of the screen; standard output is for programs."""
    log.write_text(f"{text}\n")


def connect(services: Services, user: str, *, automatic: bool) -> dict[str, int]:
    """Create the person, and get their consent unless it is stored; return HTTP statuses."""
    store = services.store
    if store.identities.settings(user_name(user)) is None:
        store.identities.save(user, SETTINGS)
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
    """Fetch the *days*, then poll as Igor does; add to *statuses*."""
    fetch = _get(services, "fetch", {"user": user, **days}, services.owner_key)
    statuses["fetch"] = fetch.status_code
    if "error" in fetch.json():
        print_line(f"fetch: {fetch.json()['error']}")
    values: dict[str, Any] = {}
    query = {"user": user}
    if services.store.identities.poll_key(user) is None:
        # Only a new key can be shown: an older one is stored as a hash, and Igor has it.
        query["key"] = new_poll_key(user, services.store.identities)
        poll = _get(services, "relay", query)
        statuses["relay"] = poll.status_code
        values = poll.json().get(user, {})
    return DemoResult(
        user,
        services.settings.provider,
        fetch.json().get("series", {}),
        f"{services.public_url}/relay?{urlencode(query)}",
        statuses,
        values,
    )


def _get(
    services: Services, function: str, query: Mapping[str, str], key: str = ""
) -> requests.Response:
    headers = {"Authorization": f"Bearer {key}"} if key else {}
    url = f"{services.public_url}/{function}"
    with requests.Session() as session:
        session.trust_env = False  # no proxy leads back to this machine
        return session.get(url, params=query, headers=headers, timeout=REQUEST_TIMEOUT_SECONDS)
