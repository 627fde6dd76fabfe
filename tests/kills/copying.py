"""A copy of one store into another, in a process of its own, killed before a step of it.

``python -m tests.kills.copying FROM TO LAST``
"""

from __future__ import annotations

import sys

from healthrelay.assembly import copying
from healthrelay.flows.copy_store import Copy
from tests.kills.steps import Steps, Watched


def main(source: str, target: str, last: str) -> None:
    """Copy, but no further than to the step of the target that is numbered *last*."""
    watched = Watched(copying.target(target), "store", Steps(int(last)))
    Copy(copying.source(source), watched).run()  # type: ignore[arg-type]


if __name__ == "__main__":
    main(*sys.argv[1:])
