"""A person goes on with another account, cut short before any step: run again, it ends the same.

And a consent that uses an invitation up: wherever it is cut short, both happened, or neither.
"""

from __future__ import annotations

from contextlib import suppress
from functools import partial
from typing import Any

import pytest

from healthrelay.core.errors import HealthrelayError
from tests.crash.home import HEALED, LATER, Home
from tests.crash.test_killed import STEPS, fetch_steps
from tests.crash.test_leaving import Meanwhile

pytestmark = [pytest.mark.peer, pytest.mark.parametrize("provider", ["google_health", "fitbit"])]

WAYS: dict[str, dict[str, Any]] = {
    "keep": {"keep_as": "jack-old"},
    "remove": {"remove": True},
    "continue": {},
}


def begin_anew(home: Home) -> None:
    """Make jack anew, with measurements."""
    home.services.store.identities.remove("jack-old")
    home.begin_anew()
    home.here("fetch", query={})


def moved_content(home: Home) -> list[object]:
    """Return all that a move decides on, for everybody."""
    store = home.services.store
    people = {
        name: (store.records.everything(name), store.records.ledger(name)._replace(epoch=""))
        for name in store.identities.names()
    }
    settings = dict(store.identities.settings("jack") or {})
    return [people, settings, store.tokens.load("jack"), store.accounts.load().of("jack")]


@pytest.mark.parametrize("first", [0, 1], ids=["even", "odd"])
@pytest.mark.parametrize("way", WAYS)
def test_a_move_that_is_cut_short_ends_the_same(home: Home, way: str, first: int) -> None:
    """Before every second step, from the *first* one on: together before each."""
    begin_anew(home)
    begun = home.services.store.records.everything("jack")
    person = home.services.store.identities.invitations("jack").person
    taken = home.child("move", **WAYS[way])
    expected = moved_content(home)
    people: Any = expected[0]
    if way == "keep":
        assert people["jack-old"][0] == begun
    assert people["jack"][0] == (begun if way == "continue" else [])
    assert expected[2:] == [None, ()]
    assert home.services.store.identities.invitations("jack").person != person

    for last, step in list(enumerate(taken))[first::2]:
        begin_anew(home)
        person = home.services.store.identities.invitations("jack").person
        home.child("move", last, **WAYS[way])
        if way == "keep":
            # At no instant is a measurement nowhere.
            store = home.services.store
            everybody = [store.records.everything(name) for name in store.identities.names()]
            assert begun in everybody, step
        home.heal("move", **WAYS[way])

        assert moved_content(home) == expected, step
        assert home.services.store.identities.invitations("jack").person != person, step


@pytest.mark.parametrize("way", WAYS)
def test_a_fetch_that_is_under_way_brings_nothing_back(home: Home, way: str) -> None:
    """What was read with the account before is not stored once the person has left it."""
    home.connect()
    home.now += LATER
    steps = fetch_steps(home)
    for last, step in enumerate(steps[: steps.index("records.apply") + 1]):
        home.services.store.identities.remove("jack-old")
        home.begin_anew()
        steps = Meanwhile(last, partial(leave_account, home, way))
        with home.watched(steps) as fetching, suppress(HealthrelayError):
            home.elsewhere(fetching, "fetch", query={})

        assert steps.struck, step
        assert home.services.store.records.everything("jack") == [], step


@pytest.mark.parametrize("way", WAYS)
def test_whoever_consents_meanwhile_with_the_account_before_is_not_connected_afterwards(
    home: Home, way: str
) -> None:
    begin_anew(home)
    for last, step in enumerate(home.child("move", **WAYS[way])):
        begin_anew(home)
        steps = Meanwhile(last, partial(connect_late, home, home.invite()))
        with home.watched(steps) as moving:
            home.elsewhere(moving, "move", **WAYS[way])

        assert steps.struck or step == "the end"
        assert home.services.store.tokens.load("jack") is None, step
        assert home.services.store.accounts.load().of("jack") == (), step


def connect_late(home: Home, invited: list[str]) -> None:
    """Consent once more with the account of before, unless the invitation has ended."""
    with suppress(HealthrelayError):
        home.here("connect", **home.consent(invited=invited))


def leave_account(home: Home, way: str) -> None:
    """As another process would; a refresh that is under way has its time first."""
    grant = home.services.store.tokens.load("jack")
    home.now += HEALED if grant and "lease" in grant.document else HEALED * 0
    home.here("move", **WAYS[way])


def test_a_consent_that_is_cut_short_used_its_invitation_if_it_connected(home: Home) -> None:
    store = home.services.store
    for last, step in enumerate(STEPS["connect"]):
        store.identities.remove("jack")
        store.identities.save("jack", {"methods": "get_bodyweight"})
        home.child("connect", last, **home.consent())

        connected = store.tokens.load("jack") is not None
        assert len(store.identities.invitations("jack").used) == connected, step
        assert connected == (step == "the end")
