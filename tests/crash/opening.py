"""A SQLite store that is opened in a process of its own, killed before a statement of it."""

from __future__ import annotations

import multiprocessing
import os
import sqlite3
import sys
from types import FrameType
from typing import Any

from healthrelay.adapters.sqlite.store import SqliteStore
from tests.crash.steps import Steps


def open_killed(path: str, last: int, seconds: float) -> int | None:
    """Open the store at *path* up to the statement numbered *last*; return the exit code."""
    process = _FORKSERVER.Process(target=_open, args=(path, last))
    process.start()
    process.join(seconds)
    if process.exitcode is None:
        process.kill()
    return process.exitcode


def _open(path: str, last: int) -> None:
    steps, traced = Steps(last), list[sqlite3.Connection]()

    def watch(_frame: FrameType, event: str, called: Any) -> None:
        # A connection cannot be traced before the first call of one of its methods.
        connection = getattr(called, "__self__", None)
        is_one = event == "c_call" and isinstance(connection, sqlite3.Connection)
        if is_one and connection not in traced:
            traced.append(connection)
            connection.set_trace_callback(steps.reach)

    sys.setprofile(watch)
    store = SqliteStore(path)
    store.identities.names()
    store.close()
    os._exit(0)


_FORKSERVER = multiprocessing.get_context("forkserver")
_FORKSERVER.set_forkserver_preload([__name__])
