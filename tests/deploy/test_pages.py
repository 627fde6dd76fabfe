"""What the pages let a person choose replaces nothing that holds something."""

from __future__ import annotations

import re

import pytest

from tests.deploy.cloud.server import Cloud
from tests.deploy.machine import Machine
from tests.deploy.test_immutable import WITHOUT_HISTORY
from tests.deploy.test_later import upgraded
from tests.peers.bundles import ROOT

CHOSEN = {
    # Each as the pages have it, with a value where they leave it open.
    "alert_email=": "alert_email=",
    "alert_email=me@example.org": "",  # the one above takes it back
    "billing_account=": "billing_account=",
    "generation=2": "generation=2",
    "igor_url=https://…": "igor_url=https://other.example.org",
    "keep_traces=true": "keep_traces=true",
    "max_instances=…": "max_instances=6",
    "schedules={": 'schedules={"fetch": "0 * * * *", "repush": "0 4 * * *"}',
}
ELSEWHERE = {
    "region=us-central1": "of another project: test_moved_region.py",
    "store=firestore:healthrelay": "of a first deploy: test_checks.py",
    "store=firestore:restored": "a restored database: test_later.py",
}


def test_every_choice_of_the_pages_is_tried() -> None:
    pages = [*(ROOT / "docs").rglob("*.md"), ROOT / "infra" / "terraform" / "README.md"]
    text = "\n".join(page.read_text() for page in pages)
    named = set(re.findall(r"""ARGS=["']*([a-z_]+=(?:\{|[^\s`|)"']*))""", text))

    assert named == CHOSEN.keys() | ELSEWHERE.keys()


def test_the_way_that_works_fits_a_screen_and_troubles_follow_in_a_table() -> None:
    way, _, troubles = (ROOT / "docs" / "deploy.md").read_text().partition("\n## Troubles\n")

    assert len(way.splitlines()) <= 45
    assert troubles.partition("\n\n|")[2].startswith(" it says | do |\n")


@pytest.mark.peer
@pytest.mark.xdist_group("deploy")
def test_all_of_them_at_once_replace_nothing_but_what_has_no_history(
    deployed: Cloud, machine: Machine
) -> None:
    keys = dict(deployed.model.project("demo-project").secrets)

    changed = upgraded(deployed, machine, *filter(None, CHOSEN.values()))

    gone = {line.split()[1] for line in changed if line.startswith("delete ")}
    # A service is no longer looked after, and stays switched on (disable_on_destroy = false).
    gone.discard("google_project_service")
    assert {"google_billing_budget", "google_monitoring_alert_policy"} <= gone <= WITHOUT_HISTORY
    assert deployed.model.project("demo-project").secrets == keys
