"""What several functions' tests speak to."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.igor.recorder import Recorder


@pytest.fixture
def igor() -> Iterator[Recorder]:
    """An Igor that notes every request, and answers as a test wants."""
    with Recorder() as running:
        yield running
