"""The pictures of docs/ can be taken again, and are there."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import Browser
from screenshots import FOLDER, PICTURES, running, take

pytest_plugins = ["tests.peers.chromium"]
pytestmark = [pytest.mark.peer, pytest.mark.xdist_group("browser")]


def test_every_picture_is_taken_as_large_as_the_one_in_docs(
    chromium: Browser, tmp_path: Path
) -> None:
    with running() as link:
        taken = take(chromium, link, tmp_path)

    assert [path.name for path in taken] == [picture.name for picture in PICTURES]
    for path in taken:
        # Behind the signature and the header's own: width and height.
        assert path.read_bytes()[:24] == (FOLDER / path.name).read_bytes()[:24]
    assert {path.name for path in FOLDER.iterdir()} == {picture.name for picture in PICTURES}
