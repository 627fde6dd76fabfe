"""A deployment stays in its region; everything in it moves by way of another project."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import unquote

import pytest

from healthrelay.config.load import kept_keys
from tests.deploy.cloud.server import Cloud
from tests.deploy.conftest import PROJECT
from tests.deploy.machine import Machine
from tests.deploy.test_later import refused
from tests.household import WEIGHTS, Clock, Household, run_command
from tests.peers.bundles import ROOT

pytestmark = [pytest.mark.peer, pytest.mark.xdist_group("deploy")]

OTHER = "another-project"
SECTION = "\n## From one project into another\n"
KEYS = "healthrelay-sealing-keys"


@pytest.fixture
def household_clock() -> Clock:
    """The time of the machine, by which the command line goes too."""
    return Clock(datetime.now(UTC))


def test_another_region_is_refused_with_the_way_that_there_is(
    deployed: Cloud, machine: Machine
) -> None:
    sentence = refused(deployed, machine, "region=us-central1")

    assert "go back to region=europe-west1, or deploy into another project" in sentence
    assert "(docs/operations.md, From one project into another)" in sentence


def test_what_the_page_says_moves_everything_into_another_region(
    deployed: Cloud, machine: Machine, household: Household, firestore_emulator: str, tmp_path: Path
) -> None:
    _prepare(machine, household, firestore_emulator)
    old = deployed.model.project(PROJECT).secrets
    keys = kept_keys(str(tmp_path / "healthrelay.db"))["sealing_keys"]
    # Jack's life so far: connected, measured, and brought into the first project.
    household.connect("jack", **WEIGHTS)
    household.fetched()
    household.poll_key()
    run_command("dump", str(machine.checkout / "home.ndjson"))
    old[KEYS].append(f"{old[KEYS][-1]},{keys}")
    _shell(machine, f"tools/cloud {PROJECT} load home.ndjson && tools/cloud {PROJECT} rotate-keys")
    old[KEYS].append(old[KEYS][0])

    printed = "".join(_carry_out(machine, household))

    assert "Not opened" not in printed
    # With its own key alone, and that of the old project gone, jack's login still opens and works.
    new = deployed.model.project(OTHER).secrets[KEYS]
    assert new[-1] == f"{new[0]},{old[KEYS][0]}"
    new.append(new[0])
    after = _shell(machine, f"tools/cloud {OTHER} fetch jack && tools/cloud {OTHER} doctor")
    assert "jack" in after
    guide = unquote(_shell(machine, f"tools/cloud {OTHER} igor-config jack"))
    assert "home.example" not in guide
    assert f"https://us-central1-{OTHER}.cloudfunctions.net/relay" in guide
    moved = _shell(machine, f"tools/cloud {OTHER} dump moved.ndjson && cat moved.ndjson")
    before = (machine.checkout / "home.ndjson").read_text()
    assert len(_records(before)) > 5
    assert _records(before) <= _records(moved)
    state = deployed.storage.text(f"{OTHER}-healthrelay-state", "healthrelay/default.tfstate")
    assert f"https://us-central1-{OTHER}.cloudfunctions.net/auth2" in state


def _prepare(machine: Machine, household: Household, emulator: str) -> None:
    """Let the machine's healthrelay find the emulator and the sandbox, and its shell some tools."""
    for name in ("cat", "tr"):
        (machine.tools / name).symlink_to(str(shutil.which(name)))
    sandbox = household.sandbox.settings
    machine.env |= {name: one for name, one in sandbox.items() if name.endswith("_URL")}
    machine.env["HEALTHRELAY_CLIENT_SECRET"] = sandbox["HEALTHRELAY_CLIENT_SECRET"]
    machine.env["FIRESTORE_EMULATOR_HOST"] = emulator
    # A household lives on this machine as well: what it set is not of any deployment.
    (machine.checkout / ".env").write_text("HEALTHRELAY_RELAY_URL=http://home.example\n")


def _carry_out(machine: Machine, household: Household) -> Iterator[str]:
    """Do what the page says, line for line; yield what is printed."""
    page = (ROOT / "docs" / "operations.md").read_text()
    section = page.partition(SECTION)[2].partition("\n## ")[0]
    lines = "".join(re.findall(r"```\n(.*?)```", section, re.DOTALL)).splitlines()
    assert len(lines) == 8
    client = household.sandbox.settings["HEALTHRELAY_CLIENT_ID"]
    for line in lines:
        text = re.sub(r"\bother\b", OTHER, line).replace("my-project", PROJECT)
        made = re.fullmatch(r"make (\w+) PROJECT=(\S+)(?: ARGS=(\S+))?", text)
        if made is None:
            yield _shell(machine, text)
            continue
        what, project, words = made.groups()
        # The first deploy asks for the client, and nobody wants mail or a budget; then the plan.
        new = what == "deploy" and words.startswith("region=")
        done = machine.run(
            *filter(None, (what, project, words)),
            "--wait=20",
            given=f"{client}\n\n\nyes\n" if new else "yes\n",
        )
        assert done.returncode == 0, done.stdout + done.stderr
        yield done.stdout


def _shell(machine: Machine, line: str) -> str:
    done = subprocess.run(
        ["sh", "-c", line],
        cwd=machine.checkout,
        env=machine.env,
        input="",
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def _records(dump: str) -> set[str]:
    return {line for line in dump.splitlines() if "record" in json.loads(line)}
