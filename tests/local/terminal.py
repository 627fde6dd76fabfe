"""A terminal on which a real process runs, so many columns wide."""

from __future__ import annotations

import fcntl
import os
import pty
import re
import select
import struct
import subprocess
import sys
import termios
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path

SECONDS = 60
_ON_TERMINAL = """
import fcntl, os, sys, termios
fcntl.ioctl(0, termios.TIOCSCTTY, 0)
os.execv(sys.executable, [sys.executable, "-m", "healthrelay", *sys.argv[1:]])
"""
"""The terminal becomes its own, so that ^C reaches it; not in a fork of ours, to which the threads
of other tests' libraries would write."""
_STYLE = re.compile(r"\x1b\[[0-9;?]*[a-zA-Z]")


class Terminal:
    """What a process wrote there so far, and its keyboard."""

    def __init__(self, process: subprocess.Popen[bytes], master: int) -> None:
        self.process = process
        self.written = ""
        self._master = master

    def type(self, text: str) -> None:
        os.write(self._master, text.encode())

    def wait_for(self, text: str) -> None:
        """Read until *text* was written; the end of the process is a failure."""
        while text not in self.written:
            assert self._read(), self.written

    def finish(self) -> int:
        """Read all that is left; return the exit code."""
        while self._read():
            pass
        return self.process.wait(SECONDS)

    def interrupt(self) -> int:
        """Press ^C until it ends; return the exit code.

        What comes between a program's look for signals and its read is noted and ends no read.
        """
        until = time.monotonic() + SECONDS
        while self.process.poll() is None and time.monotonic() < until:
            self.type("\x03")
            with suppress(subprocess.TimeoutExpired):
                self.process.wait(1)
        return self.finish()

    @property
    def lines(self) -> list[str]:
        """What was written, without styles and spaces at the ends of lines."""
        plain = _STYLE.sub("", self.written.replace("\r", ""))
        return [line.rstrip() for line in plain.splitlines()]

    def _read(self) -> str:
        """Return what comes next, nothing at the end; a process that only waits is a failure."""
        assert select.select([self._master], [], [], SECONDS)[0], self.written
        with suppress(OSError):  # nobody has the other end any more
            text = os.read(self._master, 65_536).decode()
            self.written += text
            return text
        return ""


@contextmanager
def terminal(
    folder: Path, *words: str, columns: int = 80, env: Mapping[str, str]
) -> Iterator[Terminal]:
    """Run ``healthrelay`` in *folder*, with all three streams on a terminal of its own."""
    master, slave = pty.openpty()
    fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack("HHHH", 24, columns, 0, 0))
    plain = {name: text for name, text in env.items() if name not in ("COLUMNS", "NO_COLOR")}
    process = subprocess.Popen(
        [sys.executable, "-S", "-c", _ON_TERMINAL, *words],
        cwd=folder,
        env={**plain, "TERM": "xterm"} | {n: env[n] for n in ("NO_COLOR",) if n in env},
        stdin=slave,
        stdout=slave,
        stderr=slave,
        start_new_session=True,
    )
    os.close(slave)
    try:
        yield Terminal(process, master)
    finally:
        process.kill()
        process.wait()
        os.close(master)
