"""`healthrelay setup`: the wizard on a terminal, its flags, and what it checks."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import pytest

from healthrelay.local.consent_page import allow
from tests.household import Clock, Household, result_of, run_command
from tests.local.terminal import Terminal, terminal
from tests.local.test_trials import secret

ID = "sandbox-client.apps.example"
PROJECT = "our-house-4711"
CONSOLE = "https://console.cloud.google.com"
PAGES = {
    "project": f"{CONSOLE}/projectcreate",
    "api": f"{CONSOLE}/apis/library/health.googleapis.com?project={PROJECT}",
    "consent": f"{CONSOLE}/auth/overview?project={PROJECT}",
    "scopes": f"{CONSOLE}/auth/scopes?project={PROJECT}",
    "audience": f"{CONSOLE}/auth/audience?project={PROJECT}",
    "client": f"{CONSOLE}/auth/clients?project={PROJECT}",
}
ENTER = "Enter when it is done"
UNASKED = ("setup", "--project", PROJECT, "--client-id", ID)


@pytest.fixture
def household_clock() -> Clock:
    """The real one, which a wizard of a process of its own signs by."""
    return Clock(datetime.now(UTC))


def unregistered() -> dict[str, str]:
    """The environment of this test's household, without a client."""
    gone = ("HEALTHRELAY_CLIENT_ID", "HEALTHRELAY_CLIENT_SECRET")
    return {name: value for name, value in os.environ.items() if name not in gone}


def client_secret(household: Household) -> str:
    found: str = household.sandbox.settings["HEALTHRELAY_CLIENT_SECRET"]
    return found


@contextmanager
def wizard(folder: Path, *words: str, env: Mapping[str, str]) -> Iterator[Terminal]:
    with terminal(folder, "setup", *words, env=env, columns=200) as screen:
        yield screen


def answer(screen: Terminal, question: str, text: str = "") -> None:
    """Wait until *question* was asked once more, and type *text*."""
    screen.wait_for(question)
    screen.written = screen.written.rpartition(question)[2]
    screen.type(f"{text}\n")


@pytest.mark.peer
def test_from_a_bare_project_to_a_checked_connection(household: Household, tmp_path: Path) -> None:
    with wizard(tmp_path, env=unregistered()) as screen:
        answer(screen, "Project ID: ", "Our House")
        answer(screen, "something else.\r\nProject ID: ", PROJECT)
        for _ in range(4):
            answer(screen, ENTER)
        answer(screen, "Client ID: ", "nobody.example")
        answer(screen, "Client secret: ", "made-up")
        answer(screen, "does not know this client id. Nothing was kept", "")
        screen.written = ""
        answer(screen, "Client ID: ", ID)
        answer(screen, "Client secret: ", "made-up")
        screen.wait_for("refuses this client secret.")
        answer(screen, "Client ID: ", ID)
        answer(screen, "Client secret: ", client_secret(household))
        answer(screen, "Enter for nobody: ", "mia")
        screen.wait_for("or now: ")
        link = re.search(r"(http://\S+)\r\n", screen.written)
        assert link
        # At the household that serves: the wizard's process serves nothing.
        assert allow(link[1], "mia") == {"auth1": 302, "auth2": 303}
        screen.type("\n")
        assert screen.finish() == 0

    assert screen.lines[-4:] == [
        "yes    Google knows the client ID and its secret.",
        "yes    The Google Health API is on.",
        "yes    The project is in production.",
        "yes    The account is the one that was connected first.",
    ]
    stored = household.services.store.identities.application()
    assert (stored["project"], stored["client_id"]) == (PROJECT, ID)
    assert client_secret(household) not in screen.written
    assert household.services.store.identities.settings("mia") == {
        "methods": "time_series,sleep",
        "period": "1m",
        "resource": "body/weight,body/fat,activities/steps,activities/heart",
    }


