"""The sandbox, a small Google Health and a small Fitbit, in a process of its own."""

import json
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from threading import Timer
from typing import NamedTuple

from healthrelay.core.errors import NotConfigured
from healthrelay.local.serve import ROOT

START_TIMEOUT_SECONDS = 30


class SandboxProcess(NamedTuple):
    """A running sandbox: the settings that point to it, and the days its wearer has data for."""

    settings: dict[str, str]
    first_day: str
    last_day: str


@contextmanager
def sandbox(options: Sequence[str]) -> Iterator[SandboxProcess]:
    """Run ``python -m sandbox`` with *options* while the block runs."""
    if not (ROOT / "sandbox").is_dir():
        raise NotConfigured("No HEALTHRELAY_CLIENT_ID is set, and there is no sandbox here.")
    command = [sys.executable, "-m", "sandbox", *options]
    process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True)  # noqa: S603
    try:
        line = _first_line(process)
        if not line:
            raise NotConfigured("The sandbox did not start; see the reason above.")
        document = json.loads(line)
        yield SandboxProcess(document["settings"], document["first_day"], document["last_day"])
    finally:
        _stop(process)


def _first_line(process: subprocess.Popen[str]) -> str:
    """Return its first line of output; empty when it ends first or is not ready in time."""
    timer = Timer(START_TIMEOUT_SECONDS, process.kill)
    timer.start()
    try:
        return process.stdout.readline() if process.stdout else ""
    finally:
        timer.cancel()


def _stop(process: subprocess.Popen[str]) -> None:
    process.terminate()
    try:
        process.wait(START_TIMEOUT_SECONDS)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait(START_TIMEOUT_SECONDS)
