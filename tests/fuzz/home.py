"""A household whose provider's answers pass a server that can bend them."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, redirect_stderr
from io import StringIO
from pathlib import Path
from random import Random
from typing import NamedTuple

import pytest

from sandbox import Sandbox
from tests.fuzz.bent import Bent
from tests.household import Clock, Household, household_at

MANY = 1_000_000_000


class Home(NamedTuple):
    """The household, what bends its provider's answers, its database and its log."""

    household: Household
    bent: Bent
    database: Path
    log: StringIO


@contextmanager
def home(provider: str, seed: int) -> Iterator[Home]:
    """Serve a household of that *provider* on loopback while the block runs."""
    clock = Clock()
    with (
        tempfile.TemporaryDirectory() as folder,
        Sandbox(clock=clock.seconds) as sandbox,
        Bent(sandbox.url, Random(f"{seed} bent")) as bent,
        pytest.MonkeyPatch.context() as environment,
        redirect_stderr(StringIO()) as log,
    ):
        sandbox.fitbit.per_hour, sandbox.fitbit.grace = MANY, MANY
        sandbox.google.per_minute = MANY
        asked = {
            name: url.replace(sandbox.url, bent.url, 1)
            for name, url in sandbox.settings.items()
            if name.endswith(("API_URL", "TOKEN_URL", "REVOKE_URL"))
        }
        chosen = {"HEALTHRELAY_PROVIDER": provider, **asked}
        with household_at(Path(folder), sandbox, chosen, clock, environment) as household:
            yield Home(household, bent, Path(folder) / "healthrelay.db", log)
