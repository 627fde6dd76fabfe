"""The functions as so many processes that share nothing but a store, as when deployed."""

from __future__ import annotations

import base64
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from datetime import UTC, datetime
from pathlib import Path

import pytest
import requests

from healthrelay import config
from healthrelay.adapters.sqlite.store import SqliteStore
from healthrelay.core.grants.consent import CONSENTS
from healthrelay.core.grants.invitation import Invitation
from healthrelay.flows.delivery.poll import new_poll_key
from healthrelay.flows.grants.signed import SignedNotes
from healthrelay.local.consent_page import allow
from sandbox import Sandbox
from tests.household import OWNER_KEY, Clock
from tests.peers.functions import FunctionProcess
from tests.peers.process import free_port

FUNCTIONS = tuple(config.functions())
pytestmark = pytest.mark.peer

Functions = Mapping[str, FunctionProcess]
OWNER = {"Authorization": f"Bearer {OWNER_KEY}"}
PERSON = {"methods": "time_series", "resource": "body/weight,activities/steps", "period": "30d"}
SECONDS = 30


@pytest.fixture
def household_clock() -> Clock:
    """The real one, because processes know no other."""
    return Clock(datetime.now(UTC))


@pytest.fixture
def store(tmp_path: Path) -> Iterator[SqliteStore]:
    """The owner's hand on the file that the functions share; jack exists."""
    opened = SqliteStore(str(tmp_path / "healthrelay.db"))
    opened.identities.save("jack", PERSON)
    yield opened
    opened.close()


@pytest.fixture
def functions(
    sandbox: Sandbox, store: SqliteStore, tmp_path: Path, provider: str
) -> Iterator[Functions]:
    """All of them, each on its own port; the public address is that of auth2."""
    settings = sandbox.settings | {
        "HEALTHRELAY_PROVIDER": provider,
        "HEALTHRELAY_STORE": f"sqlite:///{tmp_path}/healthrelay.db",
        "HEALTHRELAY_OWNER_KEY": OWNER_KEY,
        "HEALTHRELAY_SEALING_KEYS": f"one:{base64.b64encode(bytes(32)).decode()}",
    }
    port = free_port()
    settings["HEALTHRELAY_PUBLIC_URL"] = f"http://127.0.0.1:{port}"
    with ExitStack() as running:
        made = {name: FunctionProcess(name, env=settings) for name in FUNCTIONS}
        made["auth2"].port, made["auth2"].url = port, settings["HEALTHRELAY_PUBLIC_URL"]
        yield {name: running.enter_context(made[name]) for name in FUNCTIONS}


def consent(functions: Functions, provider: str, person: str) -> dict[str, int]:
    """Jack, invited by the owner, allows everything; cookies know the host and not its ports."""
    scopes = CONSENTS[provider].scopes_for(["body-weight", "activities-steps"])
    invitation = Invitation("jack", scopes, person)
    note = SignedNotes(OWNER_KEY).invitation(invitation, datetime.now(UTC))
    return allow(f"{functions['auth1'].url}/auth1?user=jack&invitation={note}")


@pytest.mark.parametrize("provider", ["google_health", "fitbit"])
def test_the_main_job_passes_through_all_processes(
    functions: Functions, store: SqliteStore, sandbox: Sandbox, provider: str
) -> None:
    key = new_poll_key("jack", store.identities)

    person = store.identities.invitations("jack").person
    assert consent(functions, provider, person) == {"auth1": 302, "auth2": 303}
    fetched = requests.post(
        functions["fetch"].url, data={"user": "jack"}, headers=OWNER, timeout=SECONDS
    )
    answer = requests.post(functions["deliver"].url, headers=OWNER, timeout=SECONDS)
    polled = requests.get(
        functions["relay"].url, params={"user": "jack", "key": key}, timeout=SECONDS
    )

    events = requests.get(
        f"{functions['events'].url}/events", params={"user": "jack", "key": key}, timeout=SECONDS
    )

    door = requests.get(functions["setup"].url, allow_redirects=False, timeout=SECONDS)

    assert (fetched.status_code, polled.status_code) == (200, 200)
    assert (door.status_code, door.headers["Location"]) == (303, "/setup/sign-in")
    assert (events.status_code, events.json()["head"]) == (200, 1)
    assert (answer.status_code, answer.json()) == (200, {"people": {}})
    series = fetched.json()["series"]
    assert set(series) == {"body-weight", "activities-steps"}
    assert {name: len(records) for name, records in polled.json()["jack"].items()} == {
        name: row["count"] for name, row in series.items()
    }
    assert len(store.records.everything("jack")) == fetched.json()["added"] > 30
    token = store.tokens.load("jack")
    assert token is not None
    assert set(token.document) >= {"sealed", "expires_at"}
    codes = {name: functions[name].stop() for name in FUNCTIONS}
    assert codes == dict.fromkeys(FUNCTIONS, 0)
    printed = "".join(functions[name].output() for name in FUNCTIONS)
    assert [name for name in FUNCTIONS if f'"function": "{name}"' in printed] == list(FUNCTIONS)
    secrets = (key, OWNER_KEY, sandbox.settings["HEALTHRELAY_CLIENT_SECRET"])
    assert [secret for secret in secrets if secret in printed] == []
    assert "Traceback" not in printed


def test_keys_that_nobody_set_are_made_once_for_all_processes(
    sandbox: Sandbox, store: SqliteStore, tmp_path: Path
) -> None:
    settings = sandbox.settings | {"HEALTHRELAY_HOME": str(tmp_path)}
    with (
        FunctionProcess("fetch", env=settings) as one,
        FunctionProcess("fetch", env=settings) as other,
    ):
        urls = [one.url, other.url] * 4
        with ThreadPoolExecutor(len(urls)) as pool:
            strangers = list(pool.map(lambda url: requests.get(url, timeout=SECONDS), urls))
        lines = (tmp_path / "keys.env").read_text().splitlines()
        key = dict(line.split("=", 1) for line in lines)["HEALTHRELAY_OWNER_KEY"]
        owner = {"Authorization": f"Bearer {key}"}
        known = [
            requests.get(url, params={"user": "jack"}, headers=owner, timeout=SECONDS)
            for url in (one.url, other.url)
        ]

    assert [answer.status_code for answer in strangers] == [401] * 8
    assert [answer.status_code for answer in known] == [502, 502]
    assert [answer.json()["error"] for answer in known] == ["jack has not connected yet."] * 2
