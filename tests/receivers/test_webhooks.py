"""The script and Node-RED's flow, as their readers start them, get what healthrelay sends."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator, Sequence
from datetime import timedelta
from pathlib import Path

import pytest
import requests
import standardwebhooks

from tests.household import WEIGHTS, Clock, Household, result_of, run_command
from tests.peers.node import node, packages
from tests.peers.process import Process, free_port, until
from tests.receivers.conftest import Weigh

pytestmark = pytest.mark.peer

ROOT = Path(__file__).resolve().parents[2]
RECEIVERS = ROOT / "docs" / "receivers"
REPLAYED = "receiver\t1 delivered, 0 waiting\n"
SETTINGS = "module.exports = {telemetry: {enabled: false}, uiHost: '127.0.0.1'};"


def script(folder: Path, port: str) -> Sequence[str | Path]:
    """How the script is started: with the standard library alone, and on no moved clock."""
    return [sys.executable, "-I", "-S", RECEIVERS / "receive.py", port]


def node_red(folder: Path, port: str) -> Sequence[str | Path]:
    """How a Node-RED is started that has the flow."""
    home = packages(ROOT / "tests" / "peers" / "webhooks", "Node-RED")
    flow, settings = folder / "flows.json", folder / "settings.js"
    flow.write_text((RECEIVERS / "node-red.json").read_text())
    settings.write_text(SETTINGS)
    program = home / "node_modules" / "node-red" / "red.js"
    return [node("Node-RED"), program, "--userDir", folder, "--port", port, flow]


class Receiver:
    """A receiver that the owner has named to healthrelay."""

    def __init__(
        self, argv: Sequence[str | Path], env: dict[str, str], folder: Path, port: str
    ) -> None:
        self.url = f"http://127.0.0.1:{port}/healthrelay"
        words = [
            "relay",
            "add",
            "jack",
            self.url,
            "--name",
            "receiver",
            "--allow-private",
            "--no-check",
        ]
        self.secret: str = result_of(*words)["secret"]
        self._argv, self._folder = argv, folder
        self._env = env | {"HEALTHRELAY_SECRET": self.secret}
        self.start()

    def start(self) -> None:
        log = self._folder / "receiver.log"
        self.process = Process(self._argv, env=self._env, cwd=self._folder, log=log)
        self.process.wait_until(lambda: self.post({}, b"{}") == 401, 60)

    def post(self, headers: dict[str, str], body: bytes) -> int:
        """Return the status of the answer, 0 if there is none."""
        try:
            return requests.post(self.url, body, headers=headers, timeout=30).status_code
        except requests.ConnectionError:
            return 0

    def shown(self) -> list[str]:
        """The value of each weight that it has shown, in order."""
        return re.findall(r"value\W+([\w.]+)", self.process.output())


@pytest.fixture(params=[script, node_red], ids=["script", "Node-RED"])
def receiver(
    request: pytest.FixtureRequest, household: Household, env: dict[str, str], tmp_path: Path
) -> Iterator[Receiver]:
    household.add("jack", **WEIGHTS)
    folder, port = tmp_path / "receiver", str(free_port())
    folder.mkdir()
    running = Receiver(request.param(folder, port), env, folder, port)
    yield running
    running.process.kill()


def test_each_change_is_shown_once(receiver: Receiver, weigh: Weigh) -> None:
    day = weigh(3, "82.4")
    replayed = run_command("relay", "replay", "jack", "--all").out
    weigh(2, "81.9")

    assert replayed == REPLAYED
    until(lambda: receiver.shown() == ["82.4", "81.9"])
    assert f"{day}'" in receiver.process.output().replace('"', "'")


def test_what_is_not_signed_now_is_refused(receiver: Receiver, household_clock: Clock) -> None:
    body = '{"data": {"value": "ours"}}'
    signing = standardwebhooks.Webhook(receiver.secret)

    def status(age: timedelta, **other: str) -> int:
        at = household_clock.now() - age
        headers = {
            "webhook-id": "msg_1",
            "webhook-timestamp": str(int(at.timestamp())),
            "webhook-signature": signing.sign("msg_1", at, body),
            "Content-Type": "application/json",
        }
        return receiver.post(
            headers | {k.replace("_", "-"): v for k, v in other.items()}, body.encode()
        )

    now = timedelta()
    assert [status(timedelta(minutes=6)), status(timedelta(minutes=-6))] == [401, 401]
    assert [status(now, webhook_timestamp=stamp) for stamp in ("", "x", "9" * 30)] == [401] * 3
    assert [status(now, webhook_signature=text) for text in ("", "v1,", "v1,AAAA")] == [401] * 3
    assert status(now, webhook_id="msg_2") == 401
    assert receiver.shown() == []
    assert status(now) == 204
    until(lambda: receiver.shown() == ["ours"])


@pytest.mark.parametrize("receiver", [script], indirect=True)
def test_the_script_remembers_after_a_restart(receiver: Receiver, weigh: Weigh) -> None:
    weigh(3, "82.4")
    receiver.process.terminate()
    receiver.start()

    assert run_command("relay", "replay", "jack", "--all").out == REPLAYED
    assert receiver.shown() == ["82.4"]
    assert receiver.post({}, b"x" * 20_001) == 413
