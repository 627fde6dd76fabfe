"""The sandbox, a small Google Health and a small Fitbit, in a process of its own."""

import json
import select
import socket
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from threading import Thread, Timer
from typing import NamedTuple

from healthrelay.core.errors import NotConfigured
from healthrelay.local.parts import part

HOST = "127.0.0.1"
START_TIMEOUT_SECONDS = 30


class SandboxProcess(NamedTuple):
    """A running sandbox: the settings that point to it, and the days its wearer has data for."""

    url: str
    settings: dict[str, str]
    first_day: str
    last_day: str


@contextmanager
def sandbox(options: Sequence[str]) -> Iterator[SandboxProcess]:
    """Run ``python -m sandbox`` with *options* while the block runs."""
    folder = part("sandbox").parent
    process = subprocess.Popen(_command(options), cwd=folder, stdout=subprocess.PIPE, text=True)  # noqa: S603
    try:
        line = _first_line(process)
        if not line:
            raise NotConfigured("The sandbox did not start; see the reason above.")
        yield SandboxProcess(**json.loads(line))
    finally:
        _stop(process)


@contextmanager
def sandbox_on_demand(options: Sequence[str]) -> Iterator[str]:
    """Yield the address of a sandbox that starts when somebody calls there.

    Most commands call no provider, and wait for none.
    """
    folder = part("sandbox").parent
    processes = []
    with socket.create_server((HOST, 0)) as listening:
        done, ended = socket.socketpair()
        number = listening.fileno()

        def start_when_called() -> None:
            called, _, _ = select.select([listening, ended], [], [])
            if ended not in called:
                words = _command([*options, "--listening", str(number)])
                quiet = subprocess.DEVNULL
                process = subprocess.Popen(words, cwd=folder, stdout=quiet, pass_fds=[number])  # noqa: S603
                processes.append(process)

        thread = Thread(target=start_when_called, daemon=True)
        thread.start()
        try:
            yield f"http://{HOST}:{listening.getsockname()[1]}"
        finally:
            done.close()
            thread.join()
            ended.close()
            for process in processes:
                _stop(process)


def _command(options: Sequence[str]) -> list[str]:
    return [sys.executable, "-m", "sandbox", *options]


def _first_line(process: subprocess.Popen[str]) -> str:
    """Return its first line of output; empty when it ends first or is not ready in time."""
    timer = Timer(START_TIMEOUT_SECONDS, process.kill)
    timer.start()
    try:
        return process.stdout.readline() if process.stdout else ""
    finally:
        timer.cancel()


def _stop(process: subprocess.Popen[str] | subprocess.Popen[bytes]) -> None:
    process.terminate()
    try:
        process.wait(START_TIMEOUT_SECONDS)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait(START_TIMEOUT_SECONDS)
