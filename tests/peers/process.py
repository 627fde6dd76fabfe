"""A program started for a test: a free port, a kept output, a certain end."""

from __future__ import annotations

import atexit
import os
import random
import signal
import socket
import subprocess
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Protocol

import requests

CLOCK = ("MOVED_SECONDS", "MOVED_PACKAGES", "PYTHONPATH", "NODE_OPTIONS", "TZ")
"""The variables by which `make moved` sets the clock of the tests and of all that they start."""


def by_our_clock(env: Mapping[str, str]) -> dict[str, str]:
    """Return *env*, all that a process is given, and what sets its clock as ours is set."""
    if "MOVED_SECONDS" not in os.environ:
        return dict(env)
    ours = {name: os.environ[name] for name in CLOCK if name in os.environ}
    paths = [env[name] for name in ("PYTHONPATH",) if name in env] + [ours["PYTHONPATH"]]
    return {**env, **ours, "PYTHONPATH": os.pathsep.join(paths)}


class Started(Protocol):
    """As much of subprocess.Popen as a `Process` needs."""

    @property
    def pid(self) -> int: ...
    @property
    def returncode(self) -> int | None: ...
    def poll(self) -> int | None: ...
    def wait(self, timeout: float) -> int: ...
    def terminate(self) -> None: ...


def popen(
    argv: Sequence[str | Path], *, env: Mapping[str, str], cwd: Path, log: Path
) -> subprocess.Popen[bytes]:
    """The program *argv* in a process group of its own; what it prints is added to *log*."""
    with log.open("ab") as out:
        return subprocess.Popen(
            argv,
            env=by_our_clock(env),
            cwd=cwd,
            stdin=subprocess.DEVNULL,
            stdout=out,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )


class Process:
    """A running program in a process group of its own; what it prints is kept in *log*."""

    def __init__(
        self,
        argv: Sequence[str | Path],
        *,
        env: Mapping[str, str],
        cwd: Path,
        log: Path,
        start: Callable[..., Started] = popen,
    ) -> None:
        self._log = log
        self._started = start(argv, env=env, cwd=cwd, log=log)
        atexit.register(self.kill)  # a group of its own does not hear the terminal's Ctrl-C

    @property
    def running(self) -> bool:
        """Whether the program is still there."""
        return self._started.poll() is None

    def output(self) -> str:
        """All it has printed so far, stdout and stderr together."""
        return self._log.read_text(errors="replace")

    def wait_until(self, ready: Callable[[], bool], seconds: float) -> None:
        """Wait for *ready*; a program that ends or takes too long is a RuntimeError."""
        until = time.monotonic() + seconds
        while not ready():
            if not self.running or time.monotonic() > until:
                state = "took too long" if self.running else f"ended ({self._started.returncode})"
                self.kill()
                raise RuntimeError(f"the peer {state}:\n{self.output()[-3000:]}")
            time.sleep(0.05)

    def terminate(self, seconds: float = 10) -> int:
        """Ask it to end as an operator would (SIGTERM), force it after *seconds*."""
        if self.running:
            self._started.terminate()
        return self.wait(seconds)

    def wait(self, seconds: float) -> int:
        """Wait for the end of the program, force it after *seconds*; returns its exit code."""
        with suppress(subprocess.TimeoutExpired):
            self._started.wait(seconds)
        return self.kill()

    def kill(self) -> int:
        """End it and all its children at once (SIGKILL); returns the exit code."""
        atexit.unregister(self.kill)
        with suppress(ProcessLookupError):
            os.killpg(self._started.pid, signal.SIGKILL)
        return self._started.wait(10)


def free_port() -> int:
    """A port nobody listens on, below the range from which the system serves itself.

    Such a port stays free between the choice and its use, and while a peer restarts.
    """
    for _ in range(100):
        # By the system's luck: hypothesis sets everybody else's to the same beginning.
        port = random.SystemRandom().randint(20000, 32000)
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
            return port
    raise RuntimeError("no free port found")


def answers(url: str, verify: str | bool = True) -> bool:
    """Whether anything at all answers a GET of *url*."""
    try:
        requests.get(url, timeout=5, verify=verify, allow_redirects=False)
    except requests.RequestException:
        return False
    return True


def until(true: Callable[[], bool], seconds: float = 30) -> None:
    """Wait until something is *true*."""
    end = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < end, "it never came"
        time.sleep(0.005)
