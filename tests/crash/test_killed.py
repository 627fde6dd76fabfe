"""Killed before any step of any flow and run again: the same end, nothing lost, nothing twice.

`STEPS` names every step. A flow that takes another one fails here until it is named, and is
then killed there too.
"""

from __future__ import annotations

import json

import pytest

from healthrelay.flows.delivery.poll import new_poll_key, poll
from healthrelay.flows.delivery.snapshots import Form, Snapshots
from tests.crash.home import HEALED, LATER, Home

pytestmark = [pytest.mark.peer, pytest.mark.parametrize("provider", ["google_health", "fitbit"])]

DISCONNECT = [
    "identities.settings",
    "tokens.load",
    "tokens.save",
    "token_endpoint.revoke",
    "tokens.forget",
]
UNITS = ["records.ledger", "records.everything", "log.retell", "log.following"]
"""Of the first delivery: it stores in which units somebody is told."""
STEPS = {
    "connect": [
        "identities.settings",
        "handshakes.use",
        "identities.invitations",
        "tokens.load",
        "accounts.load",
        "token_endpoint.exchange",
        "provider.account",
        "tokens.load",
        "tokens.save",
        "the end",
    ],
    "fetch": [
        "identities.settings",
        "records.ledger",
        "tokens.load",
        "tokens.load",
        "tokens.save",
        "token_endpoint.refresh",
        "tokens.save",
        "provider.read",
        "tokens.load",
        "records.within",
        "records.apply",
        "log.following",
        *UNITS,
        "records.everything",
        "igor.send",
        "log.save",
        "log.head",
        "the end",
    ],
    "relay": ["identities.poll_key", "records.everything_since", "the end"],
    "disconnect": [*DISCONNECT, "the end"],
    "erase": [
        "identities.settings",
        "tokens.load",
        "records.everything",
        "identities.settings",
        "log.head",
        "identities.poll_key",
        *DISCONNECT,
        "identities.remove",
        "the end",
    ],
}


def fetch_steps(home: Home) -> list[str]:
    """Return the steps of a fetch; Google lists the devices in a call of its own."""
    steps = STEPS["fetch"]
    if home.services.settings.provider != "google_health":
        return steps
    read = steps.index("provider.read")
    return [*steps[:read], "provider.read", *steps[read:]]


def test_connect_takes_these_steps_and_survives_each(home: Home) -> None:
    """A consent that was cut short is begun anew; whichever ended last is the one that counts."""
    assert home.child("connect", **home.consent()) == STEPS["connect"]
    expected = home.content()

    for last in range(len(STEPS["connect"])):
        home.child("connect", last, **home.consent())
        home.connect()

        assert home.content() == expected, STEPS["connect"][last]


def test_fetch_takes_these_steps_and_survives_each(home: Home) -> None:
    home.connect()
    home.now += LATER
    steps = fetch_steps(home)
    assert home.child("fetch", query={}) == steps
    expected = home.content()
    assert expected[4] == 1

    for last, step in enumerate(steps):
        home.begin_anew()
        home.child("fetch", last, query={})
        home.now += HEALED
        home.here("fetch", query={})
        home.here("fetch", query={})

        assert home.content() == expected, step
        home.now -= HEALED


def test_poll_takes_these_steps_and_changes_nothing(home: Home) -> None:
    home.connect()
    home.here("fetch", query={})
    store = home.services.store
    key = new_poll_key("jack", store.identities)
    assert home.child("relay", key=key) == STEPS["relay"]
    expected = home.content()

    for last in range(len(STEPS["relay"])):
        home.child("relay", last, key=key)

    assert home.content() == expected
    assert json.loads(poll("jack", key, store, Form(365), Snapshots()).body)["jack"]