@pytest.mark.peer
def test_again_what_is_kept_is_offered(unset: Household, tmp_path: Path) -> None:
    with pytest.MonkeyPatch.context() as patch:
        secret(patch, client_secret(unset))
        run_command(*UNASKED)
    with wizard(tmp_path, env=unregistered()) as screen:
        answer(screen, f"Project ID [{PROJECT}]: ")
        for name in ("api", "consent", "scopes", "audience"):
            screen.wait_for(PAGES[name])
            answer(screen, ENTER)
        answer(screen, f"Client ID [{ID}]: ")
        answer(screen, "Client secret (Enter takes the one that is kept): ")
        answer(screen, "Enter for nobody: ")
        assert screen.finish() == 0

    assert screen.lines[-4:] == [
        "yes    Google knows the client ID and its secret.",
        "later  Google Health API: seen when the first person connects.",
        "later  In production: seen when the first person connects.",
        "later  Whose account it is: seen when the first person connects.",
    ]


def test_flags_say_everything(unset: Household, monkeypatch: pytest.MonkeyPatch) -> None:
    secret(monkeypatch, client_secret(unset))

    done = result_of(*UNASKED, "--person", "jack")

    assert done["steps"] == PAGES
    assert (done["project"], done["client_id"]) == (PROJECT, ID)
    assert done["checks"] == {
        "client": "yes", "api": "later", "production": "later", "account": "later",
    }  # fmt: skip
    assert allow(done["link"]) == {"auth1": 302, "auth2": 303}
    assert result_of("setup")["checks"] == dict.fromkeys(done["checks"], "yes")


def test_what_is_to_be_pasted_is_printed_as_it_is(
    unset: Household, monkeypatch: pytest.MonkeyPatch
) -> None:
    secret(monkeypatch, client_secret(unset))

    lines = run_command(*UNASKED).out.splitlines()

    assert [line for line in lines if line.startswith(CONSOLE)] == [*PAGES.values()]
    assert f"{unset.services.public_url}/auth2" in lines
    scopes = [line for line in lines if line.startswith("https://www.googleapis.com/auth/")]
    assert scopes == [*unset.services.consent.scopes]
    assert not any("<b>" in line for line in lines)


@pytest.mark.parametrize(
    ("words", "missing"),
    [
        ((), "--project"),
        (("--project", PROJECT), "--client-id"),
        (("--client-id", ID), "--project"),
    ],
)
def test_who_cannot_be_asked_is_told_which_flag_is_missing(
    unset: Household, words: tuple[str, ...], missing: str
) -> None:
    refused = run_command("setup", *words, code=2)

    sentence = f"Without a terminal {missing} must be given.\n"
    assert (refused.out, refused.err) == ("", sentence)
    assert unset.services.store.identities.application() == {}


@pytest.mark.parametrize("given", ["wrong", ""])
def test_a_wrong_secret_is_not_kept(
    unset: Household, monkeypatch: pytest.MonkeyPatch, given: str
) -> None:
    secret(monkeypatch, given)

    refused = run_command(*UNASKED, code=5).err

    assert "Nothing was kept; --no-check keeps it untried." in refused
    assert "client_id" not in unset.services.store.identities.application()


def test_untried_says_so(unset: Household, monkeypatch: pytest.MonkeyPatch) -> None:
    secret(monkeypatch, "wrong")

    done = run_command(*UNASKED, "--no-check").out

    assert "later  Client ID and secret were kept untried.\n" in done
    assert unset.services.store.identities.application()["client_id"] == ID


def test_a_client_in_the_environment_is_tried_and_wins(household: Household) -> None:
    assert result_of("setup", "--project", PROJECT)["checks"]["client"] == "yes"
    refused = run_command("setup", "--client-id", "another", code=2).err
    assert refused == "HEALTHRELAY_CLIENT_ID is set, and wins over what is kept.\n"
    assert "client_id" not in household.services.store.identities.application()


def test_testing_is_seen_by_the_connection(household: Household) -> None:
    household.sandbox.google.testing = True
    household.connect()

    done = run_command("setup", "--project", PROJECT, code=5).out

    assert "no     The project is in Testing: every permission ends after seven days." in done


def test_an_api_that_is_off_is_seen_by_the_connection(household: Household) -> None:
    household.connect()
    off: dict[str, object] = {"code": 403, "details": [{"reason": "SERVICE_DISABLED"}]}
    household.sandbox.fail("/v4/users/me/identity", status=403, body={"error": off})

    done = run_command("setup", "--project", PROJECT, code=5).out

    assert "no     The Google Health API is switched off in the project." in done
    assert "later  Whose account it is" in done
