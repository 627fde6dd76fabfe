"""What opens a target is opened when something is sent to it, and by nobody else."""

from __future__ import annotations

import os
from functools import cached_property
from typing import Any

import pytest

from healthrelay import config
from healthrelay.adapters.vault import SealingVault
from healthrelay.assembly.services import Services
from healthrelay.flows.household.application import StoredIgor, save_igor
from healthrelay.ports.peers import Vault
from healthrelay.web import fetch
from tests.flows.delivery.fakes import FakeQueue
from tests.household import OWNER_KEY, Household, answer_of, run_command

WEIGHTS = {"methods": "time_series", "resource": "body/weight", "period": "1w"}
LOST = SealingVault({"lost": b"l" * 32})
IGOR = StoredIgor("https://igor.example:9333", token="a-capability")


class RecordingVault:
    """Opens what the real one opens, and notes what each secret was sealed with."""

    def __init__(self, vault: Vault) -> None:
        self._vault = vault
        self.opened: list[str] = []

    def __getattr__(self, name: str) -> Any:
        return getattr(self._vault, name)

    def open(self, sealed: str, place: str) -> str:
        self.opened.append(place)
        return self._vault.open(sealed, place)


class DeployedServices(Services):
    """A function's services in the cloud, with a queue of ours in place of Cloud Tasks."""

    @cached_property
    def vault(self) -> RecordingVault:
        return RecordingVault(super().vault)

    @cached_property
    def queue(self) -> FakeQueue:
        return FakeQueue()


def test_a_credential_that_does_not_open_costs_no_fetch(household: Household) -> None:
    household.connect(**WEIGHTS)
    save_igor(IGOR, household.services.store.identities, LOST)

    run_command("fetch", "jack", "--plan")
    run_command("relay", "status")
    fetched = household.fetched()

    assert fetched["added"] > 0
    assert len(household.snapshot()["body-weight"]) == fetched["added"]
    assert (fetched["delivered"], fetched["waiting"]) == (0, 1)
    trouble = fetched["trouble"]
    sentence = "A stored secret needs the sealing key 'lost', which is not configured."
    assert trouble["error"] == sentence
    assert (trouble["who"], trouble["settings"]) == ("owner", ["HEALTHRELAY_SEALING_KEYS"])
    assert household.delivered()["trouble"] == trouble
    status = run_command("relay", "status", "jack").out
    assert "jack\tigor\tpaused: needs you" in status
    assert "needs the sealing key 'lost'" in status


def test_a_fetch_that_enqueues_opens_no_targets_secret(
    household: Household, monkeypatch: pytest.MonkeyPatch
) -> None:
    household.connect(**WEIGHTS)
    save_igor(IGOR, household.services.store.identities, household.services.vault)
    run_command(
        "relay", "add", "jack", "https://hook.example/in", "--name", "node-red", "--no-check"
    )
    monkeypatch.setenv("HEALTHRELAY_TASKS_QUEUE", "projects/p/locations/l/queues/q")
    monkeypatch.setenv("HEALTHRELAY_TASKS_ACCOUNT", "fetch@p.iam.gserviceaccount.com")
    services = DeployedServices(config.load(os.environ), household.services.now)
    headers = {"Authorization": f"Bearer {OWNER_KEY}"}

    answer = answer_of(fetch.view, services, "/fetch?user=jack", headers=headers)

    assert answer.status_code == 200
    assert [task.function for task in services.queue.tasks] == ["deliver"]
    (opened,) = set(services.vault.opened)
    assert opened.startswith("identities/jack/plugindata/fitbit/token google_health ")


def test_a_deployed_fetch_is_given_nothing_that_opens_igor() -> None:
    igor = {"igor_url", "igor_user", "igor_token", "igor_password"}

    assert config.functions()["fetch"].settings & igor == set()
    assert config.functions()["deliver"].settings & igor == igor
