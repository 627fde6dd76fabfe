"""The first deploy reaches its last line, however late Google is, or says what to do."""

from __future__ import annotations

import json
import re

import pytest

from tests.deploy.cloud import model
from tests.deploy.cloud.server import Cloud
from tests.deploy.conftest import PROJECT
from tests.deploy.machine import Machine

# They begin with nothing, so they need not go where something is deployed once for all.
pytestmark = [pytest.mark.peer, pytest.mark.xdist_group("first deploy")]

ANSWERS = "a-client-id\nowner@example.org\n5\nyes\n"
BUCKET = f"{PROJECT}-healthrelay-state"
FUNCTION = "create google_cloudfunctions2_function"
LAST_LINE = (
    f"{PROJECT} is deployed. A link to the household's page:\n  tools/cloud {PROJECT} open\n"
)


def test_everything_that_is_late_is_waited_for(cloud: Cloud, machine: Machine) -> None:
    machine.env["DEPLOY_TEST_PROVIDER"] = ""  # one in the environment of the Terraform it serves
    metric = model.METRIC.format("logging.googleapis.com/user/healthrelay/stale")
    cloud.model.fail("create google_secret_manager_secret", model.DISABLED.format("x"), 2)
    cloud.model.fail(f"{FUNCTION} fetch", model.BUILD, tainted=True)
    cloud.model.fail("create google_monitoring_alert_policy", metric)
    cloud.model.fail("create google_cloud_scheduler_job", model.NETWORK)

    done = machine.run("deploy", PROJECT, "--wait=30", given=ANSWERS)

    assert done.returncode == 0, done.stdout + done.stderr
    assert done.stdout.endswith(LAST_LINE)
    assert re.findall(r"\[\d/4\] .*", done.stdout) == [
        "[1/4] services: 16 new",
        f"[2/4] accounts, rights, secrets, metrics: {_new(done.stdout, 2)} new",
        "[3/4] values of the secrets",
        f"[4/4] all the rest, of {_new(done.stdout, 4)} changes",
    ]
    assert "Google is still switching its services on; again in" in done.stdout
    assert "new rights are not known everywhere yet; again in" in done.stdout
    # What calls functions waits until all are built, also again, and let it in.
    for caller, who in (
        ("cloud_scheduler_job", "serviceAccount:"),
        ("monitoring_uptime", "allUsers"),
    ):
        first = _first(cloud, f"create google_{caller}")
        assert _last(cloud, FUNCTION) < first
        assert _last(cloud, f"create google_cloud_run_v2_service_iam_member .*{who}") < first
    # The half-built function was made again, and nothing else was made twice.
    made = [line for line in cloud.model.log if line.startswith("create google_cloudfunctions2")]
    assert sum("fetch" in line for line in made) == 2
    assert {name: len(values) for name, values in cloud.model.project(PROJECT).secrets.items()} == {
        "healthrelay-client-secret": 1,
        "healthrelay-owner-key": 1,
        "healthrelay-sealing-keys": 1,
    }
    # What was answered is remembered, in a bucket that keeps every version.
    kept = json.loads(cloud.storage.text(BUCKET, "healthrelay/terraform.tfvars.json"))
    assert kept == {
        "alert_email": "owner@example.org",
        "billing_account": "012345-6789AB-CDEF01",
        "client_id": "a-client-id",
        "database_location": "europe-west1",
        "monthly_budget": "5",
        "region": "europe-west1",
    }
    assert BUCKET in cloud.storage.versioned
    # Calls are charged to the project, and not to one that gcloud was once set to.
    assert cloud.quota_projects == {PROJECT}
    # Traces, with the keys of polls, end before there is a function that could be polled.
    assert cloud.model.project(PROJECT).services == set()
    log = cloud.model.log
    off = log.index(f"gcloud services disable cloudtrace.googleapis.com --project={PROJECT}")
    assert off < log.index(made[0])


def test_nothing_is_made_or_remembered_before_the_plan_is_confirmed(
    cloud: Cloud, machine: Machine
) -> None:
    done = machine.run("deploy", PROJECT, given=ANSWERS.removesuffix("yes\n"))

    assert done.stderr.endswith("Nothing was deployed.\n")
    assert not [line for line in cloud.model.log if line.startswith("create ")]
    assert (BUCKET, "healthrelay/terraform.tfvars.json") not in cloud.storage.objects
    down = machine.run("destroy", PROJECT)
    assert down.stderr.startswith(f"Nothing is deployed in {PROJECT}: ")


