"""`healthrelay disconnect`, `erase` and `export` in this process, against the sandbox."""

from __future__ import annotations

import csv
import json
import stat
from pathlib import Path

import pytest

from healthrelay.core.delivery.progress import Chance, Progress, after_failure
from healthrelay.core.errors import TryLater
from tests.household import Household, result_of, run_command
from tests.stores.contract import NOW

pytestmark = pytest.mark.parametrize("provider", ["google_health", "fitbit"])
ADD_NODE_RED = (
    *("relay", "add", "jack", "https://hook.example/in"),
    *("--name", "node-red", "--no-check"),
)
PAGES = {"google_health": "myaccount.google.com/connections", "fitbit": "www.fitbit.com/settings"}
RESOURCES = "body/weight,activities/steps,activities/heart"


@pytest.fixture(autouse=True)
def _jack(household: Household) -> None:
    household.connect(methods="time_series", resource=RESOURCES, period="1m")
    household.fetched()


def test_disconnecting_ends_the_grant_and_keeps_the_rest(household: Household) -> None:
    before = household.snapshot()
    grant = household.services.grants.load("jack").grant

    assert "has ended and is forgotten" in run_command("disconnect", "jack", "--yes").out
    answer = household.fetch()
    assert (answer.status_code, answer.json()["cause"]) == (502, "not_connected")
    assert household.snapshot() == before
    with pytest.raises(Exception, match="no longer honours"):
        household.services.token_endpoint.refresh(grant.refresh or "")
    assert run_command("disconnect", "jack", "--yes").out == "jack is not connected.\n"
    household.connect()
    household.fetched()
    assert household.snapshot() == before


def test_provider_that_is_down_leaves_the_choice(household: Household, provider: str) -> None:
    household.sandbox.fail("/revoke", status=503, times=2)

    stderr = run_command("disconnect", "jack", "--yes", code=4).err
    assert "still connected" in stderr
    assert "healthrelay disconnect jack --forget-anyway" in stderr
    assert household.fetch().status_code == 200

    stdout = run_command("disconnect", "jack", "--yes", "--forget-anyway").out
    assert PAGES[provider] in stdout
    assert household.fetch().json()["cause"] == "not_connected"


def test_erasing_prints_a_receipt_of_what_there_was(household: Household, tmp_path: Path) -> None:
    snapshot = household.snapshot()
    grant = household.services.grants.load("jack").grant
    run_command(*ADD_NODE_RED)

    receipt = result_of("erase", "jack", "--yes")

    assert receipt["removed"] == {
        "records": {series: len(elements) for series, elements in sorted(snapshot.items())},
        "changes": 1,
        "settings": ["methods", "resource", "period"],
        "poll_key": True,
        "grant": True,
        "targets": ["node-red"],
    }
    assert "node-red: what was sent to https://hook.example/in" in receipt["remains"]
    assert "has ended the grant" in receipt["provider"]
    assert not any(b"jack" in file.read_bytes() for file in tmp_path.glob("healthrelay.db*"))
    with pytest.raises(Exception, match="no longer honours"):
        household.services.token_endpoint.refresh(grant.refresh or "")
    assert household.fetch().status_code == 404
    assert household.poll(key="any").status_code in (401, 404)
    run_command("erase", "jack", "--yes", code=2)


def test_erasing_does_not_wait_for_a_provider_that_is_down(household: Household) -> None:
    household.sandbox.fail("/revoke", status=503)

    assert "has not ended the grant" in run_command("erase", "jack", "--yes").out
    assert household.services.store.identities.names() == []


def test_what_is_exported_is_what_igor_gets(household: Household, tmp_path: Path) -> None:
    snapshot = household.snapshot()
    folder = tmp_path / "out" / "jack"
    key = run_command(*ADD_NODE_RED).out.split("whsec_")[1].split()[0]
    log = household.services.store.log
    log.save("jack", "igor", after_failure(Progress(), TryLater("away"), 1, Chance(NOW)))
    log.save("jack", "reader:script", Progress(1, at=NOW))

    stdout = run_command("export", "jack", "--to", str(folder)).out

    written = [Path(line) for line in stdout.splitlines()]
    assert sorted(written) == sorted(folder.iterdir())
    assert {stat.S_IMODE(path.stat().st_mode) for path in written} == {0o600}
    export = json.loads((folder / "jack.json").read_text())
    assert export["records"] == snapshot
    assert export["poll_key"] is True
    target = {"url": "https://hook.example/in", "private": False}
    progress = {"sequence": 1, "state": "ok"}
    assert export["targets"] == {"node-red": {**target, "progress": progress}}
    at = NOW.isoformat()
    assert export["log"]["head"] == 1
    assert export["log"]["progress"]["reader:script"] == {"sequence": 1, "state": "ok", "at": at}
    igor = export["log"]["progress"]["igor"]
    away = {"cause": "try_later", "who": "nobody", "sentence": "away", "since": at}
    assert (igor["state"], igor["trouble"]) == ("failing", away)
    assert export["settings"]["resource"] == RESOURCES
    assert set(export["ledger"]["days"]) == set(snapshot)
    assert export["connection"]["scopes"]
    grant = household.services.grants.load("jack").grant
    everything = "".join(path.read_text() for path in written)
    sealed = household.services.store.tokens.load("jack")
    assert sealed is not None
    stored = household.services.store.targets.of("jack")["node-red"]["sealed"]
    for secret in (
        *(grant.access, grant.refresh or "", str(sealed.document["sealed"])),
        *(key, str(stored), "whsk_"),
    ):
        assert secret not in everything
    with (folder / "jack.body-weight.csv").open(newline="") as file:
        assert list(csv.DictReader(file)) == snapshot["body-weight"]
    with (folder / "jack.activities-heart.csv").open(newline="") as file:
        resting = [row["value.restingHeartRate"] for row in csv.DictReader(file)]
    days = [day["value"] for day in snapshot["activities-heart"]]
    assert resting == [str(day.get("restingHeartRate", "")) for day in days]
    assert any(resting)
    with (folder / "jack.activities-heart.value.heartRateZones.csv").open(newline="") as file:
        zones = [(row["dateTime"], row["name"]) for row in csv.DictReader(file)]
    assert zones == [
        (day["dateTime"], zone["name"])
        for day in snapshot["activities-heart"]
        for zone in day["value"]["heartRateZones"]
    ]


def test_nothing_is_overwritten_without_force(tmp_path: Path) -> None:
    link, elsewhere = tmp_path / "jack.body-weight.csv", tmp_path / "elsewhere"
    elsewhere.write_text("not ours")
    link.symlink_to(elsewhere)

    assert "--force" in run_command("export", "jack", "--to", str(tmp_path), code=2).err
    assert not (tmp_path / "jack.json").exists()

    run_command("export", "jack", "--to", str(tmp_path), "--force")
    assert not link.is_symlink()
    assert stat.S_IMODE(link.stat().st_mode) == 0o600
    assert elsewhere.read_text() == "not ours"
    run_command("export", "jack", "--to", str(elsewhere), code=2)


def test_two_exports_of_the_same_differ_in_their_time_only(tmp_path: Path) -> None:
    for name in ("one", "two"):
        run_command("export", "jack", "--to", str(tmp_path / name))

    one, two = (
        {path.name: path.read_bytes() for path in (tmp_path / name).iterdir()}
        for name in ("one", "two")
    )
    whole = [json.loads(files.pop("jack.json")) for files in (one, two)]
    assert one == two
    assert [export.pop("exported_at") for export in whole]
    assert json.dumps(whole[0]) == json.dumps(whole[1])
