"""Every deployed function says how it is, and prints what Cloud Logging reads."""

from __future__ import annotations

import json

import pytest

from tests.peers.cloud.gateway import ANYBODY
from tests.rehearsal.cloud import REHEARSAL, Cloud
from tests.rehearsal.test_main_job import WEIGHTS

pytestmark = REHEARSAL


def test_the_doctor_finds_the_deployment_open_and_closed_where_it_should_be(cloud: Cloud) -> None:
    # The doctor trusts public authorities alone, so it comes by the way without TLS.
    found = cloud.owner("doctor", "--url", cloud.gateway.url)

    assert found.splitlines() == [f"{name}: well" for name in sorted(cloud.functions)]


@pytest.mark.parametrize("name", ["fetch", "deliver"])
def test_a_private_function_answers_its_invoker(cloud: Cloud, name: str) -> None:
    token = cloud.identity.token(cloud.deployment.invoker, cloud.deployment.inside(name))

    answer = cloud.call(name, token, "?health")

    document = answer.json()
    document.pop("runs", None)  # once everybody was looked at
    assert (answer.status_code, document) == (200, {"status": "pass", "function": name})
    assert cloud.call(name, query="?health").status_code == 403


def test_every_answer_says_that_this_host_is_asked_over_https_alone(cloud: Cloud) -> None:
    public = [name for name, who in cloud.deployment.invokers().items() if ANYBODY in who]
    assert sorted(public) == ["auth1", "auth2", "events", "relay", "setup"]

    answers = [*(cloud.get(name) for name in public), cloud.get("relay?health")]

    sent = {one.headers.get("Strict-Transport-Security") for one in answers}
    assert sent == {"max-age=31536000"}


def test_every_line_has_its_severity_and_its_request(cloud: Cloud) -> None:
    cloud.connect("otto", **WEIGHTS)
    cloud.ticked("fetch")
    cloud.tasks.until(lambda: cloud.done("deliver", "otto"))
    cloud.get("relay", user="otto", key="wrong")

    for name, function in cloud.functions.items():
        lines = [json.loads(line) for line in function.output().splitlines() if line[:1] == "{"]
        assert lines, name
        trace = f"projects/{cloud.deployment.project}/traces/"
        lacking = [
            line
            for line in lines
            if "severity" not in line
            or not str(line.get("logging.googleapis.com/trace")).startswith(trace)
        ]
        assert (name, lacking) == (name, [])
        assert "otto" not in function.output()
