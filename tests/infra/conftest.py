"""Plans of the deployment: the smallest, and the one with everything that can be asked for."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from tests.infra.plans import Plan
from tests.peers import install
from tests.peers.bundles import packed
from tests.peers.terraform import NUMBER, PROJECT, plan

Planner = Callable[[str, Mapping[str, object]], Plan]
FUNCTIONS = Path(__file__).resolve().parents[2] / "functions"
LEAST = {"project": PROJECT, "project_number": NUMBER, "client_id": "a-client-id"}
EVERYTHING = LEAST | {
    "alert_email": "owner@example.org",
    "billing_account": "012345-6789AB-CDEF01",
    "igor_url": "https://igor.example.org",
    "igor_user": "healthrelay",
    "addresses": {
        "google_api_url": "https://api.example.org",
        "google_auth_url": "https://auth.example.org/auth",
        "google_token_url": "https://auth.example.org/token",
        "google_revoke_url": "https://auth.example.org/revoke",
        "fitbit_api_url": "https://fitbit.example.org",
        "fitbit_auth_url": "https://fitbit.example.org/authorize",
    },
}


@pytest.fixture(scope="session")
def bundles(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of all bundles, made once a run."""

    def fill(folder: Path) -> None:
        for entry in FUNCTIONS.glob("*/main.py"):
            packed(entry.parent.name, folder)

    folder = install.of_the_run(tmp_path_factory) / "bundles"
    return install.once(folder, "all", fill)


@pytest.fixture(scope="session")
def planned_once(bundles: Path, tmp_path_factory: pytest.TempPathFactory) -> Planner:
    """Plan under a name, once a run: Terraform takes seconds for each."""

    def planned(name: str, variables: Mapping[str, object]) -> Plan:
        def fill(folder: Path) -> None:
            folder.mkdir()
            shown = plan(folder / "plan", {**variables, "bundles": str(bundles)})
            (folder / "shown.json").write_text(json.dumps(shown))

        folder = install.of_the_run(tmp_path_factory) / f"plan-{name}"
        shown = install.once(folder, name, fill) / "shown.json"
        return Plan(json.loads(shown.read_text()))

    return planned


@pytest.fixture(scope="session")
def least(planned_once: Planner) -> Plan:
    """With nothing but the variables that have no default."""
    return planned_once("least", LEAST)


@pytest.fixture(scope="session")
def full(planned_once: Planner) -> Plan:
    """With everything that can be asked for."""
    return planned_once("full", EVERYTHING)


@pytest.fixture(scope="session")
def resting(planned_once: Planner) -> Plan:
    """After `make destroy`, which keeps the data."""
    return planned_once("resting", LEAST | {"running": False})


@pytest.fixture(params=["least", "full"])
def planned(request: pytest.FixtureRequest) -> Plan:
    """One plan after the other."""
    found: Plan = request.getfixturevalue(request.param)
    return found
