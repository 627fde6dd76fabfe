"""Which settings each function needs: `needs.json`, which the deployment reads as well.

A deployed function is given these and no others, so that what Igor polls holds no key at all.
"""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path


@cache
def needs() -> dict[str, frozenset[str]]:
    """Function → its settings, named like the fields of `Settings`."""
    told: dict[str, list[str]] = json.loads(Path(__file__).with_name("needs.json").read_text())
    return {function: frozenset(names) for function, names in told.items()}
