"""`healthrelay disconnect`, `erase` and `export` in this process, against the sandbox."""

from __future__ import annotations

import csv
import json
import stat
from pathlib import Path

import pytest

from healthrelay.__main__ import main
from healthrelay.core.delivery.progress import Chance, Progress, after_failure
from healthrelay.core.errors import TryLater
from sandbox import Sandbox
from tests.household import Household
from tests.stores.contract import NOW

Capture = pytest.CaptureFixture[str]
pytestmark = pytest.mark.parametrize("provider", ["google_health", "fitbit"])
RESOURCES = "body/weight,activities/steps,activities/heart"


@pytest.fixture(autouse=True)
def _jack(household: Household) -> None:
    household.connect(methods="time_series", resource=RESOURCES, period="1m")
    household.fetched()


def test_disconnecting_ends_the_grant_and_keeps_the_rest(
    household: Household, capsys: Capture
) -> None:
    before = household.snapshot()
    grant = household.services.grants.stored("jack").grant

    assert main(["disconnect", "jack"]) == 0

    assert "has ended and is forgotten" in capsys.readouterr().out
    answer = household.fetch()
    assert (answer.status_code, answer.json()["cause"]) == (502, "not_connected")
    assert household.snapshot() == before
    with pytest.raises(Exception, match="no longer honours"):
        household.services.token_endpoint.refresh(grant.refresh or "")
    assert main(["disconnect", "jack"]) == 0
    assert capsys.readouterr().out == "jack is not connected.\n"
    household.connect()
    household.fetched()
    assert household.snapshot() == before


def test_provider_that_is_down_leaves_the_choice(
    household: Household, sandbox: Sandbox, capsys: Capture, provider: str
) -> None:
    sandbox.fail("/revoke", status=503, times=2)

    assert main(["disconnect", "jack"]) == 1
    stderr = capsys.readouterr().err
    assert "still connected" in stderr
    assert "healthrelay disconnect jack --forget-anyway" in stderr
    assert household.fetch().status_code == 200

    assert main(["disconnect", "jack", "--forget-anyway"]) == 0
    page = {
        "google_health": "myaccount.google.com/connections",
        "fitbit": "www.fitbit.com/settings",
    }
    assert page[provider] in capsys.readouterr().out
    assert household.fetch().json()["cause"] == "not_connected"


def test_erasing_prints_a_receipt_of_what_there_was(
    household: Household, tmp_path: Path, capsys: Capture
) -> None:
    snapshot = household.snapshot()
    grant = household.services.grants.stored("jack").grant
    main(["relay", "add", "jack", "https://hook.example/in", "--name", "node-red"])
    capsys.readouterr()

    assert main(["erase", "jack", "--json"]) == 0

    receipt = json.loads(capsys.readouterr().out)
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
    assert main(["erase", "jack"]) == 2


def test_erasing_does_not_wait_for_a_provider_that_is_down(
    household: Household, sandbox: Sandbox, capsys: Capture
) -> None:
    sandbox.fail("/revoke", status=503)

    assert main(["erase", "jack"]) == 0

    assert "has not ended the grant" in capsys.readouterr().out
    assert household.services.store.identities.names() == []


def test_what_is_exported_is_what_igor_gets(
    household: Household, tmp_path: Path, capsys: Capture
) -> None:
    snapshot = household.snapshot()
    folder = tmp_path / "out" / "jack"
    main(["relay", "add", "jack", "https://hook.example/in", "--name", "node-red"])
    key = capsys.readouterr().out.split("whsec_")[1].split()[0]
    log = household.services.store.log
    log.save("jack", "igor", after_failure(Progress(), TryLater("away"), 1, Chance(NOW)))
    log.save("jack", "reader:script", Progress(1, at=NOW))

    assert main(["export", "jack", "--to", str(folder)]) == 0

    written = [Path(line) for line in capsys.readouterr().out.splitlines()]
    assert sorted(written) == sorted(folder.iterdir())
    assert {stat.S_IMODE(path.stat().st_mode) for path in written} == {0o600}
    export = json.loads((folder / "jack.json").read_text())
    assert export["records"] == snapshot
    assert export["poll_key"] is True
    assert export["targets"] == {
        "node-red": {
            "url": "https://hook.example/in",
            "private": False,
            "progress": {"sequence": 1, "state": "ok"},
        }
    }
    at = NOW.isoformat()
    assert export["log"]["head"] == 1
    assert export["log"]["progress"]["reader:script"] == {"sequence": 1, "state": "ok", "at": at}
    igor = export["log"]["progress"]["igor"]
    away = {"cause": "try_later", "who": "nobody", "sentence": "away", "since": at}
    assert (igor["state"], igor["trouble"]) == ("failing", away)
    assert export["settings"]["resource"] == RESOURCES
    assert set(export["covered"]) == set(snapshot)
    assert export["connection"]["scopes"]
    grant = household.services.grants.stored("jack").grant
    everything = "".join(path.read_text() for path in written)
    sealed = household.services.store.tokens.load("jack")
    assert sealed is not None
    target = household.services.store.targets.of("jack")["node-red"]["sealed"]
    for secret in (
        *(grant.access, grant.refresh or "", str(sealed.document["sealed"])),
        *(key, str(target), "whsk_"),
    ):
        assert secret not in everything
    with (folder / "jack.body-weight.csv").open(newline="") as file:
        assert list(csv.DictReader(file)) == snapshot["body-weight"]
    with (folder / "jack.activities-heart.csv").open(newline="") as file:
        values = [json.loads(row["value"]) for row in csv.DictReader(file)]
    assert values == [element["value"] for element in snapshot["activities-heart"]]


def test_nothing_is_overwritten_without_force(tmp_path: Path, capsys: Capture) -> None:
    link, elsewhere = tmp_path / "jack.body-weight.csv", tmp_path / "elsewhere"
    elsewhere.write_text("not ours")
    link.symlink_to(elsewhere)

    assert main(["export", "jack", "--to", str(tmp_path)]) == 2
    assert "--force" in capsys.readouterr().err
    assert not (tmp_path / "jack.json").exists()

    assert main(["export", "jack", "--to", str(tmp_path), "--force"]) == 0
    assert not link.is_symlink()
    assert stat.S_IMODE(link.stat().st_mode) == 0o600
    assert elsewhere.read_text() == "not ours"
    assert main(["export", "jack", "--to", str(elsewhere)]) == 2


def test_two_exports_of_the_same_differ_in_their_time_only(tmp_path: Path) -> None:
    for name in ("one", "two"):
        main(["export", "jack", "--to", str(tmp_path / name)])

    one, two = (
        {path.name: path.read_bytes() for path in (tmp_path / name).iterdir()}
        for name in ("one", "two")
    )
    whole = [json.loads(files.pop("jack.json")) for files in (one, two)]
    assert one == two
    assert [export.pop("exported_at") for export in whole]
    assert json.dumps(whole[0]) == json.dumps(whole[1])
