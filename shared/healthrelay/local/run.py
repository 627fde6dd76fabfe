"""`healthrelay run`: the main job, from the consent page to what Igor would poll."""

from __future__ import annotations

import json
import os
import socket
import sys
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from healthrelay.assembly import services
from healthrelay.assembly.services import Services
from healthrelay.config import PREFIX
from healthrelay.core.errors import NotConfigured
from healthrelay.flows.registration import client_secret
from healthrelay.local.journey import Traveller, collect, connect
from healthrelay.local.report import story
from healthrelay.local.sandbox import sandbox
from healthrelay.local.scheduler import scheduled
from healthrelay.local.serve import HOST, serving
from healthrelay.local.stopping import stopped

LAST_DAYS = {"base_date": "today", "period": "30d"}
"""Which day today is, the wearer's own zone says."""
_SET = f"{PREFIX}CLIENT_ID"


@dataclass(frozen=True, slots=True)
class Options:
    """What the command line said."""

    user: str
    once: bool
    as_json: bool
    values: bool
    provider: str | None
    port: int
    measurements: Path | None
    participant: str | None
    shift: bool


@dataclass(frozen=True, slots=True)
class Surroundings:
    """The days to fetch, and whether nobody but us will click through the consent page."""

    days: dict[str, str]
    alone: bool


def run(options: Options) -> int:
    """Connect, fetch, show, and serve on until Ctrl-C; returns the exit code."""
    if options.provider:
        os.environ[f"{PREFIX}PROVIDER"] = options.provider
    with ExitStack() as stack:
        around = stack.enter_context(_real(options) if os.environ.get(_SET) else _made_up(options))
        built = services()
        stack.enter_context(serving(urlsplit(built.public_url).port or options.port))
        traveller = Traveller(built, options.user, _tell, around.alone)
        statuses = connect(traveller)
        arrived = collect(traveller, around.days, statuses)
        ended = stopped()
        if options.as_json:
            print(json.dumps(arrived.as_json(options.values)), flush=True)
        _tell(story(arrived, built.settings))
        if any(status >= 400 for status in statuses.values()):
            return 1
        if not options.once:
            _tell("\nServing, and fetching when due, until Ctrl-C.")
            with scheduled(built):
                ended.wait()
            _tell("Stopped.")
    return 0


def _tell(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


@contextmanager
def _real(options: Options) -> Iterator[Surroundings]:
    """With a registration of one's own: the real provider and a store that stays."""
    os.environ.setdefault(f"{PREFIX}PUBLIC_URL", f"http://{HOST}:{options.port}")
    _require_secret(services())
    yield Surroundings(LAST_DAYS, alone=False)


def _require_secret(built: Services) -> None:
    """Better told now than after a person has been sent to the consent page for nothing."""
    if not (built.settings.client_secret or client_secret(built.store.identities, built.vault)):
        raise NotConfigured(f"{_SET} is set, and no client secret.", (f"{PREFIX}CLIENT_SECRET",))


@contextmanager
def _made_up(options: Options) -> Iterator[Surroundings]:
    """Without one: the sandbox, and a store that goes, so that nothing made up ever mixes
    with real measurements."""
    with (
        tempfile.TemporaryDirectory(prefix="healthrelay-") as folder,
        sandbox(_source(options)) as peer,
    ):
        os.environ |= peer.settings | {
            f"{PREFIX}STORE": f"sqlite:///{folder}/healthrelay.db",
            f"{PREFIX}PUBLIC_URL": f"http://{HOST}:{_free(options.port)}",
        }
        _tell("No HEALTHRELAY_CLIENT_ID is set: running against the sandbox, with nothing kept.")
        past = {"base_date": peer.first_day, "end_date": peer.last_day}
        yield Surroundings(LAST_DAYS if options.shift else past, alone=True)


def _source(options: Options) -> list[str]:
    """The sandbox's own options for where its wearer's data come from."""
    if options.measurements is None:
        return []
    chosen = ["--measurements", str(options.measurements.resolve())]
    chosen += ["--participant", options.participant or ""]
    return chosen if options.shift else [*chosen, "--no-shift"]


def _free(port: int) -> int:
    """*port*, or any free one when somebody else has it."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
        except OSError:
            probe.bind((HOST, 0))
            _tell(f"Port {port} is taken, so another is used.")
        return int(probe.getsockname()[1])
