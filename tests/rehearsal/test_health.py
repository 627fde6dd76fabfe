"""Every deployed function says how it is: a public one to anybody."""

from __future__ import annotations

import pytest

from tests.rehearsal.cloud import REHEARSAL, Cloud

pytest_plugins = ["tests.peers.firestore"]
pytestmark = REHEARSAL


def test_the_doctor_finds_the_deployment_open_and_closed_where_it_should_be(cloud: Cloud) -> None:
    # The doctor trusts public authorities alone, so it comes by the way without TLS.
    found = cloud.owner("doctor", "--url", cloud.gateway.url)

    assert found.splitlines() == [f"{name}: well" for name in sorted(cloud.functions)]


@pytest.mark.parametrize("name", ["fetch", "deliver"])
def test_a_private_function_answers_its_invoker(cloud: Cloud, name: str) -> None:
    token = cloud.identity.token(cloud.deployment.invoker, f"{cloud.url}/{name}")

    answer = cloud.get(f"{name}?health", token)

    assert (answer.status_code, answer.json()) == (200, {"status": "pass", "function": name})
    assert cloud.get(f"{name}?health").status_code == 403
