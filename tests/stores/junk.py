"""Each value that a store holds of a person, and putting junk in its place."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any, NamedTuple

DEEP = "[" * 20_000
TEXTS: tuple[Any, ...] = ("{", "[]", "null", "7", '"text"', '{"a": 1}', DEEP, b"\xff\xfe", 3)
"""In the place of a text; none is what our code writes there."""
VALUES: tuple[Any, ...] = ("{", [], 7, None, {"a": [1]}, b"\xff\xfe", True, DEEP)
"""In the place of a field of any type."""
_COLUMNS = {
    "documents": ("path", ("version", "data")),
    "records": ("series || ' ' || key", ("local_time", "data", "origin")),
    "log": ("sequence", ("at", "entry")),
    "progress": ("target", ("data",)),
}


class Spoiled(NamedTuple):
    """One value, by its place, and what puts another one there, unless the whole is gone."""

    place: str
    put: Callable[[Any], bool]
    value: Any


def sqlite_values(path: Path, user: str) -> Iterator[Spoiled]:
    """Yield every value that the file at *path* holds of *user*, keys left out."""
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        for table, (key, columns) in _COLUMNS.items():
            query = f"SELECT {key}, {', '.join(columns)} FROM {table} WHERE user = ?"
            for name, *values in connection.execute(query, (user,)).fetchall():
                for column, value in zip(columns, values, strict=True):
                    where = f"UPDATE {table} SET {column} = ? WHERE user = ? AND {key} = ?"

                    def put(junk: Any, where: str = where, name: Any = name) -> bool:
                        return connection.execute(where, (junk, user, name)).rowcount > 0

                    yield Spoiled(f"{table} {name} {column}", put, value)


def firestore_values(project: str, user: str) -> Iterator[Spoiled]:
    """Yield every field of every document that *project* has of *user*."""
    from google.cloud import firestore

    from tests.peers.emulated import contents_of

    client = firestore.Client(project=project)
    for path, fields in contents_of(project).items():
        if f"/{user}/" in f"{path}/":
            for name, value in fields.items():

                def put(junk: Any, path: str = path, name: str = name) -> bool:
                    client.document(path).update({name: junk})
                    return True

                yield Spoiled(f"{path} {name}", put, value)
    client.close()


def is_json(value: object) -> bool:
    """Return whether *value* is the text of an object or a list, as most that is stored."""
    try:
        return isinstance(value, str) and isinstance(json.loads(value), dict | list)
    except (ValueError, RecursionError):
        return False
