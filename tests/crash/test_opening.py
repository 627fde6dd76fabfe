"""A store of an earlier version is opened, and the process is killed before any statement of it."""

from __future__ import annotations

from contextlib import closing
from itertools import count
from pathlib import Path

import pytest

from healthrelay.adapters.sqlite.store import SqliteStore
from healthrelay.flows.transfer.person import read_person
from healthrelay.ports.store import PersonDump
from tests.crash.opening import open_killed
from tests.crash.steps import KILLED
from tests.stores.earlier import write_sqlite

SECONDS = 60


def content(path: Path) -> dict[str, PersonDump | None]:
    with closing(SqliteStore(str(path))) as store:
        return {user: read_person(store, user) for user in store.identities.names()}


@pytest.mark.parametrize("version", ["0.1.0", "before_ledger", ""])
def test_whoever_opens_it_next_finds_all_of_it(tmp_path: Path, version: str) -> None:
    """Killed before the same statement twice, then opened to the end."""

    def written(name: str) -> Path:
        path = tmp_path / f"{name}.db"
        if version:
            write_sqlite(version, path)
        return path

    expected = content(written("whole"))
    for last in count():
        path = written(str(last))
        if open_killed(str(path), last, SECONDS) == 0:
            break
        assert open_killed(str(path), last, SECONDS) in (0, KILLED)
        assert content(path) == expected, last

    assert last > 8
    assert bool(expected) == bool(version)
