"""What can be counted exactly: modules, compilations, provider calls, writes."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Mapping
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from benchmarks.household import STORE, Household, source
from benchmarks.process import Entry
from benchmarks.questions import MEASURED, question
from benchmarks.rows import Row, counted
from healthrelay.local.parts import ROOT

HEAVY = ("requests", "grpc", "google.cloud", "fitbit", "cryptography")
LIGHT = ("auth1", "events", "relay")
"""Functions that somebody waits for, and that need none of the HEAVY packages."""
_SPY = Path(__file__).parent / "spy" / "main.py"
_OURS = (ROOT / "shared", ROOT / "functions")


@dataclass(frozen=True, slots=True)
class Load:
    """What a function had loaded when it gave its first answer."""

    modules: frozenset[str]
    compiled: tuple[str, ...]
    """Our own source files that Python had to compile, for want of valid bytecode."""

    def heavy(self, floor: Load) -> list[str]:
        """Return its modules of HEAVY packages, but for those that the framework brings along."""
        own = self.modules - floor.modules
        return sorted(m for m in own if any(m == h or m.startswith(f"{h}.") for h in HEAVY))


@dataclass(frozen=True, slots=True)
class Fetches:
    """What two fetches, one after the other, cost the provider and did to the store."""

    calls: int
    """Of the first."""
    first_writes: int
    second_writes: int
    second_news: int
    """How many records and log entries the second one touched."""


def loaded(home: Household, name: str) -> Load:
    """Start the function *name* twice: once to have its bytecode written, once to listen."""
    first_answer(home, name)
    return first_answer(home, name)


def first_answer(home: Household, name: str, **settings: str) -> Load:
    """Start the function *name* under a spy, with *settings* more, and call it once."""
    report = home.folder / f"{name}-report.json"
    report.unlink(missing_ok=True)
    spied = {"SPY_SOURCE": str(source(name)), "SPY_TARGET": name, "SPY_REPORT": str(report)}
    with home.start(name, Entry("spied", _SPY, {**spied, **settings})) as function:
        function.first_answer(question(home, name))
    payload = json.loads(report.read_text())
    return Load(frozenset(payload["modules"]), tuple(f for f in payload["compiled"] if _is_ours(f)))


def fetches(home: Household) -> Fetches:
    """Fetch twice in one process; nothing changes at the provider in between.

    SQLite's ``data_version`` moves for a connection when another one has committed a
    change, and never else. The files themselves would not do: a checkpoint moves bytes
    from the write-ahead log into the database without anybody having written.
    """
    request = question(home, "fetch")
    before = len(home.journal())
    with home.start("fetch") as function, closing(sqlite3.connect(function.folder / STORE)) as db:
        versions = [_version(db)]
        function.first_answer(request)
        calls = len(home.journal()) - before
        versions.append(_version(db))
        news = _news(db)
        function.first_answer(request)
        versions.append(_version(db))
        touched = len(news ^ _news(db))
    return Fetches(calls, versions[1] - versions[0], versions[2] - versions[1], touched)


def rows(home: Household) -> list[Row]:
    """All counters as rows."""
    loads = {name: loaded(home, name) for name in ("empty", *MEASURED)}
    twice = fetches(home)
    return [
        *_modules(loads, loads["empty"]),
        *(
            counted(f"{name}: own sources compiled at start", 0, len(loads[name].compiled))
            for name in MEASURED
        ),
        counted("fetch: provider calls, floor is the plan", 1.0, twice.calls, home.planned()),
        counted("fetch: writes when nothing changed, the ledger's", 1, twice.second_writes),
        counted("fetch: records or entries touched when nothing changed", 0, twice.second_news),
    ]


def _modules(loads: Mapping[str, Load], floor: Load) -> list[Row]:
    rows = [
        counted(f"{name}: modules loaded", None, len(loads[name].modules), len(floor.modules))
        for name in MEASURED
    ]
    heavy = [counted(f"{n}: heavy modules loaded", 0, len(loads[n].heavy(floor))) for n in LIGHT]
    return rows + heavy


def _is_ours(file: str) -> bool:
    # A page's template is compiled too, in memory and by design: bytecode is for sources.
    return file.endswith(".py") and any(Path(file).is_relative_to(room) for room in _OURS)


def _version(connection: sqlite3.Connection) -> int:
    return int(connection.execute("PRAGMA data_version").fetchone()[0])


def _news(connection: sqlite3.Connection) -> set[tuple[object, ...]]:
    """Return what a target could hear of: all records and entries of the log."""
    tables = [connection.execute(f"SELECT '{t}', * FROM {t}") for t in ("records", "log")]
    return {row for table in tables for row in table}
