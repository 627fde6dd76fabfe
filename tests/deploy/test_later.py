"""Later runs, other machines, other projects: nothing is lost, and no state meets another."""

from __future__ import annotations

import json

import pytest

from tests.deploy.cloud.server import Cloud
from tests.deploy.conftest import CHOICES, PROJECT, NewMachine
from tests.deploy.machine import Machine

pytestmark = [pytest.mark.peer, pytest.mark.xdist_group("deploy")]

BUCKET = f"{PROJECT}-healthrelay-state"
IRREPLACEABLE = ("google_firestore_database", "google_secret_manager_secret healthrelay-owner")


def changes(cloud: Cloud) -> list[str]:
    """What was created, changed and deleted."""
    done = ("create ", "update ", "delete ")
    return [line for line in cloud.model.log if line.startswith(done)]


def upgraded(cloud: Cloud, machine: Machine, *words: str, project: str = PROJECT) -> list[str]:
    """Deploy with *words*; return what changed. The doctor must be content."""
    del cloud.model.log[:]
    done = machine.run("deploy", project, *words, "--yes", "--wait=20")
    assert done.returncode == 0, done.stdout + done.stderr
    assert f"\n{project} is deployed. " in done.stdout
    assert done.stdout.endswith(f"\n  tools/cloud {project} open\n")
    return changes(cloud)


def refused(cloud: Cloud, machine: Machine, *words: str) -> str:
    """Deploy with *words*, which must change nothing; return what was printed as the reason."""
    before = dict(cloud.storage.objects)
    del cloud.model.log[:]
    done = machine.run("deploy", PROJECT, *words, "--yes", "--wait=5")
    assert done.returncode == 1, done.stdout
    assert changes(cloud) == []
    assert cloud.storage.objects == before
    return " ".join(done.stderr.split())


def test_an_upgrade_without_options_on_another_machine_changes_nothing(
    deployed: Cloud, new_machine: NewMachine
) -> None:
    lock = deployed.storage.text(BUCKET, "healthrelay/terraform.lock.hcl")
    kept = deployed.storage.text(BUCKET, "healthrelay/terraform.tfvars.json")
    assert 'version     = "6.50.0"' in lock
    assert '"h1:' in lock

    assert upgraded(deployed, new_machine("second")) == []

    assert deployed.storage.text(BUCKET, "healthrelay/terraform.lock.hcl") == lock
    assert deployed.storage.text(BUCKET, "healthrelay/terraform.tfvars.json") == kept


def test_the_lock_file_follows_the_pinned_version(deployed: Cloud, machine: Machine) -> None:
    key = BUCKET, "healthrelay/terraform.lock.hcl"
    lock = deployed.storage.text(*key)
    deployed.storage.put(*key, lock.replace("6.50.0", "6.49.0").encode())

    assert upgraded(deployed, machine) == []

    assert deployed.storage.text(*key) == lock


def test_a_changed_choice_changes_what_it_names_and_is_remembered(
    deployed: Cloud, machine: Machine
) -> None:
    changed = upgraded(deployed, machine, "schedules=", "generation=2")

    assert {line.split()[1] for line in changed} == {
        "google_cloudfunctions2_function",
        "google_cloud_scheduler_job",
    }
    assert not [line for line in changed if line.startswith("delete ")]
    assert upgraded(deployed, machine) == []


def test_two_projects_from_one_checkout_share_nothing(deployed: Cloud, machine: Machine) -> None:
    upgraded(deployed, machine)
    former = deployed.storage.text(BUCKET, "healthrelay/default.tfstate")
    keys = dict(deployed.model.project(PROJECT).secrets)

    changed = upgraded(deployed, machine, *CHOICES, project="another-project")

    assert not [line for line in changed if line.startswith(("delete ", "update "))]
    assert deployed.storage.text(BUCKET, "healthrelay/default.tfstate") == former
    assert deployed.model.project(PROJECT).secrets == keys
    other = deployed.model.project("another-project").secrets
    assert other["healthrelay-sealing-keys"] != keys["healthrelay-sealing-keys"]
    assert upgraded(deployed, machine) == []


