"""Stores as earlier versions left them: `written/` has them as SQL and as documents.

``0.1.0`` is of that version; ``before_ledger`` of the last one that kept what was covered instead
of a ledger, and records without an origin.
"""

from __future__ import annotations

import json
import sqlite3
from contextlib import closing
from pathlib import Path

WRITTEN = Path(__file__).parent / "written"


def write_sqlite(version: str, path: Path) -> None:
    """Make the file as *version* left it."""
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.executescript((WRITTEN / f"{version}.sql").read_text())
    connection.close()


def write_firestore(version: str, project: str) -> None:
    """Put into *project* what *version* left there, and nothing else."""
    from google.cloud import firestore
    from google.cloud.firestore_v1 import _helpers
    from google.cloud.firestore_v1.types import Value

    client = firestore.Client(project=project)
    for collection in client.collections():
        client.recursive_delete(collection)
    for path, fields in json.loads((WRITTEN / f"{version}.json").read_text()).items():
        values = {name: Value.from_json(json.dumps(value)) for name, value in fields.items()}
        client.document(path).set(_helpers.decode_dict(values, client))
    client.close()
