"""Plans of the deployment: the smallest, and the one with everything that can be asked for."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.infra.plans import Plan
from tests.peers.bundles import packed
from tests.peers.terraform import PROJECT, plan

FUNCTIONS = Path(__file__).resolve().parents[2] / "functions"
LEAST = {"project": PROJECT, "client_id": "a-client-id"}
EVERYTHING = LEAST | {
    "alert_email": "owner@example.org",
    "billing_account": "012345-6789AB-CDEF01",
    "igor_url": "https://igor.example.org",
    "igor_user": "healthrelay",
    "kms": True,
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
    """The folder of all bundles."""
    folder = tmp_path_factory.mktemp("bundles")
    for entry in FUNCTIONS.glob("*/main.py"):
        packed(entry.parent.name, folder)
    return folder


def _plan(bundles: Path, name: str, variables: dict[str, object]) -> Plan:
    shown: dict[str, Any] = plan(bundles / name, variables | {"bundles": str(bundles)})
    return Plan(shown)


@pytest.fixture(scope="session")
def least(bundles: Path) -> Plan:
    """With what must be said alone."""
    return _plan(bundles, "least", dict(LEAST))


@pytest.fixture(scope="session")
def full(bundles: Path) -> Plan:
    """With everything that can be asked for."""
    return _plan(bundles, "full", dict(EVERYTHING))


@pytest.fixture(scope="session")
def resting(bundles: Path) -> Plan:
    """After `make destroy`, which keeps the data."""
    return _plan(bundles, "resting", LEAST | {"running": False})


@pytest.fixture(params=["least", "full"])
def planned(request: pytest.FixtureRequest) -> Plan:
    """One plan after the other."""
    found: Plan = request.getfixturevalue(request.param)
    return found
