"""`make rollback`: all functions go back to what was well, whatever came between."""

from __future__ import annotations

import pytest

from tests.deploy.cloud.server import Cloud
from tests.deploy.conftest import PROJECT, NewMachine
from tests.deploy.machine import Machine
from tests.peers.process import free_port

# One process asks Terraform; more would wait for each other.
pytestmark = [pytest.mark.peer, pytest.mark.xdist_group("terraform")]


def deploy(machine: Machine, *words: str) -> tuple[int, str]:
    done = machine.run("deploy", PROJECT, *words, "--yes", "--wait=20")
    return done.returncode, done.stdout + done.stderr


def serving(cloud: Cloud) -> dict[str, str]:
    return cloud.model.project(PROJECT).serving()


def test_a_deploy_whose_doctor_fails_names_the_way_back(
    deployed: Cloud, new_machine: NewMachine
) -> None:
    machine = new_machine("second")
    assert deploy(machine)[0] == 0
    well = serving(deployed)
    ill = new_machine("third", healthy=f"http://127.0.0.1:{free_port()}")

    code, printed = deploy(ill, "log_days=31")

    assert code == 1
    assert f"make rollback PROJECT={PROJECT}" in printed
    assert serving(deployed) != well
    back = machine.run("rollback", PROJECT)
    assert back.returncode == 0, back.stderr
    assert "deliver: deliver-00002 → deliver-00001" in back.stdout
    assert serving(deployed) == well


def test_what_was_well_and_is_not_goes_back_step_by_step(
    deployed: Cloud, new_machine: NewMachine
) -> None:
    machine = new_machine("second")
    seen = []
    for number in (1, 2, 3):
        assert deploy(machine, f"generation={number}")[0] == 0
        seen.append(serving(deployed))

    for step in (1, 0):
        assert machine.run("rollback", PROJECT).returncode == 0
        assert serving(deployed) == seen[step]
    none = machine.run("rollback", PROJECT)
    assert (none.returncode, "Nothing is remembered" in none.stderr) == (1, True)
    assert deploy(machine, "generation=4")[0] == 0
    assert "fetch-00004" in serving(deployed).values()


def test_the_first_deploy_that_is_ill_has_no_way_back(
    deployed: Cloud, new_machine: NewMachine
) -> None:
    ill = new_machine("second", healthy=f"http://127.0.0.1:{free_port()}")

    code, printed = deploy(ill)

    assert code == 1
    assert "rollback" not in printed
    deployed.model.project(PROJECT).revisions["events"] = 0  # it was never ready
    assert "Nothing is remembered" in ill.run("rollback", PROJECT).stderr


def test_a_gcloud_that_fails_is_no_empty_project(deployed: Cloud, new_machine: NewMachine) -> None:
    machine = new_machine("second")
    deployed.model.fail("gcloud run services list", "ERROR: (gcloud.run) PERMISSION_DENIED", 9)

    done = machine.run("rollback", PROJECT)

    assert done.returncode == 1
    assert "PERMISSION_DENIED" in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize("command", ["rollback", "environment", "destroy"])
def test_without_gcloud_it_is_said_where_to_get_it(machine: Machine, command: str) -> None:
    (machine.tools / "gcloud").unlink()

    done = machine.run(command, PROJECT)

    assert done.returncode == 1
    assert "Traceback" not in done.stderr
    assert "gcloud is not installed" in done.stderr
    assert done.stderr.endswith(": https://cloud.google.com/sdk/docs/install\n")


def test_a_plan_is_shown_and_nothing_is_made(cloud: Cloud, new_machine: NewMachine) -> None:
    done = new_machine("second").run("deploy", PROJECT, "client_id=an-id", "--plan")

    assert done.returncode == 0, done.stderr
    assert "Plan:" in done.stdout
    assert not [line for line in cloud.model.log if line.startswith("create ")]
