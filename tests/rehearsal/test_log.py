"""What functions print is what Cloud Logging reads, and belongs to a request."""

from __future__ import annotations

import json

from tests.rehearsal.cloud import REHEARSAL, Cloud
from tests.rehearsal.test_main_job import WEIGHTS

pytest_plugins = ["tests.peers.firestore"]
pytestmark = REHEARSAL


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