def test_the_callback_address_comes_before_the_question_for_which_it_is_needed(
    cloud: Cloud, machine: Machine
) -> None:
    done = machine.run("deploy", PROJECT, "region=us-central1", given="")

    address = f"https://us-central1-{PROJECT}.cloudfunctions.net/auth2"
    assert address in done.stdout
    assert done.stdout.index(address) < done.stdout.index("The client id that it gives you")
    assert f"with the redirect address {address}, then add client_id=… to ARGS" in done.stderr
    assert cloud.storage.buckets == {}


@pytest.mark.parametrize(
    ("where", "text", "sentence"),
    [
        (FUNCTION, model.BUILD, "After 3 s still: new rights are not known everywhere yet."),
        ("create google_service_account ", model.NETWORK, "still: Google cannot be reached."),
        ("gcloud secrets list", "ERROR: PERMISSION_DENIED: secrets", "PERMISSION_DENIED: secrets"),
    ],
)
def test_what_stays_wrong_stops_with_a_sentence_and_going_on_works(
    cloud: Cloud, machine: Machine, where: str, text: str, sentence: str
) -> None:
    cloud.model.fail(where, text, 1000)

    done = machine.run("deploy", PROJECT, "--wait=3", given=ANSWERS)

    assert done.returncode == 1
    assert sentence in done.stderr
    assert "Traceback" not in done.stderr
    # No function without its secrets, and nothing after what failed.
    assert any(FUNCTION in line for line in cloud.model.log) == (where == FUNCTION)
    cloud.model.faults.clear()
    again = machine.run("deploy", PROJECT, "--yes", "--wait=20")
    assert again.returncode == 0, again.stdout + again.stderr
    assert again.stdout.endswith(LAST_LINE)


def test_what_could_not_be_seen_while_services_were_off_is_met_before_anything_touches_it(
    cloud: Cloud, machine: Machine
) -> None:
    cloud.model.project(PROJECT).cpus = 0.5
    values = {"name": "(default)", "location_id": "eur3", "type": "FIRESTORE_NATIVE"}
    cloud.model.project(PROJECT).databases["(default)"] = values | {"project": PROJECT}

    done = machine.run("deploy", PROJECT, "--wait=20", given=ANSWERS)

    assert done.returncode == 1
    assert "The quota of europe-west1 is asked for again" in done.stdout
    assert "the database (default) is in eur3 and cannot move" in done.stderr
    assert "max_instances=3 is more than the 1 a function that" in done.stderr
    made = {line.split()[1] for line in cloud.model.log if line.startswith("create ")}
    assert made == {"google_project_service"}
    # Nor does what takes it all down again.
    backup = {"name": "projects/p/locations/eur3/backups/b", "expireTime": "2026-12-05T03:00:00Z"}
    project = cloud.model.project(PROJECT)
    project.backups = [backup | {"database": f"projects/{PROJECT}/databases/(default)"}]
    down = machine.run("destroy", PROJECT, "--data", "--wait=20", given=f"{PROJECT}\nyes\n")
    assert down.returncode == 0, down.stdout + down.stderr
    assert ({*project.databases}, len(project.backups)) == ({"(default)"}, 1)
    assert "- the database (default), backups of it: 1\n" in down.stdout


def test_a_database_that_is_ours_is_adopted_with_all_that_protects_it(
    cloud: Cloud, machine: Machine
) -> None:
    project = cloud.model.project(PROJECT)
    values = {"name": "(default)", "location_id": "eur3", "type": "FIRESTORE_NATIVE"}
    project.databases["(default)"] = values | {"project": PROJECT, "id": "ours"}
    project.made["google_project_service", "firestore.googleapis.com"] = {}
    project.schedules["(default)"] = "its-own"
    plan = machine.run("deploy", PROJECT, "--adopt", "--plan", given=ANSWERS)
    assert "--plan cannot show what becomes of the database (default), because" in plan.stderr

    done = machine.run("deploy", PROJECT, "--adopt", "--wait=20", given=ANSWERS)

    assert done.returncode == 0, done.stdout + done.stderr
    assert "Taking over the database (default)." in done.stdout
    assert project.databases["(default)"]["delete_protection_state"] == "DELETE_PROTECTION_ENABLED"
    assert project.schedules == {"(default)": "its-own"}
    kept = json.loads(cloud.storage.text(BUCKET, "healthrelay/terraform.tfvars.json"))
    assert (kept["region"], kept["database_location"]) == ("europe-west1", "eur3")


def _first(cloud: Cloud, pattern: str) -> int:
    return min(n for n, line in enumerate(cloud.model.log) if re.match(pattern, line))


def _last(cloud: Cloud, pattern: str) -> int:
    return max(n for n, line in enumerate(cloud.model.log) if re.match(pattern, line))


def _new(printed: str, stage: int) -> int:
    (found,) = re.findall(rf"\[{stage}/4\] \D+(\d+)", printed)
    return int(found)
