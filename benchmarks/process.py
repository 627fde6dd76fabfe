"""A function in a process of its own, as a deployment starts it, and what it has cost. Linux."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.client import HTTPConnection
from pathlib import Path

from healthrelay.local.parts import ROOT
from tests.peers.process import by_our_clock, free_port

HOST = "127.0.0.1"
SECONDS = 30
CONTROL_SOCKET = ".gunicorn/gunicorn.ctl"
"""Below the home folder, unless XDG_RUNTIME_DIR names another; `running` passes none on."""
_TICKS = os.sysconf("SC_CLK_TCK")


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back. Header names are lower case."""

    status: int
    headers: Mapping[str, str]
    body: bytes


@dataclass(frozen=True, slots=True)
class Question:
    """A GET, and whether an answer is the *real* one."""

    path: str
    headers: Mapping[str, str]
    real: Callable[[Answer], bool]


@dataclass(frozen=True, slots=True)
class Entry:
    """What the framework runs: the function *target* of the file *source*."""

    target: str
    source: Path
    settings: Mapping[str, str] = field(default_factory=dict)


class NotTheAnswer(RuntimeError):
    """A function answered something else than what was to be measured, or nothing."""


@dataclass(frozen=True, slots=True)
class Running:
    """A started function; *folder* is its own, with its store and its output."""

    folder: Path
    port: int
    pid: int

    def first_answer(self, question: Question) -> Answer:
        """Ask as soon as somebody listens."""
        until = time.monotonic() + SECONDS
        while time.monotonic() < until:
            try:
                return get(self.port, question)
            except ConnectionRefusedError:
                if os.waitid(os.P_PID, self.pid, os.WEXITED | os.WNOHANG | os.WNOWAIT):
                    break
                time.sleep(0.002)
        raise NotTheAnswer((self.folder / "output").read_text()[-3000:])

    def cpu_seconds(self) -> float:
        """User and system time of its whole tree since the start, gunicorn's own chores included.

        Its supervisor opens a control socket up to a tenth of a second after the first worker
        started: beside the first answer of a quick function, before that of a slow one. So
        that all pay for it alike, the clock is read when it is there.
        """
        until = time.monotonic() + SECONDS
        while not (self.folder / CONTROL_SOCKET).exists():
            if time.monotonic() > until:
                raise NotTheAnswer(f"gunicorn made no {CONTROL_SOCKET}")
            time.sleep(0.002)
        return _cpu_seconds(self.pid)


@contextmanager
def running(entry: Entry, settings: Mapping[str, str], folder: Path) -> Iterator[Running]:
    """Start *entry*, which sees its own and these *settings* and nothing else of ours."""
    port = free_port()
    environment = {
        "PATH": os.environ.get("PATH", os.defpath),
        "HOME": str(folder),
        "LANG": "C.UTF-8",
        "HOST": HOST,
        "PORT": str(port),
        **settings,
        **entry.settings,
    }
    framework = Path(sys.executable).with_name("functions-framework")
    with (folder / "output").open("ab") as output:
        process = subprocess.Popen(
            [framework, "--target", entry.target, "--source", entry.source],
            env=by_our_clock(environment),
            cwd=ROOT,
            stdout=output,
            stderr=output,
            start_new_session=True,
        )
    try:
        yield Running(folder, port, process.pid)
    finally:
        # Nothing of it is needed any more, and an orderly end would take half a second.
        os.killpg(process.pid, signal.SIGKILL)
        process.wait(SECONDS)


def get(port: int, question: Question) -> Answer:
    """One request on a connection of its own. Raises `NotTheAnswer`."""
    connection = HTTPConnection(HOST, port, timeout=SECONDS)
    try:
        connection.request("GET", question.path, headers=dict(question.headers))
        reply = connection.getresponse()
        headers = {name.lower(): value for name, value in reply.getheaders()}
        answer = Answer(reply.status, headers, reply.read())
    finally:
        connection.close()
    if not question.real(answer):
        raise NotTheAnswer(f"status {answer.status}: {answer.body[:300]!r}")
    return answer


def wall(port: int, question: Question) -> float:
    """Return the seconds from the question to its answer."""
    started = time.perf_counter()
    get(port, question)
    return time.perf_counter() - started


def _cpu_seconds(pid: int) -> float:
    """Of *pid*, of the children it has waited for and, in turn, of those that live.

    The clock that the kernel keeps for a process counts in nanoseconds and remembers the
    threads that have ended; ``/proc/<pid>/schedstat`` shows the first thread only.
    """
    clock = (~pid << 3) | 2  # as clock_getcpuclockid(3) makes it
    after_name = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    reaped = sum(map(int, after_name[13:15])) / _TICKS
    living = sum(_cpu_seconds(child) for child in _children(pid))
    return time.clock_gettime(clock) + reaped + living


def _children(pid: int) -> list[int]:
    listed = (path.read_text() for path in Path(f"/proc/{pid}/task").glob("*/children"))
    return [int(child) for line in listed for child in line.split()]
