"""What can be counted exactly: modules, compilations, provider calls, written documents."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Mapping
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from benchmarks.household import EMPTY, STORE, Household
from benchmarks.rows import Row, counted
from healthrelay.local.paths import FUNCTIONS, ROOT, function_file

HEAVY = ("requests", "grpc", "google.cloud", "fitbit", "cryptography")
LIGHT = ("auth1", "relay")
"""Functions that somebody waits for, and that need none of the HEAVY packages."""
_SPY = Path(__file__).parent / "spy" / "main.py"


@dataclass(frozen=True, slots=True)
class Load:
    """What a function had loaded when it gave its first answer."""

    modules: frozenset[str]
    compiled: tuple[str, ...]
    """Our own source files that Python had to compile, for want of valid bytecode."""

    def heavy(self, floor: Load) -> list[str]:
        """The modules of HEAVY packages in it, beside those that the framework loads anyway."""
        ours = self.modules - floor.modules
        return sorted(m for m in ours if any(m == h or m.startswith(f"{h}.") for h in HEAVY))


@dataclass(frozen=True, slots=True)
class Fetches:
    """What two fetches after each other asked of the provider and did to the store."""

    calls: int
    """Of the first; the second asks the same."""
    first_writes: int
    second_writes: int


def loaded(home: Household, name: str) -> Load:
    """Start the function *name* twice: once to have its bytecode written, once to listen."""
    _listen(home, name)
    said = _listen(home, name)
    ours = [ROOT / "shared", ROOT / "functions", EMPTY.parent]
    compiled = [f for f in said["compiled"] if any(Path(f).is_relative_to(o) for o in ours)]
    # A page's template is compiled in memory, by design; sources are what bytecode is for.
    sources = tuple(file for file in compiled if file.endswith(".py"))
    return Load(frozenset(said["modules"]), sources)


def fetches(home: Household) -> Fetches:
    """Fetch twice in one process; nothing changes at the provider in between.

    SQLite's ``data_version`` moves for a connection whenever another one has committed a
    change, and never else. The files themselves would not do: a checkpoint moves bytes
    from the write-ahead log into the database without anybody having written.
    """
    question = home.question("fetch")
    before = len(home.journal())
    with home.start("fetch") as function, closing(sqlite3.connect(function.folder / STORE)) as seen:
        empty = _version(seen)
        function.first_answer(question)
        calls = len(home.journal()) - before
        first = _version(seen)
        function.first_answer(question)
        return Fetches(calls, first - empty, _version(seen) - first)


def rows(home: Household) -> list[Row]:
    """All counters as rows."""
    loads = {name: loaded(home, name) for name in ("empty", *FUNCTIONS)}
    twice = fetches(home)
    calls = counted("fetch: provider calls, against the plan", 1.0, twice.calls, home.planned())
    writes = counted("fetch: writes when nothing changed", 0, twice.second_writes)
    return [*_modules(loads), *_compiled(loads), calls, writes]


def _modules(loads: Mapping[str, Load]) -> list[Row]:
    floor = loads["empty"]
    rows = [
        counted(f"{name}: modules loaded", None, len(loads[name].modules), len(floor.modules))
        for name in FUNCTIONS
    ]
    heavy = [counted(f"{n}: heavy modules loaded", 0, len(loads[n].heavy(floor))) for n in LIGHT]
    return rows + heavy


def _compiled(loads: Mapping[str, Load]) -> list[Row]:
    return [
        counted(f"{name}: sources compiled at start", 0, len(load.compiled))
        for name, load in loads.items()
        if name != "empty"
    ]


def _listen(home: Household, name: str) -> dict[str, list[str]]:
    report = home.folder / f"{name}-report.json"
    report.unlink(missing_ok=True)
    source = EMPTY if name == "empty" else function_file(name)
    spied = {"SPY_SOURCE": str(source), "SPY_TARGET": name, "SPY_REPORT": str(report)}
    with home.start(name, _SPY, spied) as function:
        function.first_answer(home.question(name))
    said: dict[str, list[str]] = json.loads(report.read_text())
    return said


def _version(connection: sqlite3.Connection) -> int:
    return int(connection.execute("PRAGMA data_version").fetchone()[0])
