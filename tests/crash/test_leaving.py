"""A person leaves while others work for them, or the work is cut short: nothing comes back.

On both stores and with both providers; what is left is looked for in the raw bytes of the
SQLite files and in every document of Firestore.
"""

from __future__ import annotations

import json
import subprocess
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import pytest

from healthrelay.core.errors import HealthrelayError, ReconnectNeeded, Unknown
from healthrelay.flows.delivery.poll import new_poll_key
from tests.crash.home import HEALED, LATER, SETTINGS, Home
from tests.crash.steps import Steps
from tests.crash.test_killed import STEPS, UNITS, fetch_steps

pytestmark = [pytest.mark.peer, pytest.mark.parametrize("provider", ["google_health", "fitbit"])]

Traces = Callable[[], list[str]]


class Meanwhile(Steps):
    """Before its last step, *act* happens elsewhere."""

    def __init__(self, last: int, act: Callable[[], None]) -> None:
        super().__init__(last)
        self._act = act

    def fall(self) -> None:
        self.struck = True
        self._act()


@pytest.fixture
def traces(place: dict[str, str], tmp_path: Path, request: pytest.FixtureRequest) -> Traces:
    """Every file or document in which anything of jack can be found."""

    def in_files() -> list[str]:
        # By another process: whoever closes a file here takes SQLite's locks on it away.
        files = [str(path) for path in tmp_path.glob("healthrelay.db*")]
        found = subprocess.run(["grep", "-la", "jack", *files], capture_output=True, check=False)
        assert files
        assert found.stderr == b""
        return found.stdout.decode().splitlines()

    if place["HEALTHRELAY_STORE"] != "firestore":
        return in_files
    contents = request.getfixturevalue("firestore_contents")

    def in_documents() -> list[str]:
        return [path for path, fields in contents().items() if "jack" in f"{path} {fields}"]

    return in_documents


def begin_anew(home: Home) -> str:
    """Jack with measurements, a poll key and a token that is due; his refresh token."""
    home.begin_anew()
    home.here("fetch", query={"base_date": "2026-01-31", "period": "1w"})
    new_poll_key("jack", home.services.store.identities)
    return home.services.grants.load("jack").grant.refresh or ""


def alive(home: Home, refresh: str) -> bool:
    """Whether the provider still honours the grant."""
    try:
        home.services.token_endpoint.refresh(refresh)
    except ReconnectNeeded:
        return False
    return True


def test_erasing_takes_these_steps_survives_each_and_leaves_no_trace(
    home: Home, traces: Traces
) -> None:
    assert alive(home, begin_anew(home))
    refresh = begin_anew(home)
    assert traces()
    assert home.child("erase") == STEPS["erase"]
    assert traces() == []
    assert not alive(home, refresh)

    for last, step in enumerate(STEPS["erase"]):
        refresh = begin_anew(home)
        home.child("erase", last)
        home.now += HEALED
        with suppress(Unknown):  # it was done, all but the last word
            home.here("erase")
        home.now -= HEALED

        assert traces() == [], step
        assert not alive(home, refresh), step


def test_disconnecting_takes_these_steps_and_survives_each(home: Home) -> None:
    begin_anew(home)
    assert home.child("disconnect") == STEPS["disconnect"]

    for last, step in enumerate(STEPS["disconnect"]):
        refresh = begin_anew(home)
        store = home.services.store
        kept = store.records.everything("jack")
        home.child("disconnect", last)
        home.heal("disconnect")

        assert store.tokens.load("jack") is None, step
        assert not alive(home, refresh), step
        assert store.records.everything("jack") == kept != [], step
        assert store.identities.settings("jack") == SETTINGS, step


@pytest.mark.parametrize("leaving", ["erase", "disconnect"])
def test_whoever_leaves_before_any_step_of_a_fetch_stays_away(
    home: Home, traces: Traces, leaving: str
) -> None:
    home.connect()
    home.now += LATER
    steps_taken = fetch_steps(home)[:-1]
    told = steps_taken.index(UNITS[-1]) + 1
    del steps_taken[told : told + len(UNITS)]  # since the fetch with which jack begins
    for last, step in enumerate(steps_taken):
        begin_anew(home)
        home.now += LATER
        steps = Meanwhile(last, lambda: home_leaves(home, leaving))
        with home.watched(steps) as fetching, suppress(HealthrelayError):
            home.elsewhere(fetching, "fetch", query={})
        home.now -= LATER

        assert steps.struck, step
        assert home.services.store.tokens.load("jack") is None, step
        if leaving == "erase":
            assert traces() == [], step


def home_leaves(home: Home, leaving: str) -> None:
    """As another process would; a refresh that is under way has its time first."""
    refresh = home.services.store.tokens.load("jack")
    home.now += HEALED if refresh and "lease" in refresh.document else HEALED * 0
    home.here(leaving)


def test_whoever_is_erased_while_consenting_stays_away_and_so_does_the_grant(
    home: Home, traces: Traces
) -> None:
    redeemed = STEPS["connect"].index("provider.account") + 1
    for last, step in enumerate(STEPS["connect"][:-1]):
        begin_anew(home)
        consent = home.consent()
        steps = Meanwhile(last, lambda: home.here("erase"))
        home.sandbox.reset()
        with home.watched(steps) as connecting, pytest.raises(HealthrelayError):
            home.elsewhere(connecting, "connect", **consent)

        assert steps.struck, step
        assert traces() == [], step
        ended = [seen for seen in home.sandbox.journal if seen.path.endswith("/revoke")]
        # A consent that can no longer be stored is ended like the one before it.
        assert len(ended) == 2 if last >= redeemed else ended, step
    assert json.dumps(home.services.store.identities.names()) == "[]"
