"""The table of functions, `functions.json`, which Terraform and the bundler read as well.

A deployed function is given the settings of its row and no others, so that what Igor polls holds
no key at all.
"""

import json
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple


class Function(NamedTuple):
    """One row: what the function *name* may do, and what it is given where it is deployed."""

    public: bool
    """Whether browsers and homes reach it; the others turn a stranger away."""
    database: str
    """``read``, ``write`` or ``none``."""
    enqueues: bool
    """Whether it may hand tasks to the queue."""
    provider: bool
    """Whether it speaks to the provider in the name of our registration."""
    memory: str
    cpu: str
    seconds: int
    """The time limit of one request."""
    settings: frozenset[str]
    """Named like the fields of `Settings`."""


@cache
def functions() -> dict[str, Function]:
    """Return the rows by name, in the order of the table."""
    rows = json.loads(Path(__file__).with_suffix(".json").read_text())
    return {name: _function(row) for name, row in rows.items()}


def _function(row: dict[str, Any]) -> Function:
    return Function(**row | {"settings": frozenset(row["settings"])})
