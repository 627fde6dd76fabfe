"""What would be deployed: private, with the least rights, without secrets, as the code needs it."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from collections.abc import Iterator
from hashlib import md5
from pathlib import Path
from typing import Any

import pytest

from healthrelay import config
from healthrelay.adapters.firestore import indexes
from tests.household import OWNER_KEY
from tests.infra.conftest import LEAST
from tests.infra.plans import Plan
from tests.peers import install
from tests.peers.bundles import RUNTIME, WHEN_BUILT
from tests.peers.terraform import (
    FOLDER,
    NUMBER,
    PROJECT,
    ROOT,
    checker,
    choices,
    refusal,
    terraform,
)

# One process asks Terraform; more would wait for each other.
pytestmark = [pytest.mark.peer, pytest.mark.xdist_group("terraform")]

FUNCTIONS = sorted(entry.parent.name for entry in (ROOT / "functions").glob("*/main.py"))
INVOKER = "healthrelay-invoker"
# Igor's own certificate authority is a file, and is for a push within one network.
ON_ONE_MACHINE = {"igor_ca"}


def test_the_files_are_valid() -> None:
    done = terraform("validate", "-no-color")

    assert done.returncode == 0, done.stdout + done.stderr


def test_terraforms_own_tests_pass(bundles: Path) -> None:
    done = terraform("test", "-no-color", f"-var=bundles={bundles}")

    assert done.returncode == 0, done.stdout + done.stderr
    assert re.search(r"Success! [1-9]\d* passed, 0 failed\.", done.stdout), done.stdout


def test_the_files_are_formatted() -> None:
    if shutil.which("terraform") is None:
        install.unavailable("terraform is not installed")
    command = ["terraform", "fmt", "-check", "-diff", "-recursive", FOLDER]
    done = subprocess.run(command, capture_output=True, text=True, check=False)

    assert (done.returncode, done.stdout) == (0, "")


def test_each_folder_is_a_function_with_its_own_bundle(least: Plan, bundles: Path) -> None:
    functions, objects = least.functions(), least.all("storage_bucket_object")

    assert sorted(functions) == sorted(objects) == FUNCTIONS
    for name, values in functions.items():
        assert values["name"] == values["build_config"][0]["entry_point"] == name
        # Google names an object by what it holds; it is no matter of secrecy.
        checksum = md5((bundles / f"{name}.zip").read_bytes(), usedforsecurity=False).hexdigest()
        assert objects[name]["name"] == f"{name}-{checksum}.zip"


def test_the_python_is_the_tested_one_and_bytecode_stays_valid(least: Plan) -> None:
    for values in least.functions().values():
        (built,) = values["build_config"]
        assert built["runtime"] == f"python{RUNTIME.replace('.', '')}"
        assert built["environment_variables"] == {"SOURCE_DATE_EPOCH": str(WHEN_BUILT)}


def test_a_private_function_answers_nobody_but_the_invoker(planned: Plan) -> None:
    callers = {on: set[str]() for on in FUNCTIONS}
    for account, role, on in planned.roles():
        if role == "roles/run.invoker":
            callers[on].add(account)

    public = {name for name in FUNCTIONS if callers[name] == {"anybody"}}
    assert public == {"auth1", "auth2", "events", "relay", "setup"}
    assert all(callers[name] == {INVOKER} for name in set(FUNCTIONS) - public)


def test_each_function_is_somebody_of_its_own(least: Plan) -> None:
    accounts = {key: values["account_id"] for key, values in least.all("service_account").items()}

    assert accounts == {name: f"healthrelay-{name}" for name in FUNCTIONS} | {
        "invoker": INVOKER,
        "build": "healthrelay-build",
    }


def test_everybody_has_the_roles_of_the_table_and_no_other(least: Plan) -> None:
    written = set()
    for line in (FOLDER / "README.md").read_text().splitlines():
        cells = [cell.strip() for cell in line.strip("|").split("|")]
        if len(cells) == 3 and "roles/" in cells[1]:
            account, role = (cell.strip("`") for cell in cells[:2])
            on = re.findall(r"`([^`]+)`", cells[2].replace("PROJECT", PROJECT)) or [cells[2]]
            written |= {(account, role, what) for what in on}

    assert written == least.roles()


def test_the_build_reads_sources_of_functions_and_no_other_bucket(least: Plan) -> None:
    (limited,) = (
        one["values"]["condition"][0]
        for one in least.resources
        if one["type"] == "google_project_iam_member" and one["values"].get("condition")
    )

    assert limited["expression"] == (
        'resource.name.startsWith("projects/_/buckets/gcf-v2-sources-")'
    )


def test_images_have_a_repository_of_their_own_that_does_not_grow(least: Plan) -> None:
    (repository,) = least.all("artifact_registry_repository").values()
    policies = {one["action"]: one for one in repository["cleanup_policies"]}

    assert repository["format"] == "DOCKER"
    assert policies["DELETE"]["condition"][0]["older_than"] == "604800s"
    # The one that runs, and what `make rollback` goes back to.
    assert policies["KEEP"]["most_recent_versions"][0]["keep_count"] == 3


def test_what_an_upgrade_replaces_stays_for_a_while(least: Plan) -> None:
    (bucket,) = least.all("storage_bucket").values()

    assert bucket["versioning"] == [{"enabled": True}]
    (rule,) = bucket["lifecycle_rule"]
    assert rule["condition"][0]["days_since_noncurrent_time"] == 90


def test_with_a_password_for_igor_only_its_users_have_one_role_more(
    least: Plan, full: Plan
) -> None:
    more = {(account, role) for account, role, _ in full.roles() - least.roles()}
    pushers = {name for name in FUNCTIONS if "igor_password" in config.functions()[name].settings}

    role = "roles/secretmanager.secretAccessor"
    assert more == {(f"healthrelay-{name}", role) for name in pushers}


@pytest.mark.parametrize("name", FUNCTIONS)
def test_a_function_is_given_the_settings_it_needs_and_no_other(full: Plan, name: str) -> None:
    given = {*full.environment(name), *full.secrets(name)} - {"GOOGLE_CLOUD_PROJECT", "GENERATION"}
    # Igor is shown a token or a password, never both.
    needed = config.functions()[name].settings - ON_ONE_MACHINE - {"igor_token"}

    assert given == {f"HEALTHRELAY_{setting.upper()}" for setting in needed}


@pytest.mark.parametrize("name", FUNCTIONS)
def test_what_a_function_is_given_is_what_it_reads_without_complaint(
    planned: Plan, name: str
) -> None:
    filled = {"HEALTHRELAY_OWNER_KEY": OWNER_KEY, "HEALTHRELAY_SEALING_KEYS": f"one:{'A' * 43}="}
    secrets = {key: filled.get(key, "a-secret") for key in planned.secrets(name)}
    settings = config.load({"K_SERVICE": name} | planned.environment(name) | secrets)

    assert settings.store == ("firestore", "", None)


def test_no_secret_is_in_the_plan(planned: Plan) -> None:
    assert planned.all("secret_manager_secret_version") == {}
    for name in FUNCTIONS:
        plain = {key.removeprefix("HEALTHRELAY_").lower() for key in planned.environment(name)}
        assert not plain & {secret for secret, row in config.SETTINGS.items() if row.secret}
        for key, secret in planned.secrets(name).items():
            assert secret == key.lower().replace("_", "-")
    assert all(values["secret_id"] for values in planned.all("secret_manager_secret").values())


def test_the_database_is_kept_and_has_what_the_code_declares(least: Plan) -> None:
    database = least.all("firestore_database")["database"]
    fields = {
        (values["collection"], values["field"]): values
        for values in least.all("firestore_field").values()
    }

    assert database["type"] == "FIRESTORE_NATIVE"
    assert database["delete_protection_state"] == "DELETE_PROTECTION_ENABLED"
    assert database["point_in_time_recovery_enablement"] == "POINT_IN_TIME_RECOVERY_ENABLED"
    lasting = {*indexes.TIME_TO_LIVE.items()}
    assert fields.keys() == {*lasting, indexes.UNINDEXED}
    assert {at for at, values in fields.items() if values["ttl_config"]} == lasting
    assert {
        values["collection"]: tuple(field["field_path"] for field in values["fields"])
        for values in least.all("firestore_index").values()
    } == indexes.INDEXES


def test_jobs_call_private_functions_with_a_token_for_them(least: Plan) -> None:
    jobs = least.all("cloud_scheduler_job")

    assert jobs["fetch"]["schedule"] == "*/15 * * * *"
    for values in jobs.values():
        target = values["http_target"][0]
        address = target["uri"].partition("/?")[0].rstrip("/")
        assert re.fullmatch(rf"https://(fetch|deliver)-{NUMBER}\.europe-west1\.run\.app", address)
        assert target["oidc_token"][0]["audience"] == address


def test_only_public_functions_are_reached_from_the_internet(least: Plan) -> None:
    reached = {
        name: values["service_config"][0]["ingress_settings"]
        for name, values in least.functions().items()
    }

    assert {name for name, way in reached.items() if way == "ALLOW_ALL"} == {
        name for name, row in config.functions().items() if row.public
    }
    assert set(reached.values()) == {"ALLOW_ALL", "ALLOW_INTERNAL_ONLY"}


def test_addresses_with_keys_in_them_are_not_logged(least: Plan) -> None:
    (exclusion,) = least.all("logging_project_exclusion").values()
    name = f"projects/{PROJECT}/logs/run.googleapis.com%2Frequests"

    assert exclusion["filter"] == (
        f'logName="{name}" AND resource.labels.service_name='
        '("auth1" OR "auth2" OR "events" OR "relay" OR "setup")'
    )


def test_the_count_knows_a_function_an_event_and_an_alias(least: Plan) -> None:
    (count,) = least.all("logging_metric").values()

    assert set(count["label_extractors"]) == {"event", "function", "user"}
    labels = {label["key"] for label in count["metric_descriptor"][0]["labels"]}
    assert labels == set(count["label_extractors"])


def test_the_dashboard_shows_every_count_and_nobody(least: Plan) -> None:
    (dashboard,) = least.all("monitoring_dashboard").values()
    text = dashboard.get("dashboard_json")
    shown = json.dumps(json.loads(text)) if text else ""

    (count,) = least.all("logging_metric").values()
    assert f"user/{count['name']}" in shown
    assert "user" not in re.sub(r"logging\.googleapis\.com/user/", "", shown)


def test_resting_keeps_the_data_and_its_keys_and_nothing_that_runs(resting: Plan) -> None:
    kinds = {one["type"].removeprefix("google_") for one in resting.resources}

    assert {"firestore_database", "secret_manager_secret", "firestore_backup_schedule"} <= kinds
    running = {"cloudfunctions2_function", "cloud_run_v2_service_iam_member"}
    assert not (running | {"cloud_scheduler_job", "monitoring_alert_policy"}) & kinds


def test_a_budget_knows_the_project_by_its_number(full: Plan) -> None:
    (budget,) = full.all("billing_budget").values()

    assert budget["budget_filter"][0]["projects"] == [f"projects/{NUMBER}"]


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        ({"project": "My Project"}, "Give the project's id, such as healthrelay-home"),
        ({"region": "europe-west1-b"}, "not a zone such as europe-west1-b"),
        ({"max_instances": 61}, "Between 1 and 60 instances"),
        ({"client_id": ""}, "Register with the provider first"),
        ({"igor_url": "http://igor.example.org"}, "must begin with https://"),
        ({"schedules": {"fetch": "hourly"}}, "a time has five fields"),
        ({"addresses": {"igor_url": "https://x"}}, "Only google_api_url"),
        ({"store": "firestore:(default)"}, "Write firestore, or firestore:NAME"),
    ],
)
def test_a_wrong_variable_is_answered_with_what_to_write(
    wrong: dict[str, object], sentence: str, bundles: Path
) -> None:
    right = {**LEAST, "bundles": str(bundles)}

    assert sentence in refusal(right | wrong)


def test_every_chosen_word_is_one_that_the_provider_documents(planned: Plan) -> None:
    checker()
    checked = set()
    for one in planned.resources:
        known = choices()[one["type"]]
        for path, value in _leaves(one["values"], ""):
            if path in known:
                assert value in known[path], f"{one['address']}: {path} = {value}"
                checked.add(f"{one['type']}.{path}")

    assert {
        "google_cloudfunctions2_function.service_config.ingress_settings",
        "google_firestore_database.type",
        "google_firestore_database.delete_protection_state",
        "google_logging_metric.metric_descriptor.metric_kind",
    } <= checked


def _leaves(value: Any, path: str) -> Iterator[tuple[str, Any]]:
    if isinstance(value, dict):
        for name, inner in value.items():
            yield from _leaves(inner, f"{path}.{name}".lstrip("."))
    elif isinstance(value, list):
        for inner in value:
            yield from _leaves(inner, path)
    elif value is not None:
        yield path, value
