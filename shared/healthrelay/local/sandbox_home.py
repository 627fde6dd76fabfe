"""The sandbox's household at home: kept in a folder beside the real one, to try commands with."""

import json
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import UTC, datetime
from pathlib import Path

from healthrelay import log
from healthrelay.assembly.services import Services
from healthrelay.config import PREFIX
from healthrelay.config.home import STORE_FILE, home
from healthrelay.config.load import load
from healthrelay.config.readers import settings_in
from healthrelay.core.defect import isolate
from healthrelay.core.measurements.query import parse_request
from healthrelay.flows.grants.document import has_ended
from healthrelay.local.sandbox import sandbox, sandbox_on_demand
from healthrelay.local.sandbox_people import JACK, OPTIONS, add_jack, add_others

_FOLDER = "sandbox"
_GRANTS = "grants"
_SETTINGS = "settings.json"
"""The sandbox's address of the day it was made, and the settings that point there."""


@contextmanager
def sandbox_home() -> Iterator[None]:
    """Let the environment be that of the sandbox's household, and nothing else, in the block.

    The household is made when it is first wanted, and brought up to date once a day.
    """
    folder = home(settings_in(os.environ)) / _FOLDER
    if not (folder / _SETTINGS).exists():
        log.write_text("Making the sandbox's household: jack, anna and mia …\n")
        _make(folder)
    with sandbox_on_demand(_options(folder)) as url, _environment(_settings(folder, url)):
        _bring_up_to_date(folder / _SETTINGS)
        yield


def _options(folder: Path) -> list[str]:
    return [*OPTIONS, "--folder", str(folder / _GRANTS)]


def _settings(folder: Path, url: str) -> dict[str, str]:
    made = json.loads((folder / _SETTINGS).read_text())
    moved = {name: text.replace(made["url"], url) for name, text in made["settings"].items()}
    return moved | {f"{PREFIX}HOME": str(folder)}


@contextmanager
def _environment(settings: dict[str, str]) -> Iterator[None]:
    before = dict(os.environ)
    for name in before:
        if name.startswith(PREFIX):
            del os.environ[name]
    os.environ |= settings
    try:
        yield
    finally:
        os.environ.clear()
        os.environ |= before


def _make(folder: Path) -> None:
    """Make the household beside *folder*, and move it there when it is whole."""
    folder.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    draft = Path(tempfile.mkdtemp(dir=folder.parent, prefix=f".{_FOLDER}-"))
    (draft / _GRANTS).mkdir(mode=0o700)
    try:
        with sandbox(_options(draft)) as peer:
            store = {f"{PREFIX}STORE": f"sqlite:///{draft / STORE_FILE}"}
            settings = load(peer.settings | store)
            add_jack(settings)
            add_others(JACK, settings, peer.url)
        kept = {"url": peer.url, "settings": peer.settings}
        (draft / _SETTINGS).write_text(json.dumps(kept))
        if not folder.exists():  # who made it meanwhile was first
            draft.rename(folder)
    finally:
        shutil.rmtree(draft, ignore_errors=True)


def _bring_up_to_date(mark: Path) -> None:
    """Fetch everybody who is connected, if that was not done today; *mark* has the day."""
    if datetime.fromtimestamp(mark.stat().st_mtime, UTC).date() == datetime.now(UTC).date():
        return
    mark.touch()
    with closing(Services(load(os.environ))) as built:
        for user in built.store.identities.names():
            grant = built.store.tokens.load(user)
            if grant and not has_ended(grant.document):
                isolate(built.fetch, parse_request(user, {}))
