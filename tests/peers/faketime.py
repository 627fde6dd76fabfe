"""The tests on another day and in another zone, by Debian's libfaketime.

``python -m tests.peers.faketime PROGRAM …`` runs a Python program whose clock, and that of all it
starts, begins at DATE in the zone TZ; without a DATE at one of MOMENTS, another with each commit.
"""

from __future__ import annotations

import os
import subprocess
import sys
import time
from datetime import datetime
from pathlib import Path
from typing import NamedTuple
from zoneinfo import ZoneInfo

from tests.peers import install

ROOT = Path(__file__).resolve().parents[2]


class Moment(NamedTuple):
    """A local time in a zone."""

    date: str
    zone: str

    def seconds_ahead(self) -> int:
        """Return how far it lies in the future."""
        at = datetime.fromisoformat(self.date).replace(tzinfo=ZoneInfo(self.zone))
        return round(at.timestamp() - time.time())


MOMENTS = (
    Moment("2027-02-28 23:58", "UTC"),
    Moment("2028-02-29 00:10", "Europe/Amsterdam"),
    Moment("2026-12-31 23:50", "Europe/Amsterdam"),
    Moment("2026-12-31 23:58", "Pacific/Kiritimati"),
    Moment("2026-12-31 23:58", "America/Los_Angeles"),
    Moment("2027-03-28 01:58", "Europe/Amsterdam"),
    Moment("2027-10-31 02:58", "Europe/Amsterdam"),
    Moment("2027-03-14 01:58", "America/Los_Angeles"),
    Moment("2027-11-07 01:58", "America/Los_Angeles"),
    Moment("2027-02-28 12:00", "Pacific/Kiritimati"),
)
"""Ends of months and years, a leap day, and the nights on which clocks change."""


def main(program: list[str]) -> None:
    """Become the *program*."""
    environment = dict(os.environ)
    try:
        environment |= variables(chosen())
    except (OSError, RuntimeError, subprocess.TimeoutExpired) as error:
        print(f"By the real clock, because no other can be had: {error}", file=sys.stderr)
        if os.environ.get("CI"):
            sys.exit(1)
    sys.stderr.flush()
    os.execve(sys.executable, [sys.executable, *program], environment)


def chosen() -> Moment:
    """Return the moment that was asked for, or the commit's; print how to have it again."""
    moment = _of_the_commit()
    if date := os.environ.get("DATE"):
        moment = Moment(date, os.environ.get("TZ") or "UTC")
    print(f"make moved DATE='{moment.date}' TZ={moment.zone}", file=sys.stderr)
    return moment


def variables(moment: Moment) -> dict[str, str]:
    """Return what moves the clock of a process to *moment*; raise `OSError` where nothing can."""
    paths = [str(ROOT / "tests" / "peers" / "moved"), os.environ.get("PYTHONPATH", "")]
    return {
        "LD_PRELOAD": str(_library()),
        "FAKETIME": f"{moment.seconds_ahead():+d}",
        # Else whoever waits for a condition waits for ever.
        "FAKETIME_DONT_FAKE_MONOTONIC": "1",
        # Else Python's threads take the interpreter from each other all the time.
        "FAKETIME_FORCE_MONOTONIC_FIX": "0",
        "NO_FAKE_STAT": "1",
        "PYTHONPATH": os.pathsep.join(filter(None, paths)),
        "TZ": moment.zone,
    }


def _of_the_commit() -> Moment:
    told = ["git", "rev-parse", "HEAD"]
    commit = subprocess.run(told, cwd=ROOT, capture_output=True, text=True, check=False).stdout
    return MOMENTS[int(commit.strip() or "0", 16) % len(MOMENTS)]


def _library() -> Path:
    """Return the machine's library, else one that is unpacked into the cache."""
    name = "faketime/libfaketimeMT.so.1"
    here = [*Path("/usr/lib").glob(f"*/{name}"), *Path("/usr/lib64").glob(name)]
    return here[0] if here else next(install.unpacked("libfaketime").glob(f"usr/lib/*/{name}"))


if __name__ == "__main__":
    main(sys.argv[1:])
