"""Taking it down with the choices it was deployed with; what remains is printed."""

from __future__ import annotations

import shlex
from pathlib import Path

import pytest

from tests.deploy.cloud.server import Cloud
from tests.deploy.conftest import PROJECT, NewMachine
from tests.deploy.machine import Machine
from tests.deploy.test_cloud_command import over
from tests.deploy.test_later import changes, restored, upgraded
from tests.infra.commands import verdicts

pytestmark = [pytest.mark.peer, pytest.mark.xdist_group("deploy")]

BACKUP = {
    "name": f"projects/{PROJECT}/locations/europe-west1/backups/b1",
    "database": f"projects/{PROJECT}/databases/(default)",
    "expireTime": "2026-12-05T03:00:00Z",
}

RELEASES = f"{PROJECT}-healthrelay-state", "healthrelay/releases.json"


def test_destroy_then_deploy_keeps_data_and_keys(deployed: Cloud, new_machine: NewMachine) -> None:
    keys = dict(deployed.model.project(PROJECT).secrets)
    deployed.storage.put(*RELEASES, b'[{"fetch": "fetch-00000"}]')
    # Somebody deleted the queue: that is not the time to make it again.
    made = deployed.model.project(PROJECT).made
    (queue,) = (key for key in made if key[0] == "google_cloud_tasks_queue")
    del made[queue]

    down = new_machine("second").run("destroy", PROJECT, "--wait=20", given="yes\n")

    assert down.returncode == 0, down.stdout + down.stderr
    kinds = {line.split()[1] for line in changes(deployed) if line.startswith("delete ")}
    assert "google_cloudfunctions2_function" in kinds
    assert not [kind for kind in kinds if "firestore" in kind or kind.endswith("secret")]
    assert not [line for line in changes(deployed) if not line.startswith("delete ")]
    assert deployed.storage.text(*RELEASES) == "[]"
    third = new_machine("third")
    assert over(third, PROJECT).returncode == 0  # what reads the data goes on
    new = upgraded(deployed, third)
    assert {line.split()[0] for line in new} == {"create"}
    assert deployed.model.project(PROJECT).secrets == keys


@pytest.mark.parametrize("given", ["another-project\n", "", "yes\n"])
def test_nothing_is_deleted_unless_the_project_is_typed(
    deployed: Cloud, machine: Machine, given: str
) -> None:
    done = machine.run("destroy", PROJECT, "--data", given=given)

    assert done.returncode == 1
    assert done.stderr.endswith("Nothing was deleted.\n")
    assert changes(deployed) == []


def test_with_data_everything_goes_and_what_remains_is_printed(
    deployed: Cloud, machine: Machine
) -> None:
    project = deployed.model.project(PROJECT)
    project.backups = [BACKUP]
    restored(deployed, "another")

    done = machine.run("destroy", PROJECT, "--data", "--wait=20", given=f"{PROJECT}\nno\n")

    assert done.returncode == 0, done.stdout + done.stderr
    assert "The database (default), with ALL measurements and logins" in done.stdout
    assert {*project.databases} == {"another"}
    assert project.secrets == {}
    assert {kind for kind, _ in project.made} <= {"google_project_service"}
    assert "1 backups hold the measurements until 2026-12-05T03:00:00Z." in done.stdout
    remains = done.stdout.split("What remains")[1]
    assert "backups of the database: 1" in remains
    assert f"gcloud storage rm --recursive gs://{PROJECT}-healthrelay-state" in remains
    assert "- the database another, backups of it: 0\n  It may be somebody else's." in remains
    assert f"databases delete --database='another' --project={PROJECT}\n" in remains
    # What was left by the answer goes with a second run, which makes nothing.
    second = machine.run("destroy", PROJECT, "--data", "--wait=20", given=f"{PROJECT}\nyes\n")
    assert second.returncode == 0, second.stdout + second.stderr
    assert project.backups == []
    assert not [line for line in deployed.model.log if line.startswith("create ")]
    down = machine.run("destroy", PROJECT)
    assert (down.returncode, f"Nothing runs in {PROJECT}." in down.stdout) == (0, True)
    # A queue's name rests for days, so the next deploy takes another, also where it was chosen.
    again = upgraded(deployed, machine, "queue=healthrelay")
    assert "create google_cloud_tasks_queue healthrelay-2" in " ".join(again)
    assert upgraded(deployed, machine) == []


def test_backups_go_by_name_when_asked_with_commands_that_gcloud_understands(
    deployed: Cloud, machine: Machine, deployed_once: Cloud, tmp_path: Path
) -> None:
    deployed.model.project(PROJECT).backups = [BACKUP]
    # The first run is cut off after the database is gone; the second goes on.
    deployed.model.fail("gcloud firestore backups list", "ERROR: PERMISSION_DENIED")
    first = machine.run("destroy", PROJECT, "--data", "--wait=20", given=f"{PROJECT}\nyes\n")
    assert "PERMISSION_DENIED" in first.stderr

    done = machine.run("destroy", PROJECT, "--data", "--wait=20", given=f"{PROJECT}\nyes\n")

    assert done.returncode == 0, done.stdout + done.stderr
    assert deployed.model.project(PROJECT).backups == []
    log = [*deployed_once.model.log, *deployed.model.log]
    given = {shlex.join(line.split(" ")) for line in log if line.startswith("gcloud ")}
    assert len(given) > 20
    assert verdicts(given, tmp_path) == {}


def test_nothing_deployed_is_said(cloud: Cloud, machine: Machine) -> None:
    done = machine.run("destroy", PROJECT)

    assert done.returncode == 1
    assert done.stderr.startswith(f"Nothing is deployed in {PROJECT}")