@pytest.mark.parametrize(
    ("former", "choice", "gone", "new"),
    [
        ((), "igor_url=", "healthrelay-igor-token", ""),
        ((), "igor_user=healthrelay", "healthrelay-igor-token", "healthrelay-igor-password"),
    ],
    ids=["push back to poll", "token to password"],
)
def test_another_way_to_igor(
    deployed: Cloud, machine: Machine, former: tuple[str, ...], choice: str, gone: str, new: str
) -> None:
    machine.env["HEALTHRELAY_IGOR_PASSWORD"] = "of-igor"

    changed = upgraded(deployed, machine, choice)

    deleted = {line for line in changed if line.startswith("delete ")}
    assert f"delete google_secret_manager_secret {gone}" in deleted
    assert not [line for line in deleted if "google_firestore" in line]
    secrets = deployed.model.project(PROJECT).secrets
    assert gone not in secrets
    assert {"healthrelay-owner-key", "healthrelay-sealing-keys"} < {*secrets}
    # Functions read a secret no more before it goes, and a new one only when it has a value.
    last_update = max(i for i, line in enumerate(changed) if "cloudfunctions2_function" in line)
    assert changed.index(f"delete google_secret_manager_secret {gone}") > last_update
    assert not new or secrets[new] == ["of-igor"]


def restored(cloud: Cloud, name: str, location: str = "europe-west1") -> None:
    """A backup that became a database: without protection, schedule, or a time to live."""
    values = cloud.model.project(PROJECT).databases["(default)"]
    disabled = {
        "delete_protection_state": "DELETE_PROTECTION_DISABLED",
        "point_in_time_recovery_enablement": "POINT_IN_TIME_RECOVERY_DISABLED",
    }
    ours = {"name": name, "location_id": location, "id": f"projects/{PROJECT}/databases/{name}"}
    cloud.model.project(PROJECT).databases[name] = values | disabled | ours


def test_a_restored_database_is_taken_over_with_all_that_protects_it(
    deployed: Cloud, machine: Machine
) -> None:
    restored(deployed, "restored")
    former = dict(deployed.model.project(PROJECT).databases["(default)"])
    sentence = refused(deployed, machine, "store=firestore:restored", "--plan")
    assert sentence.startswith("--plan cannot show what becomes of the database restored, because")

    changed = upgraded(deployed, machine, "store=firestore:restored")

    project = deployed.model.project(PROJECT)
    assert not [line for line in changed if line.startswith("delete ")]
    assert project.databases["restored"]["delete_protection_state"] == "DELETE_PROTECTION_ENABLED"
    recovery = project.databases["restored"]["point_in_time_recovery_enablement"]
    assert recovery == "POINT_IN_TIME_RECOVERY_ENABLED"
    assert {*project.schedules} == {"(default)", "restored"}
    assert any("google_firestore_field" in line and "restored" in line for line in changed)
    assert project.databases["(default)"] == former
    # And back again: its schedule is known, not made twice.
    assert not [line for line in upgraded(deployed, machine, "store=") if "schedule" in line]
    assert upgraded(deployed, machine) == []


def test_a_key_of_ones_own_replaces_no_secret(deployed: Cloud, machine: Machine) -> None:
    path = machine.terraform / "secrets.tf"
    own = 'auto {\n      customer_managed_encryption {\n        kms_key_name = "k"\n      }\n    }'
    path.write_text(path.read_text().replace("auto {}", own))

    changed = upgraded(deployed, machine)

    assert {line.split()[0] for line in changed} == {"update"}
    assert {line.split()[1] for line in changed} == {"google_secret_manager_secret"}


