"""A first answer: everything is loaded, and the garbage collector need not look at it."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def loading() -> Iterator[None]:
    """Rest the garbage collector while the process loads what it will keep for life.

    It would walk through the new modules time and again and find nothing to throw away.
    In the end they are set aside for good, and the collector is on again if it was before;
    of two that load at once, the one that stopped it starts it.
    """
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        gc.freeze()
        if was_on:
            gc.enable()
