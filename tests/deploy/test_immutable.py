"""The table of what cannot be changed covers every resource, and names attributes that exist."""

from __future__ import annotations

import json
import re

import pytest

from tests.deploy.machine import HERE, mirror
from tests.peers.terraform import FOLDER

# Made again in seconds from these files, and nothing in them is of anybody.
WITHOUT_HISTORY = {
    "google_billing_budget",
    "google_logging_project_exclusion",
    "google_monitoring_alert_policy",
    "google_monitoring_dashboard",
    "google_monitoring_notification_channel",
    "google_monitoring_uptime_check_config",
}
TABLE = json.loads((HERE / "immutable.json").read_text())
ROWS = {kind: row for kind, row in TABLE.items() if kind != "about"}
SOURCE = re.compile(
    r"https://github\.com/(hashicorp/terraform-provider-google|GoogleCloudPlatform/magic-modules)"
    r"/blob/[0-9a-f]{40}/(google/services|mmv1/products)/\w+/\w+\.(go|yaml)"
)


def kinds() -> set[str]:
    text = "".join(path.read_text() for path in FOLDER.glob("*.tf"))
    return set(re.findall(r'^resource "(\w+)"', text, re.MULTILINE))


def test_each_kind_of_resource_is_listed_or_has_no_history() -> None:
    rights = {kind for kind in kinds() if kind.endswith("_iam_member")}

    assert kinds() - rights - WITHOUT_HISTORY == ROWS.keys()


def test_each_row_names_the_file_in_which_it_was_read() -> None:
    assert [kind for kind, row in ROWS.items() if not SOURCE.fullmatch(row["source"])] == []


@pytest.mark.peer
def test_each_attribute_is_the_providers() -> None:
    (schema,) = mirror().rglob("schema.json")
    resources = json.loads(schema.read_text())["resource"]

    for kind, row in ROWS.items():
        block = resources[kind]["block"]
        for path in row["immutable"]:
            name, _, inner = path.partition(".")
            assert name in block["attributes"] or name in block["block_types"], (kind, path)
            assert not inner or inner in block["block_types"][name]["block"]["block_types"]


def test_what_nothing_brings_back_is_protected() -> None:
    text = "".join(path.read_text() for path in FOLDER.glob("*.tf"))
    blocks = re.findall(r'^resource "(\w+)" "(\w+)" \{(.*?)^\}', text, re.MULTILINE | re.DOTALL)

    protected = {
        f"{kind}.{name}" for kind, name, body in blocks if "prevent_destroy = true" in body
    }
    assert protected == {"google_firestore_database.database", "google_secret_manager_secret.kept"}
