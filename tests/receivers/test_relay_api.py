"""docs/relay-api.md: each request is sent as printed, and answered as printed."""

from __future__ import annotations

import json
import os
import re
import subprocess
from pathlib import Path
from typing import Any

import pytest

from healthrelay.core.measurements.reading import Delta
from healthrelay.core.measurements.records import Record
from tests.household import START, Clock, Household, run_command
from tests.igor.recorder import Recorder

ROOT = Path(__file__).resolve().parents[2]
PAGE = (ROOT / "docs" / "relay-api.md").read_text()
EXCHANGE = re.compile(r"^```\n(curl [^`]+)\n```\n\n```http\n([^`]+)\n```$", re.MULTILINE)
WEBHOOK = re.compile(r"^```http\nPOST [^\n]+\n([^`]+)\n\n([^`]+)\n```$", re.MULTILINE)
VECTORS = json.loads((ROOT / "docs" / "vectors" / "webhooks.json").read_text())["vectors"]


@pytest.fixture
def household_clock() -> Clock:
    """The page's own."""
    return Clock()


def record(day: str, value: str, series: str = "body-weight") -> Record:
    return Record(series, day, day, {"dateTime": day, "value": value})


@pytest.fixture
def jack(household: Household) -> None:
    """He of whom the page tells, in three changes."""
    household.add("jack")
    steps = "activities-steps"
    old, new = record("2026-11-27", "82.9"), record("2026-11-28", "82.4")
    for delta in (
        Delta(added=(old, record("2026-11-27", "9012", steps))),
        Delta(added=(new,)),
        Delta(changed=(record("2026-11-27", "9120", steps),), removed=(old,)),
    ):
        household.services.store.records.apply("jack", delta, START)


def headers_of(lines: str) -> dict[str, str]:
    """The headers, by their names in lower case."""
    pairs = [line.split(": ", 1) for line in lines.splitlines()]
    return {name.lower(): value for name, value in pairs}


def parse(answer: str) -> tuple[str, dict[str, str], Any]:
    """The status line, the headers and the JSON of an answer."""
    head, _, body = answer.replace("\r", "").partition("\n\n")
    status, _, lines = head.partition("\n")
    return status, headers_of(lines), json.loads(body)


@pytest.mark.peer
@pytest.mark.usefixtures("jack")
def test_requests_are_answered_as_the_page_shows(household: Household) -> None:
    household.add("amy")
    keys = {"KEY": household.poll_key(), "AMYS_KEY": household.poll_key("amy")}
    exchanges = EXCHANGE.findall(PAGE)
    assert len(exchanges) == PAGE.count("```http\nHTTP")
    assert len(exchanges) == PAGE.count("```\ncurl") == 8

    for command, printed in exchanges:
        line = command.replace("http://127.0.0.1:8080", household.url)
        env = {"PATH": os.environ["PATH"], **keys}
        done = subprocess.run(["bash", "-c", line], env=env, capture_output=True, check=True)

        status, headers, body = parse(done.stdout.decode())
        shown_status, shown_headers, shown_body = parse(printed)
        assert (command, status, body) == (command, shown_status, shown_body)
        assert shown_headers.items() <= headers.items()


@pytest.mark.usefixtures("jack")
def test_a_webhook_is_sent_as_the_page_shows(household: Household) -> None:
    ((lines, body),) = WEBHOOK.findall(PAGE)
    shown = headers_of(lines)
    (vector,) = [one for one in VECTORS if one["name"] == "a change"]
    assert (vector["body"], vector["valid"]) == (body, True)
    assert vector["headers"].items() <= shown.items()

    with Recorder() as receiver:
        words = ["jack", receiver.url, "--name", "node-red", "--allow-private", "--no-check"]
        run_command("relay", "add", *words)
        run_command("relay", "replay", "jack", "--from", "2", "--to", "2")
    (seen,) = receiver.seen

    assert (seen.method, seen.body.decode()) == ("POST", body)
    assert shown.keys() <= seen.headers.keys()
    for name in ("content-type", "user-agent", "webhook-id"):
        assert seen.headers[name] == shown[name]
