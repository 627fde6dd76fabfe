"""`tools/cloud` runs a command over the deployment that is named, and over no other."""

from __future__ import annotations

import subprocess

import pytest

from tests.deploy.cloud.server import Cloud
from tests.deploy.conftest import PROJECT
from tests.deploy.machine import Machine

pytestmark = [pytest.mark.peer, pytest.mark.xdist_group("deploy")]

STATE = f"{PROJECT}-healthrelay-state", "healthrelay/default.tfstate"
NAMES = (
    "GOOGLE_CLOUD_PROJECT",
    "HEALTHRELAY_CLIENT_ID",
    "HEALTHRELAY_RELAY_URL",
    "HEALTHRELAY_IGOR_TOKEN",
    "HEALTHRELAY_SEALING_KEYS",
)


def over(machine: Machine, project: str) -> subprocess.CompletedProcess[str]:
    """Run tools/cloud with a program that prints what it is given."""
    program = machine.checkout / ".venv" / "bin" / "healthrelay"
    shown = "\n".join(f'echo "{name}=${{{name}-not set}}"' for name in NAMES)
    program.write_text(f"#!/bin/sh\n{shown}\n")
    command = [machine.checkout / "tools" / "cloud", project, "doctor"]
    return subprocess.run(command, env=machine.env, capture_output=True, text=True, check=False)


def test_settings_and_keys_are_of_the_project_that_is_named(
    deployed: Cloud, machine: Machine
) -> None:
    done = over(machine, PROJECT)

    (keys,) = deployed.model.project(PROJECT).secrets["healthrelay-sealing-keys"]
    assert done.stdout.splitlines() == [
        f"GOOGLE_CLOUD_PROJECT={PROJECT}",
        "HEALTHRELAY_CLIENT_ID=a-client-id",
        "HEALTHRELAY_RELAY_URL=",  # empty, so that no .env of a household here fills it
        "HEALTHRELAY_IGOR_TOKEN=from-igor",  # the shell's own
        f"HEALTHRELAY_SEALING_KEYS={keys}",
    ]


def test_before_a_deploy_it_says_what_to_do(deployed: Cloud, machine: Machine) -> None:
    done = over(machine, "another-project")

    assert done.returncode == 1
    assert done.stdout == ""
    assert done.stderr == (
        "Nothing is deployed in another-project: make deploy PROJECT=another-project\n"
    )


def test_a_state_of_another_project_is_refused(deployed: Cloud, machine: Machine) -> None:
    text = deployed.storage.text(*STATE).replace(PROJECT, "another-project")
    deployed.storage.put(*STATE, text.encode())

    done = over(machine, PROJECT)

    assert done.returncode == 1
    assert done.stdout == ""
    assert f"is of another-project, not of {PROJECT}." in done.stderr


def test_a_failing_gcloud_is_shown(deployed: Cloud, machine: Machine) -> None:
    deployed.model.fail("gcloud storage", "ERROR: PERMISSION_DENIED: storage.objects.get", 9)

    done = over(machine, PROJECT)

    assert done.returncode == 1
    assert done.stderr == "ERROR: PERMISSION_DENIED: storage.objects.get\n"
