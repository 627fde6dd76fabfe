"""A load of a file into a store, in a process of its own, killed before a step of it.

``python -m tests.crash.loading FILE STORE LAST``
"""

from __future__ import annotations

import sys
from pathlib import Path

from healthrelay.assembly.stores import open_store
from healthrelay.assembly.transfer import find_store
from healthrelay.flows.transfer.load import load
from tests.crash.steps import Steps, Watched


def main(file: str, store: str, last: str) -> None:
    """Load, but no further than to the step of the store that is numbered *last*."""
    watched = Watched(open_store(find_store(store)), "store", Steps(int(last)))
    with Path(file).open("rb") as content:
        load(content, watched)  # type: ignore[arg-type]


if __name__ == "__main__":
    main(*sys.argv[1:])
