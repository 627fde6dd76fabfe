"""One rehearsed deployment for all tests here; it pushes to a real Igor."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, time, timedelta
from pathlib import Path

import pytest

from sandbox import Sandbox
from sandbox.wearer import Wearer
from tests.peers.igor import Igor
from tests.rehearsal.cloud import Cloud, rehearsed


def _weigh_daily(wearer: Wearer) -> None:
    """Leave no day of the last weeks, today and tomorrow included, without a weight."""
    weighed = {weight.at.date() for weight in wearer.weights}
    for ago in range(-1, 40):
        day = wearer.today() - timedelta(days=ago)
        if day not in weighed:
            wearer.weigh(datetime.combine(day, time()), "82.4")


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
        _weigh_daily(sandbox.wearer)
        ready.owner("igor", igor_server.url, given=igor_server.mint_push_token())
        yield ready
