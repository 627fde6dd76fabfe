"""One rehearsed deployment for all tests here; it pushes to a real Igor."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from sandbox import Sandbox
from tests.peers.igor import Igor
from tests.rehearsal.cloud import Cloud, rehearsed


@pytest.fixture(scope="session")
def cloud(
    firestore_emulator: str, igor_server: Igor, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Cloud]:
    """Everything deployed, nothing running yet; the owner has registered their Igor."""
    folder: Path = tmp_path_factory.mktemp("rehearsal")
    if not igor_server.running:
        igor_server.start()
    igor_server.make_parent()
    with Sandbox() as sandbox, rehearsed(folder, firestore_emulator, sandbox) as ready:
        ready.owner("igor", igor_server.url, given=igor_server.mint_push_token())
        yield ready
