"""What would keep a deploy from its end is named at once, before anything is made."""

from __future__ import annotations

import math

import pytest

from tests.deploy.cloud.server import Cloud
from tests.deploy.conftest import CHOICES, PROJECT
from tests.deploy.machine import Machine

pytestmark = [pytest.mark.peer, pytest.mark.xdist_group("first deploy")]

LISTING = "gcloud firestore databases list"


def problems(cloud: Cloud, machine: Machine, *words: str) -> list[str]:
    """What a deploy names as missing; it must have made nothing."""
    done = machine.run("deploy", PROJECT, *CHOICES, *words)
    assert done.returncode == 1, done.stdout
    assert "Traceback" not in done.stderr
    assert cloud.storage.buckets == {}
    assert not [line for line in cloud.model.log if line.startswith("create ")]
    return done.stderr.split("\n- ")[1:]


def database(cloud: Cloud, name: str, location: str, kind: str = "FIRESTORE_NATIVE") -> None:
    values = {"name": name, "location_id": location, "type": kind, "project": PROJECT}
    cloud.model.project(PROJECT).databases[name] = values
    service = "google_project_service", "firestore.googleapis.com"
    cloud.model.project(PROJECT).made[service] = {}


def test_everything_missing_is_named_at_once(cloud: Cloud, machine: Machine) -> None:
    project = cloud.model.project(PROJECT)
    project.billing, project.policy = False, True
    cloud.lacking = {"run.services.setIamPolicy", "serviceusage.services.use"}
    database(cloud, "(default)", "eur3", "DATASTORE_MODE")

    named = " ".join(problems(cloud, machine, "client_id="))

    assert "no client id" in named
    assert f"{PROJECT} has no billing account" in named
    lacking = "run.services.setIamPolicy, serviceusage.services.use"
    assert f"in {PROJECT} you lack {lacking}: the role Owner" in named
    assert "organisation policy forbids" in named
    assert "(default) is in Datastore mode" in named


def test_tools_that_are_not_there(cloud: Cloud, machine: Machine) -> None:
    (machine.tools / "terraform").unlink()
    (machine.tools / "gcloud").unlink()

    named = problems(cloud, machine)

    assert [one.partition(":")[0] for one in named] == [
        "terraform is not installed",
        "gcloud is not installed",
    ]


def test_a_terraform_that_is_too_old(cloud: Cloud, machine: Machine) -> None:
    (machine.tools / "terraform").unlink()
    old = machine.tools / "terraform"
    old.write_text('#!/bin/sh\necho \'{"terraform_version": "1.4.6"}\'\n')
    old.chmod(0o755)

    (named,) = problems(cloud, machine)

    assert named.startswith("Terraform 1.4.6 is too old, 1.5 is needed")


@pytest.mark.parametrize(
    ("where", "sentence"),
    [
        ("gcloud auth print", "nobody is signed in: gcloud auth login (gcloud: "),
        ("gcloud auth application-default", "gcloud auth application-default login (gcloud: "),
        ("gcloud billing projects", f"whether {PROJECT} has billing cannot be read. "),
        (LISTING, f"the databases of {PROJECT} cannot be listed. "),
    ],
)
def test_a_failure_is_no_empty_answer_and_is_shown_in_googles_words(
    cloud: Cloud, machine: Machine, where: str, sentence: str
) -> None:
    cloud.model.fail(where, "ERROR: PERMISSION_DENIED: The caller does not have permission", 99)

    (named,) = problems(cloud, machine)

    assert sentence + "ERROR: PERMISSION_DENIED: The caller" in named


def test_a_network_that_fails_for_a_moment_is_asked_again(cloud: Cloud, machine: Machine) -> None:
    cloud.model.fail(LISTING, "ERROR: Temporary failure in name resolution", 2)
    cloud.lacking = {"run.services.setIamPolicy"}

    (named,) = problems(cloud, machine)

    assert named.startswith(f"in {PROJECT} you lack")


def test_no_network_is_no_lack_of_rights(cloud: Cloud, machine: Machine) -> None:
    machine.env["CLOUDSDK_API_ENDPOINT_OVERRIDES_CLOUDRESOURCEMANAGER"] = "http://127.0.0.1:9/"

    (named,) = problems(cloud, machine)

    assert named.startswith(f"your rights in {PROJECT} cannot be read. <urlopen error")


@pytest.mark.parametrize(
    ("name", "kind", "words", "sentence"),
    [
        ("(default)", "FIRESTORE_NATIVE", (), "add --adopt to ARGS if it is healthrelay's"),
        ("(default)", "DATASTORE_MODE", ("--adopt",), "add store=firestore:healthrelay to ARGS"),
        (
            "(default)",
            "FIRESTORE_NATIVE",
            ("--adopt", "database_location=nam5"),
            "is in eur3 and cannot move",
        ),
    ],
)
def test_a_database_that_is_there(
    cloud: Cloud, machine: Machine, name: str, kind: str, words: tuple[str, ...], sentence: str
) -> None:
    database(cloud, name, "eur3", kind)

    (named,) = problems(cloud, machine, *words)

    assert sentence in named


