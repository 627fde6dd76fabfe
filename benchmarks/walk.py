"""How straight one weight walks through our files, from the command line to the store and back.

A *file* is one of the package's files in which any function runs during the second fetch.
A *door* is a distinct pair of a calling file and a called function of another file.
A *move* is one call that goes from one file of the package to another; each weight of the month
takes some, and how many jack has depends on the day: so it is always the same day.

``python -m benchmarks.walk`` prints the files, and the doors with their moves.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from tempfile import mkdtemp
from typing import NamedTuple

from benchmarks.household import STORE, USER, Household, household
from benchmarks.rows import Row, counted
from tests.peers.moved_clock import ROOT, Moment, variables

MAX_FILES, MAX_DOORS, MAX_MOVES = 81, 201, 441
"""What was reached, so that nothing is lost again: 42, 80 and 123, and what the ledger, the borders
to the outside (each number passes one), the choice of a store, the one face of all commands, and a
module for each port, of which a start loads few, need."""
PIECES = "_Reader.readinto"
"""It is called for each piece in which an answer arrives, which differs each time."""
NOON = Moment("2026-11-28 12:00", "UTC")
TIMEOUT_SECONDS = 60
_WEIGHT = ("--set", "methods=time_series", "--set", "resource=body/weight")
_SPY = Path(__file__).parent / "spy" / "walk.py"


class Door(NamedTuple):
    """A function that another file calls, and how often."""

    caller: str
    file: str
    function: str
    moves: int


class Walk(NamedTuple):
    """The files of one fetch, by their paths in the package, and the doors between them."""

    files: list[str]
    doors: list[Door]

    @property
    def moves(self) -> int:
        """The calls through all doors."""
        return sum(door.moves for door in self.doors if door.function != PIECES)


def second_fetch() -> Walk:
    """Walk at noon of one day, in a process with a clock of its own."""
    told = subprocess.run(
        [sys.executable, "-m", "benchmarks.walk", "--json"],
        env=os.environ | variables(NOON),
        cwd=ROOT,
        check=True,
        capture_output=True,
        timeout=TIMEOUT_SECONDS,
    )
    payload = json.loads(told.stdout)
    return Walk(payload["files"], [Door(*door) for door in payload["doors"]])


def rows() -> list[Row]:
    """Return the three measures, judged however busy the machine is."""
    walk = second_fetch()
    return [
        counted("one weight, second fetch: files", MAX_FILES, len(walk.files)),
        counted("one weight, second fetch: doors", MAX_DOORS, len(walk.doors)),
        counted("one weight, second fetch: moves", MAX_MOVES, walk.moves),
    ]


def _fetch_twice(home: Household) -> str:
    """Fetch jack's weight twice, each time in a process of its own; returns the second walk."""
    folder = Path(mkdtemp(prefix="walk-", dir=home.folder))
    shutil.copytree(home.folder / "connected", folder, dirs_exist_ok=True)
    report = folder / "report.json"
    environment = {
        **{name: value for name, value in os.environ.items() if "HEALTHRELAY" not in name},
        "HOME": str(folder),
        **home.settings,
        "HEALTHRELAY_STORE": f"sqlite:///{folder / STORE}",
        "SPY_REPORT": str(report),
    }
    for _ in range(2):
        subprocess.run(
            [sys.executable, _SPY, "fetch", USER, *_WEIGHT],
            env=environment,
            cwd=folder,
            check=True,
            capture_output=True,
            timeout=TIMEOUT_SECONDS,
        )
    return report.read_text()


def main(arguments: list[str]) -> None:
    """Print the walk, the three measures last; as JSON with ``--json``: what was counted now."""
    if arguments == ["--json"]:
        with household() as home:
            print(_fetch_twice(home))
        return
    walk = second_fetch()
    print("\n".join(walk.files))
    for door in walk.doors:
        print(f"{door.moves:4}  {door.caller} -> {door.file}: {door.function}")
    print(f"{len(walk.files)} files, {len(walk.doors)} doors, {walk.moves} moves")


if __name__ == "__main__":
    main(sys.argv[1:])
