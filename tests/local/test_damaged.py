"""What is damaged in the store of one person, as the owner and everybody else meets it."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from healthrelay.assembly.targets import new_keys
from healthrelay.flows.delivery.targets import Endpoint, add
from healthrelay.local.scheduler import run_scheduler
from tests.household import OWNER_KEY, WEIGHTS, Household, result_of, run_command
from tests.peers.process import until

SECONDS = 20
OF_EMMA = "identities/emma/plugindata/fitbit"
SPOILED = {
    "account": "UPDATE documents SET data = replace(data, '[\"emma\"]', '7')"
    " WHERE path = 'plugindata/accounts'",
    "settings": f"UPDATE documents SET data = '[' WHERE path = '{OF_EMMA}'",
    "grant": f"UPDATE documents SET data = '[]' WHERE path = '{OF_EMMA}/token'",
    "poll key": f"UPDATE documents SET data = '{{}}' WHERE path = '{OF_EMMA}/poll-key'",
    "targets": f"UPDATE documents SET data = '{{\"a\": 1}}' WHERE path = '{OF_EMMA}/targets'",
    "invitations": f"UPDATE documents SET data = '7' WHERE path = '{OF_EMMA}/invitations'",
    "ledger": "UPDATE documents SET data = '{\"ledger\": []}' WHERE path = 'sensors/fitbit/emma'",
    "record": "UPDATE records SET data = '[1]' WHERE user = 'emma'",
    "log entry": "UPDATE log SET at = 'yesterday' WHERE user = 'emma'",
    "progress": "UPDATE progress SET data = '{\"sequence\": \"one\"}' WHERE user = 'emma'",
}


@pytest.fixture
def path(household: Household, tmp_path: Path) -> Path:
    """Let jack and emma have everything that there is; return where the store lies."""
    built = household.services
    for user in ("jack", "emma"):
        household.connect(user, **WEIGHTS)
        household.fetched(user)
        household.poll_key(user)
        endpoint = Endpoint("https://192.0.2.1/", private=True)
        add(user, "script", endpoint, store=built.store, vault=built.vault, new_keys=new_keys)
    return tmp_path / "healthrelay.db"


def spoil(path: Path, kind: str) -> None:
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        assert connection.execute(SPOILED[kind]).rowcount > 0


@pytest.mark.parametrize("kind", SPOILED)
def test_the_owner_is_shown_the_place_and_the_way_back(
    household: Household, path: Path, kind: str
) -> None:
    dump = path.with_name("before.ndjson")
    run_command("dump", str(dump))
    spoil(path, kind)

    shown = run_command("doctor", code=5).out
    assert f"What is stored of emma is damaged: {kind}" in shown
    assert "healthrelay" in shown
    assert "jack: connected" in shown
    assert "emma" in result_of("doctor", code=5)
    answer = household.get("fetch", {}, OWNER_KEY)
    assert answer.status_code in (200, 202)
    assert "jack" not in answer.json()["troubles"]
    assert household.get("deliver", {}, OWNER_KEY).status_code == 200
    assert household.get("deliver", {"everything": "1"}, OWNER_KEY).status_code == 200
    assert household.poll("jack").status_code == 200
    assert household.fetch("jack").status_code == 200

    run_command("erase", "emma", "--yes")
    run_command("load", str(dump), "--user", "emma")
    assert "damaged" not in run_command("doctor").out
    assert household.poll("emma").status_code == 200


@pytest.mark.parametrize("kind", ["settings", "grant", "targets", "progress", "record"])
def test_commands_for_all_go_on_with_the_others(
    household: Household, path: Path, kind: str
) -> None:
    spoil(path, kind)

    if kind in ("settings", "grant"):
        listed = run_command("user", "list", code=5).out
        assert "jack\tconnected" in listed
        assert "emma\tWhat is stored of emma is damaged" in listed
    else:
        assert "jack\t" in run_command("relay", "status", code=5 if kind == "progress" else 0).out
    everybody = run_command("status", code=0 if kind == "targets" else 5).out
    assert "jack\t" in everybody
    assert ("What is stored of emma is damaged" in everybody) == (kind != "targets")
    dumped = run_command("dump", str(path.with_name("after.ndjson")), code=5)
    assert "1 person" in dumped.err
    assert "emma is not in the file: What is stored of emma is damaged" in dumped.err
    assert "jack" in path.with_name("after.ndjson").read_text()


def test_a_damaged_grant_ends_with_a_new_consent(household: Household, path: Path) -> None:
    spoil(path, "grant")
    assert "invite emma" in run_command("doctor", "emma", code=5).out

    household.connect("emma")

    assert household.fetched("emma")["user"] == "emma"


def test_a_damaged_poll_key_is_made_anew(household: Household, path: Path) -> None:
    spoil(path, "poll key")
    answer, stranger = household.poll("emma", "any"), household.poll("nobody-here", "any")
    assert answer.status_code == stranger.status_code == 401
    assert answer.json() == stranger.json()  # nobody learns here who exists
    assert "user key emma" in run_command("doctor", "emma", code=5).out

    key = run_command("user", "key", "emma").out.strip()

    assert household.poll("emma", key).status_code == 200


@pytest.mark.parametrize("kind", ["settings", "grant", "targets", "progress", "ledger", "record"])
def test_the_scheduler_goes_on(household: Household, path: Path, kind: str) -> None:
    store = household.services.store
    spoil(path, kind)
    household.connect("anna", **WEIGHTS)

    with run_scheduler(household.services, seconds=0.05):
        until(lambda: store.log.head("anna") > 0, SECONDS)


def test_the_schedulers_thread_survives_what_nobody_foresaw(
    household: Household, path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        connection.execute("ALTER TABLE progress RENAME TO away")
        with run_scheduler(household.services, seconds=0.05):
            until(lambda: '"event": "delivery"' in capsys.readouterr().err, SECONDS)
            connection.execute("ALTER TABLE away RENAME TO progress")
            household.connect("anna", **WEIGHTS)
            until(lambda: household.services.store.log.head("anna") > 0, SECONDS)


def test_the_doctor_looks_at_the_file_and_its_modes(household: Household, path: Path) -> None:
    run_command("doctor")
    path.chmod(0o666)
    try:
        assert f"chmod 600 {path}" in run_command("doctor", code=5).out
    finally:
        path.chmod(0o600)
    keys = path.with_name("keys.env")
    keys.chmod(0o644)

    assert f"chmod 600 {keys}" in run_command("doctor", code=5).out


def test_the_doctor_of_a_file_that_is_none_names_it(household: Household, path: Path) -> None:
    household.services.close()
    for end in ("-wal", "-shm"):
        path.with_name(path.name + end).unlink(missing_ok=True)
    path.write_bytes(bytes(100_000))

    shown = run_command("doctor", code=5).err

    assert f"{path} is damaged or is no database" in shown
    assert "load a dump" in shown
