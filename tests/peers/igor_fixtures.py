"""The fixtures through which tests meet a real Igor.

`igor` is the one to ask for. `make_igor` is for tests that need TLS, no capabilities, a
plugin, or the very first start.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest

from tests.peers.igor import Igor

__all__ = ["igor", "igor_server", "make_igor"]


@pytest.fixture(scope="session")
def igor_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Igor]:
    """One Igor for all tests of this process: plain http, capabilities on, copytree."""
    with Igor(tmp_path_factory.mktemp("igor")) as server:
        yield server


@pytest.fixture
def igor(igor_server: Igor) -> Iterator[Igor]:
    """A running Igor with an empty `sensors/fitbit` and no actions but its own."""
    if not igor_server.running:
        igor_server.start()
    igor_server.make_parent()
    yield igor_server
    if igor_server.running:
        igor_server.clean()


@pytest.fixture
def make_igor(tmp_path: Path) -> Iterator[Callable[..., Igor]]:
    """Start an Igor of the test's own: `make_igor(tls=True)`; `sensors/fitbit` exists."""
    with ExitStack() as stack:

        def make(**options: Any) -> Igor:
            home = tmp_path / f"home-{len(list(tmp_path.iterdir()))}"
            made = stack.enter_context(Igor(home, **options))
            made.make_parent()
            return made

        yield make
