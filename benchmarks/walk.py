"""How straight one weight walks through our files, from the command line to the store and back.

A *file* is one of the package's files in which any function runs during the second fetch.
A *door* is a distinct pair of a calling file and a called function of another file.
A *move* is one call that goes from one file of the package to another.

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

MAX_FILES, MAX_DOORS, MAX_MOVES = 52, 125, 271
"""What was reached, so that nothing is lost again: 42, 80 and 123, and what the ledger needs."""
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
        return sum(door.moves for door in self.doors)


def second_fetch(home: Household) -> Walk:
    """Fetch jack's weight twice, each time in a process of its own; returns the second walk."""
    folder = Path(mkdtemp(prefix="walk-", dir=home.folder))
    shutil.copytree(home.folder / "connected", folder, dirs_exist_ok=True)
    report = folder / "report.json"
    environment = {
        "PATH": os.environ.get("PATH", os.defpath),
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
    payload = json.loads(report.read_text())
    return Walk(payload["files"], [Door(*door) for door in payload["doors"]])


def rows(home: Household) -> list[Row]:
    """Return the three measures, judged however busy the machine is."""
    walk = second_fetch(home)
    return [
        counted("one weight, second fetch: files", MAX_FILES, len(walk.files)),
        counted("one weight, second fetch: doors", MAX_DOORS, len(walk.doors)),
        counted("one weight, second fetch: moves", MAX_MOVES, walk.moves),
    ]


def main() -> None:
    """Print the walk, the three measures last."""
    with household() as home:
        walk = second_fetch(home)
    print("\n".join(walk.files))
    for door in walk.doors:
        print(f"{door.moves:4}  {door.caller} -> {door.file}: {door.function}")
    print(f"{len(walk.files)} files, {len(walk.doors)} doors, {walk.moves} moves")


if __name__ == "__main__":
    main()
