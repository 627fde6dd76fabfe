"""The sandbox, a small Google Health and a small Fitbit, in a process of its own."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from threading import Timer

from healthrelay.core.errors import NotConfigured
from healthrelay.local.paths import ROOT

SECONDS = 30


@dataclass(frozen=True, slots=True)
class Peer:
    """A running sandbox: the settings that lead to it, and the days its wearer has data of."""

    settings: dict[str, str]
    first_day: str
    last_day: str


@contextmanager
def sandbox(options: Sequence[str]) -> Iterator[Peer]:
    """Run ``python -m sandbox`` with *options* while the block runs."""
    if not (ROOT / "sandbox").is_dir():
        raise NotConfigured("There is no sandbox here, and no HEALTHRELAY_CLIENT_ID is set.")
    command = [sys.executable, "-m", "sandbox", *options]
    process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True)  # noqa: S603
    try:
        line = _first_line(process)
        if not line:
            raise NotConfigured("The sandbox did not start; it says why above.")
        said = json.loads(line)
        yield Peer(said["settings"], said["first_day"], said["last_day"])
    finally:
        _end(process)


def _first_line(process: subprocess.Popen[str]) -> str:
    """What it prints when it serves; empty when it ends before, or is not ready in time."""
    late = Timer(SECONDS, process.kill)
    late.start()
    try:
        return process.stdout.readline() if process.stdout else ""
    finally:
        late.cancel()


def _end(process: subprocess.Popen[str]) -> None:
    process.terminate()
    try:
        process.wait(SECONDS)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait(SECONDS)
