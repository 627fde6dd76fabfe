"""A home for every test here: either provider, either store."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from healthrelay import config
from healthrelay.assembly.services import Services
from sandbox import Sandbox
from tests.crash.home import GRACE, SETTINGS, Home
from tests.household import OWNER_KEY, START
from tests.igor.recorder import Recorder


@pytest.fixture(params=["sqlite", "firestore"])
def place(request: pytest.FixtureRequest, tmp_path: Path) -> dict[str, str]:
    """The settings that lead to a store."""
    if request.param == "sqlite":
        return {"HEALTHRELAY_STORE": f"sqlite:///{tmp_path}/healthrelay.db"}
    project = request.getfixturevalue("firestore_project")
    return {"HEALTHRELAY_STORE": "firestore", "GOOGLE_CLOUD_PROJECT": project}


@pytest.fixture
def home(
    sandbox: Sandbox,
    provider: str,
    place: dict[str, str],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> Iterator[Home]:
    sandbox.fitbit.grace = GRACE
    with Recorder() as igor:
        chosen = {
            **sandbox.settings,
            **place,
            "HEALTHRELAY_PROVIDER": provider,
            "HEALTHRELAY_PUBLIC_URL": "http://127.0.0.1:8080",
            "HEALTHRELAY_OWNER_KEY": OWNER_KEY,
            "HEALTHRELAY_SEALING_KEYS": "one:" + "A" * 43 + "=",
            "HEALTHRELAY_IGOR_URL": igor.url,
        }
        for name, value in chosen.items():
            monkeypatch.setenv(name, value)
        built = Services(config.load(os.environ), lambda: home.now)
        built.store.identities.save("jack", SETTINGS)
        home = Home(built, igor, sandbox, START)
        yield home
        built.store.close()  # type: ignore[attr-defined]
