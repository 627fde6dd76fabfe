"""Programs forked from one that has loaded what all of them need: a start imports nothing again."""

from __future__ import annotations

import json
import signal
import subprocess
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from functools import cache
from os import kill
from pathlib import Path
from threading import Lock
from typing import Any

from tests.peers.process import by_our_clock

# What forks: any Python, and nothing of the tests in it. An order has a line; so has its answer.
_FORK_SERVER = """
import json, os, random, sys
sys.path.remove("")
fork, waitpid = os.fork, os.waitpid  # as they are before anything patches them
{load}
for line in sys.stdin:
    order = json.loads(line)
    if "ended" in order:
        pid, status = waitpid(order["ended"], os.WNOHANG)
        answer = os.waitstatus_to_exitcode(status) if pid else None
    else:
        answer = fork()
        if not answer:
            break
        os.setpgid(answer, answer)  # here and there: whoever comes first
    os.write(1, json.dumps(answer).encode() + b"\\n")
else:
    os._exit(0)
os.setpgid(0, 0)
os.chdir(order["cwd"])
os.environ.clear()
os.environ.update(order["env"])
os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
os.dup2(os.open(order["log"], os.O_WRONLY | os.O_APPEND), 1)
os.dup2(1, 2)
sys.argv[1:] = order["argv"]
random.seed()  # else all would draw the same
{run}
"""


class ForkServer:
    """A Python that has executed *load*, and whose children execute *run*."""

    def __init__(self, python: str, env: Mapping[str, str], load: str, run: str) -> None:
        self._lock = Lock()
        self._program = subprocess.Popen(
            [python, "-s", "-c", _FORK_SERVER.format(load=load, run=run)],
            env=by_our_clock(env),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    def fork(self, argv: Sequence[str], *, env: Mapping[str, str], cwd: Path, log: Path) -> Forked:
        """A child in a process group of its own, with *argv*; what it prints is added to *log*."""
        log.touch()
        order = {"argv": list(argv), "env": by_our_clock(env), "cwd": str(cwd), "log": str(log)}
        return Forked(self, self.ask(order))

    def ask(self, order: Mapping[str, Any]) -> Any:
        """Return the answer of the fork server to one order."""
        fork_server = self._program
        assert fork_server.stdin
        assert fork_server.stdout
        assert fork_server.stderr
        with self._lock, suppress(BrokenPipeError):
            print(json.dumps(order), file=fork_server.stdin, flush=True)
            if answer := fork_server.stdout.readline():
                return json.loads(answer)
        raise RuntimeError(f"the fork server ended:\n{fork_server.stderr.read()[-3000:]}")


class Forked:
    """A child of a fork server; as much of subprocess.Popen as `Process` needs."""

    def __init__(self, fork_server: ForkServer, pid: int) -> None:
        self.pid = pid
        self.returncode: int | None = None
        self._fork_server = fork_server

    def poll(self) -> int | None:
        """Its exit code, None while it runs."""
        if self.returncode is None:
            self.returncode = self._fork_server.ask({"ended": self.pid})
        return self.returncode

    def wait(self, timeout: float) -> int:
        """Its exit code; TimeoutExpired when it still runs after *timeout* seconds."""
        until = time.monotonic() + timeout
        while (ended := self.poll()) is None:
            if time.monotonic() > until:
                raise subprocess.TimeoutExpired(str(self.pid), timeout)
            time.sleep(0.01)
        return ended

    def terminate(self) -> None:
        """Ask it to end."""
        if self.poll() is None:
            kill(self.pid, signal.SIGTERM)


@cache
def fork_server(python: str, env: frozenset[tuple[str, str]], load: str, run: str) -> ForkServer:
    """Return the one fork server of this test process; it ends with the process."""
    return ForkServer(python, dict(env), load, run)
