"""The rehearsal deploys what Terraform plans: tests/rehearsal/deployment.py is held to the plan."""

from __future__ import annotations

import pytest

from tests.infra.plans import Plan
from tests.peers.terraform import PROJECT
from tests.rehearsal.deployment import Deployment

# One process asks Terraform; more would wait for each other.
pytestmark = [pytest.mark.peer, pytest.mark.xdist_group("terraform")]

REHEARSED = Deployment(PROJECT)


def test_every_function_is_given_what_is_planned(least: Plan) -> None:
    names = sorted(least.functions())

    assert sorted(REHEARSED.functions()) == names
    for name in names:
        assert REHEARSED.environment(name) == least.environment(name)
        assert REHEARSED.secrets(name) == least.secrets(name)


def test_addresses_of_the_provider_reach_who_asks_it(full: Plan) -> None:
    addresses = {"google_api_url": "https://api.example.org"}
    environment = Deployment(PROJECT, addresses=addresses).environment("fetch")

    name = "HEALTHRELAY_GOOGLE_API_URL"
    assert environment[name] == full.environment("fetch")[name]


def test_who_may_call_and_who_may_enqueue_is_planned(least: Plan) -> None:
    callers: dict[str, set[str]] = {}
    enqueuers = set()
    for account, role, on in least.roles():
        whole = f"{account}@{PROJECT}.iam.gserviceaccount.com"
        if role == "roles/run.invoker":
            callers.setdefault(on, set()).add(account if account == "anybody" else whole)
        if role == "roles/cloudtasks.enqueuer":
            enqueuers.add(whole)

    assert REHEARSED.invokers() == callers
    assert REHEARSED.enqueuers() == enqueuers


def test_jobs_and_queue_are_as_planned(least: Plan) -> None:
    targets = {key: one["http_target"][0] for key, one in least.all("cloud_scheduler_job").items()}
    (queue,) = least.all("cloud_tasks_queue").values()
    (retries,) = queue["retry_config"]

    assert REHEARSED.jobs() == {
        key: (target["uri"], target["oidc_token"][0]["audience"]) for key, target in targets.items()
    }
    assert {key: str(retries[key]) for key in REHEARSED.limits()} == REHEARSED.limits()
    assert REHEARSED.hurried(1).at_once == queue["rate_limits"][0]["max_concurrent_dispatches"]


def test_the_owners_machine_is_given_what_is_planned(least: Plan) -> None:
    planned = least.shown["planned_values"]["outputs"]["environment"]["value"]

    assert sorted(REHEARSED.owners().splitlines()) == sorted(planned.splitlines())
