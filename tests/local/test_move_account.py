"""The owner lets jack go on with another account, and says what becomes of the measurements."""

from __future__ import annotations

import json
import re
from io import StringIO
from pathlib import Path

import pytest

from healthrelay.local.consent_page import allow
from tests.household import OWNER_KEY, Household, run_command
from tests.igor.recorder import Recorder

SETTINGS = {"methods": "time_series", "resource": "body/weight,activities/steps", "period": "1w"}
WAYS = {
    "keep": ["--keep-as", "jack-old", "--yes"],
    "remove": ["--remove", "--yes"],
    "continue": ["--continue", "--yes"],
}


@pytest.fixture(autouse=True)
def before(household: Household) -> dict[str, object]:
    """What Igor gets of jack, who is connected and was fetched."""
    household.connect("jack", **SETTINGS)
    household.fetched()
    return dict(household.snapshot())


def connect(household: Household, account: str) -> dict[str, int]:
    return allow(household.invitation(), account)


@pytest.mark.parametrize("way", WAYS)
def test_another_account_can_connect_only_after_it(household: Household, way: str) -> None:
    assert connect(household, "petra")["auth2"] == 409

    moved = run_command("move-account", "jack", *WAYS[way])

    assert household.services.store.tokens.load("jack") is None
    assert "healthrelay invite jack" in moved.out
    assert connect(household, "petra")["auth2"] == 303
    assert connect(household, "jack")["auth2"] == 409


def test_what_is_kept_is_another_person(household: Household, before: dict[str, object]) -> None:
    key = household.poll_key()
    moved = run_command("move-account", "jack", *WAYS["keep"]).out

    assert "/data/sensors/fitbit/jack-old: what jack has now" in moved
    assert "healthrelay-jack-old" in moved
    kept_key = re.findall(r"key%3D([-\w]{32})", moved)[0]
    kept = household.poll("jack-old", kept_key)
    assert kept.json()["jack-old"] == before
    # Igor keeps what it has until there is something else.
    assert household.poll(key=key).status_code == 503
    connect(household, "petra")
    household.fetched()
    assert household.poll(key=key).json()["jack"] != before
    assert household.poll("jack-old", kept_key).json() == kept.json()


def test_who_is_kept_is_never_fetched_or_connected(household: Household) -> None:
    run_command("move-account", "jack", *WAYS["keep"])

    for words in (
        ["invite", "jack-old"],
        ["fetch", "jack-old"],
        ["user", "set", "jack-old", "--set", "period=1m"],
        ["move-account", "jack-old", "--remove"],
    ):
        assert "is not connected" in run_command(*words, code=2).err
    assert household.fetch("jack-old").status_code == 400
    assert household.get("auth1", {"user": "jack-old"}, OWNER_KEY).status_code == 400
    household.connect("jack")
    household.fetched()
    assert run_command("doctor").out.startswith("jack: connected")
    assert "jack-old: kept" in run_command("doctor", "jack-old").out
    assert "jack-old\tkept\t" in run_command("user", "list").out


def test_who_is_kept_can_be_taken_along_and_erased(
    household: Household, before: dict[str, object], tmp_path: Path
) -> None:
    run_command("move-account", "jack", *WAYS["keep"])

    run_command("export", "jack-old", "--to", str(tmp_path))
    assert json.loads((tmp_path / "jack-old.json").read_text())["records"] == before
    run_command("dump", str(tmp_path / "all"))
    for user in ("jack", "jack-old"):
        run_command("erase", user, "--yes")
    run_command("load", str(tmp_path / "all"))
    assert household.snapshot("jack-old") == before
    assert "is not connected" in run_command("invite", "jack-old", code=2).err


def test_igor_is_pushed_what_is_kept(
    household: Household, before: dict[str, object], monkeypatch: pytest.MonkeyPatch
) -> None:
    with Recorder() as igor:
        monkeypatch.setenv("HEALTHRELAY_IGOR_URL", igor.url)
        household.rebuild()
        run_command("move-account", "jack", *WAYS["keep"])

        (pushed,) = igor.seen
    assert pushed.target == "/data/sensors/fitbit/jack-old"
    assert json.loads(pushed.body)["jack-old"] == before


def test_on_a_terminal_it_asks(household: Household, monkeypatch: pytest.MonkeyPatch) -> None:
    class Terminal(StringIO):
        def isatty(self) -> bool:
            return True

    monkeypatch.setattr("sys.stdin", Terminal("no\njack\n"))
    refused = run_command("move-account", "jack", "--remove", code=1)
    assert refused.err.endswith("\nNothing was changed.\n")
    assert household.services.store.tokens.load("jack") is not None

    run_command("move-account", "jack", "--remove")
    assert household.services.store.tokens.load("jack") is None


def test_what_is_removed_is_told_to_readers(household: Household) -> None:
    head = household.services.store.log.head("jack")
    moved = run_command("move-account", "jack", *WAYS["remove"]).out

    assert "is removed here" in moved
    assert household.services.store.records.everything("jack") == []
    assert household.services.store.records.ledger("jack").days == {}
    (entry,) = household.services.store.log.after("jack", head, 10)
    assert set(entry.removed) == {"body-weight", "activities-steps"}
    assert household.services.store.identities.names() == ["jack"]


def test_what_continues_is_not_read_over(household: Household) -> None:
    store = household.services.store
    records = store.records.everything("jack")
    run_command("move-account", "jack", *WAYS["continue"])
    connect(household, "petra")

    household.fetched(period="1m")

    today = household.services.now().date().isoformat()
    after = store.records.everything("jack")
    assert [r for r in after if r.when < today] == [r for r in records if r.when < today]
    assert run_command("user", "set", "jack", "--set", "period=1m").out.count("continued_on") == 0
    assert (store.identities.settings("jack") or {})["continued_on"] == today


def test_open_invitations_end(household: Household) -> None:
    link = household.invitation()
    run_command("move-account", "jack", *WAYS["continue"])

    assert allow(link, "petra")["auth2"] == 403


@pytest.mark.parametrize("words", [[], ["--remove", "--continue"], ["--keep-as", "x", "--remove"]])
def test_one_way_has_to_be_chosen(words: list[str]) -> None:
    assert "Give one of" in run_command("move-account", "jack", *words, code=2).err


@pytest.mark.parametrize("name", ["jack", "second", "2x"])
def test_a_name_that_cannot_be_taken_changes_nothing(household: Household, name: str) -> None:
    household.add("second")
    run_command("move-account", "jack", "--keep-as", name, "--yes", code=2)

    assert household.services.store.tokens.load("jack") is not None
    household.fetched()


def test_a_second_move_takes_another_name(household: Household, before: dict[str, object]) -> None:
    run_command("move-account", "jack", *WAYS["keep"])
    connect(household, "petra")
    household.fetched()

    assert "another name" in run_command("move-account", "jack", *WAYS["keep"], code=2).err

    assert household.services.store.tokens.load("jack") is not None
    run_command("move-account", "jack", "--keep-as", "jack-older", "--yes")
    assert household.snapshot("jack-old") == before


def test_a_provider_that_is_down_changes_nothing(household: Household) -> None:
    household.sandbox.fail("/revoke", status=503, times=20)

    refused = run_command("move-account", "jack", *WAYS["remove"], code=4)

    assert "not moved yet" in refused.err
    assert household.services.store.records.everything("jack")
    run_command("disconnect", "jack", "--yes", "--forget-anyway")
    run_command("move-account", "jack", *WAYS["remove"])
    assert household.services.store.records.everything("jack") == []