QUOTA = "gcloud beta quotas info"


def quota(cloud: Cloud, cpus: float, gib: float) -> None:
    """Let the region give this, and Google tell it."""
    project = cloud.model.project(PROJECT)
    project.cpus, project.gib = cpus, gib
    project.made["google_project_service", "cloudquotas.googleapis.com"] = {}


@pytest.mark.parametrize(
    ("cpus", "gib", "words", "sentence"),
    [
        # A third of a CPU and half a GiB an instance: six of one, four of the other.
        (2, 40, ("max_instances=9",), "9 is more than the 6 a function that the quota of"),
        (20, 2, ("max_instances=9",), "9 is more than the 4 a function that the quota of"),
        (2, 40, ("max_instances=9",), "(2 CPUs, 40 GiB): add max_instances=6 to ARGS, or ask"),
        # Nothing is chosen: three, for which the region has no room at all.
        (0.25, 40, (), "(0.25 CPUs, 40 GiB): take another region, or ask Google for more"),
    ],
)
def test_more_instances_than_the_region_gives(
    cloud: Cloud, machine: Machine, cpus: float, gib: float, words: tuple[str, ...], sentence: str
) -> None:
    quota(cloud, cpus, gib)

    (named,) = problems(cloud, machine, *words)

    assert sentence in " ".join(named.split())


@pytest.mark.parametrize(
    ("cpus", "region", "failure", "said"),
    [
        (2, "europe-west1", "ERROR: PERMISSION_DENIED: cloudquotas.quotas.get", "cannot be read, "),
        (2, "us-east9", "", "names no value for us-east9"),
        # Another region has its own, and without a limit there is none.
        (2, "us-east1", "", ""),
        (math.inf, "europe-west1", "", ""),
    ],
)
def test_a_quota_that_does_not_say_no_stops_nothing(
    cloud: Cloud, machine: Machine, cpus: float, region: str, failure: str, said: str
) -> None:
    quota(cloud, cpus, 40)
    cloud.model.project(PROJECT).billing = False
    if failure:
        cloud.model.fail(QUOTA, failure, 9)

    done = machine.run("deploy", PROJECT, *CHOICES, f"region={region}", "max_instances=9")

    (named,) = done.stderr.split("\n- ")[1:]
    assert "has no billing account" in named
    assert said in done.stdout
    assert failure in done.stdout
    assert ("infra/terraform/variables.tf alone" in done.stdout) == bool(said)


def test_a_name_that_is_no_choice(cloud: Cloud, machine: Machine) -> None:
    done = machine.run("deploy", PROJECT, "alert_mail=owner@example.org")

    assert done.returncode == 1
    assert done.stderr.startswith("There is no alert_mail to choose: give NAME=VALUE, of ")
    assert "alert_email" in done.stderr


@pytest.mark.parametrize(
    ("rules", "forbidden"),
    [
        ([{"enforce": True}], True),
        ([{"enforce": True, "parameters": {"allowedMemberSubjects": ["user:me@x.org"]}}], True),
        ([{"enforce": True, "parameters": {"allowedMemberSubjects": ["allUsers"]}}], False),
        ([{"enforce": False}], False),
    ],
)
def test_the_newer_policy_about_members(
    cloud: Cloud, machine: Machine, rules: list[dict[str, object]], forbidden: bool
) -> None:
    project = cloud.model.project(PROJECT)
    project.billing, project.rules = False, rules

    named = " ".join(problems(cloud, machine))

    assert ("an organisation policy forbids functions that anybody may call" in named) == forbidden


def test_a_policy_that_nobody_may_read_is_no_problem_before_it_is_met(
    cloud: Cloud, machine: Machine
) -> None:
    cloud.model.fail("org-policies describe", "ERROR: PERMISSION_DENIED", 99)
    cloud.model.project(PROJECT).billing = False

    (named,) = problems(cloud, machine)

    assert "billing" in named


def test_a_bucket_of_that_name_in_another_project_is_not_ours(
    cloud: Cloud, machine: Machine
) -> None:
    cloud.storage.buckets[f"{PROJECT}-healthrelay-state"] = "a-stranger"

    done = machine.run("deploy", PROJECT, *CHOICES, "--yes")

    assert done.returncode == 1
    assert "HTTPError 409: The requested bucket name is not available" in done.stderr
    assert cloud.storage.objects == {}
    assert not [line for line in cloud.model.log if line.startswith("create ")]