def test_traces_stay_where_somebody_keeps_them_or_google_does_not_let_them_go(
    deployed: Cloud, machine: Machine
) -> None:
    services = deployed.model.project(PROJECT).services
    assert services == set()
    services.add("cloudtrace.googleapis.com")

    assert upgraded(deployed, machine, "keep_traces=true") == []
    assert services == {"cloudtrace.googleapis.com"}

    failure = "ERROR: FAILED_PRECONDITION: The service is depended on by an active service"
    deployed.model.fail("gcloud services disable", failure)
    done = machine.run("deploy", PROJECT, "keep_traces=", "--yes")
    assert done.returncode == 0, done.stdout + done.stderr
    by_hand = f"gcloud services disable cloudtrace.googleapis.com --project={PROJECT}"
    assert f"with their keys. ({failure})\n        Do it by hand: {by_hand}\n" in done.stdout


@pytest.mark.parametrize(
    ("choice", "sentence"),
    [
        ("database_location=nam5", "cannot move: go back to database_location=europe-west1"),
        ("store=firestore:restored", "there is no database restored: restore a backup into it"),
        ("max_instances=61", "more than the 60 a function that the quota of europe-west1"),
    ],
)
def test_what_would_lose_something_is_refused_before_anything_changes(
    deployed: Cloud, machine: Machine, choice: str, sentence: str
) -> None:
    assert sentence in refused(deployed, machine, choice)


def test_a_database_that_somebody_deleted_is_not_made_empty_again(
    deployed: Cloud, machine: Machine
) -> None:
    deployed.model.project(PROJECT).databases.clear()

    assert "there is no database (default): restore a backup" in refused(deployed, machine)


def test_a_local_state_and_a_written_table_move_into_the_bucket(
    deployed: Cloud, machine: Machine
) -> None:
    key = BUCKET, "healthrelay/default.tfstate"
    state = deployed.storage.objects.pop(key)[0].decode()
    kept = json.loads(deployed.storage.text(BUCKET, "healthrelay/terraform.tfvars.json"))
    deployed.storage.objects.clear()
    deployed.storage.buckets.clear()
    (machine.terraform / "terraform.tfstate").write_text(state)
    kept.pop("schedules")  # a map, which is not taken over from what a person wrote
    lines = [f"{name} = {json.dumps(value)}\n" for name, value in kept.items()]
    (machine.terraform / "terraform.tfvars").write_text("# written by hand\n" + "".join(lines))

    changed = upgraded(deployed, machine, 'schedules={"fetch": "0 * * * *"}')

    assert changed == []
    assert key in deployed.storage.objects
    assert not (machine.terraform / "terraform.tfstate").exists()
    assert not (machine.terraform / "terraform.tfvars").exists()
    assert upgraded(deployed, machine) == []


def test_the_secrets_of_an_earlier_version_are_the_same_under_their_new_names(
    deployed: Cloud, machine: Machine
) -> None:
    key = BUCKET, "healthrelay/default.tfstate"
    state = json.loads(deployed.storage.text(*key))
    kind = "google_secret_manager_secret"
    secrets = [one for one in state["resources"] if one["type"] == kind]
    assert {one["name"] for one in secrets} == {"given", "kept"}
    # 0.1.0 had one resource for all of them.
    together = {
        **secrets[0],
        "name": "secret",
        "instances": [i for s in secrets for i in s["instances"]],
    }
    state["resources"] = [one for one in state["resources"] if one["type"] != kind] + [together]
    for given in together["instances"]:
        given["attributes"]["deletion_protection"] = True
    deployed.storage.put(*key, json.dumps(state).encode())
    keys = dict(deployed.model.project(PROJECT).secrets)

    changed = upgraded(deployed, machine)

    assert {line.split()[0] for line in changed} == {"update"}
    assert {line.split()[1] for line in changed} == {kind}
    assert deployed.model.project(PROJECT).secrets == keys


def test_the_local_state_of_another_project_is_left_alone(
    deployed: Cloud, machine: Machine
) -> None:
    state = deployed.storage.text(BUCKET, "healthrelay/default.tfstate")
    other = state.replace(PROJECT, "another-project")
    (machine.terraform / "terraform.tfstate").write_text(other)

    assert upgraded(deployed, machine) == []
    # Terraform would offer it to every project: it has its own project's name from now on.
    assert (machine.terraform / "another-project.tfstate").read_text() == other
