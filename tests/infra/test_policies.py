"""Terraform's files keep the policies of checkov; where one does not fit, its reason is there."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from tests.peers import install
from tests.peers.terraform import FOLDER

PINS = ("checkov==3.3.30",)


@pytest.fixture(scope="module")
def checkov() -> Path:
    """The program, in an environment of its own, for it pins many packages."""
    folder = install.cache() / "checkov"
    try:
        install.once(folder, "\n".join(PINS), _build)
    except (OSError, RuntimeError, subprocess.TimeoutExpired) as error:
        install.unavailable(f"checkov cannot be installed: {error}")
    return folder / "bin" / "checkov"


def _build(at: Path) -> None:
    install.environment(at, sys.executable, *PINS)


@pytest.mark.peer
@pytest.mark.timeout(400)
def test_every_policy_holds_or_says_why_not(checkov: Path) -> None:
    where = ["--directory", FOLDER, "--framework", "terraform", "--skip-download"]
    done = subprocess.run(
        [checkov, *where, "--output", "json"], capture_output=True, text=True, check=False
    )
    results = json.loads(done.stdout)["results"]
    skipped = {
        one["check_id"]: one["check_result"]["suppress_comment"]
        for one in results["skipped_checks"]
    }

    assert [(one["check_id"], one["resource"]) for one in results["failed_checks"]] == []
    assert len(results["passed_checks"]) >= 20
    assert skipped.keys() == {"CKV_GCP_62", "CKV_GCP_84", "CKV_GCP_124"}
    assert all(len(reason) > 40 for reason in skipped.values())
