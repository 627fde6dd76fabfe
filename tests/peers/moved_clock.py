"""The tests on another day and in another zone.

``python -m tests.peers.moved_clock PROGRAM …`` runs a Python program whose clock, and that of every
Python and Node it starts, begins at DATE in the zone TZ; without a DATE at one of MOMENTS, another
with each commit. The clocks by which a wait is timed go on as they are.
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

import time_machine

ROOT = Path(__file__).resolve().parents[2]


class Moment(NamedTuple):
    """A local time in a zone."""

    date: str
    zone: str

    def seconds_ahead(self) -> int:
        """Return how far it lies in the future."""
        at = datetime.fromisoformat(self.date).replace(tzinfo=ZoneInfo(self.zone))
        ahead = int(os.environ.get("MOVED_SECONDS", "0"))  # in a run that is moved itself
        return round(at.timestamp() - time.time()) + ahead


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
    environment = os.environ | variables(chosen())
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
    """Return what moves the clock of a process to *moment*."""
    folder = ROOT / "tests" / "peers" / "moved"
    paths = [str(folder), os.environ.get("PYTHONPATH", "")]
    options = [os.environ.get("NODE_OPTIONS", ""), f'--require "{folder / "clock.cjs"}"']
    return {
        "MOVED_SECONDS": str(moment.seconds_ahead()),
        "MOVED_PACKAGES": str(Path(time_machine.__file__).parents[1]),
        "PYTHONPATH": os.pathsep.join(filter(None, paths)),
        "NODE_OPTIONS": " ".join(filter(None, options)),
        "TZ": moment.zone,
    }


def _of_the_commit() -> Moment:
    told = ["git", "rev-parse", "HEAD"]
    commit = subprocess.run(told, cwd=ROOT, capture_output=True, text=True, check=False).stdout
    return MOMENTS[int(commit.strip() or "0", 16) % len(MOMENTS)]


if __name__ == "__main__":
    main(sys.argv[1:])
