"""A stand-in cloud, and machines that deploy into it."""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.deploy.cloud.server import Cloud, running
from tests.deploy.machine import KeptProvider, Machine
from tests.household import Household
from tests.peers.process import free_port

PROJECT = "demo-project"
# With options, because what was chosen must outlive the run: a push to Igor, a sum, an address.
CHOICES = (
    "client_id=a-client-id",
    "alert_email=owner@example.org",
    "billing_account=012345-6789AB-CDEF01",
    "monthly_budget=7",
    "igor_url=https://igor.example.org",
    'schedules={"fetch": "0 * * * *"}',
)
NewMachine = Callable[..., Machine]


@pytest.fixture
def cloud() -> Iterator[Cloud]:
    """Google's cloud, with nothing in it."""
    with running() as cloud:
        yield cloud


@pytest.fixture(scope="session")
def kept_provider() -> Iterator[KeptProvider]:
    """The provider, started once."""
    kept = KeptProvider()
    yield kept
    kept.close()


@pytest.fixture
def new_machine(
    tmp_path: Path, cloud: Cloud, household: Household, kept_provider: KeptProvider
) -> NewMachine:
    """Set up another machine; the deployment is as well as what is *healthy*."""
    provider = kept_provider.over(cloud.url)

    def make(name: str, healthy: str = household.url) -> Machine:
        return Machine(tmp_path / name, cloud.url, healthy, provider)

    return make


@pytest.fixture
def machine(new_machine: NewMachine) -> Machine:
    """The first machine."""
    return new_machine("first")


@pytest.fixture(scope="session")
def deployed_once(tmp_path_factory: pytest.TempPathFactory) -> Cloud:
    """The cloud after one deploy with CHOICES, to be copied: Terraform takes seconds for it."""
    with running() as cloud:
        nowhere = f"http://127.0.0.1:{free_port()}"
        machine = Machine(tmp_path_factory.mktemp("deployed") / "m", cloud.url, nowhere)
        done = machine.run("deploy", PROJECT, *CHOICES, "--yes", "--wait=20")
        assert "The first login:" in done.stdout, done.stdout + done.stderr
        return cloud


@pytest.fixture
def deployed(cloud: Cloud, deployed_once: Cloud) -> Cloud:
    """`cloud`, in which PROJECT is deployed with CHOICES, by a machine that is gone."""
    cloud.model.projects = copy.deepcopy(deployed_once.model.projects)
    cloud.storage.buckets = dict(deployed_once.storage.buckets)
    cloud.storage.objects = dict(deployed_once.storage.objects)
    return cloud
