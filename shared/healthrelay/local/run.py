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
from healthrelay.flows.household.application import open_client_secret
from healthrelay.local.demo import DemoRun, collect, connect
from healthrelay.local.report import report
from healthrelay.local.sandbox import sandbox
from healthrelay.local.scheduler import run_scheduler
from healthrelay.local.serve import HOST, serve_functions, stop_event

LAST_DAYS = {"base_date": "today", "period": "30d"}
"""Which day today is, the wearer's own zone says."""
_SET = f"{PREFIX}CLIENT_ID"


@dataclass(frozen=True, slots=True)
class Options:
    """The command line's options."""

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
class DemoContext:
    """The days to fetch, and whether the consent page is filled in automatically."""

    days: dict[str, str]
    automatic: bool


def run(options: Options) -> int:
    """Connect, fetch, show, and serve until Ctrl-C; return the exit code."""
    if options.provider:
        os.environ[f"{PREFIX}PROVIDER"] = options.provider
    with ExitStack() as stack:
        context = stack.enter_context(
            _with_registration(options) if os.environ.get(_SET) else _with_sandbox(options)
        )
        built = services()
        stack.enter_context(serve_functions(urlsplit(built.public_url).port or options.port))
        demo = DemoRun(built, options.user, _print_line, context.automatic)
        statuses = connect(demo)
        result = collect(demo, context.days, statuses)
        stop = stop_event()
        if options.as_json:
            print(json.dumps(result.as_json(options.values)), flush=True)
        _print_line(report(result, built.settings))
        if any(status >= 400 for status in statuses.values()):
            return 1
        if not options.once:
            _print_line("\nServing, and fetching when due, until Ctrl-C.")
            with run_scheduler(built):
                stop.wait()
            _print_line("Stopped.")
    return 0


def _print_line(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


@contextmanager
def _with_registration(options: Options) -> Iterator[DemoContext]:
    """Use the owner's registration: the real provider and a permanent store."""
    os.environ.setdefault(f"{PREFIX}PUBLIC_URL", f"http://{HOST}:{options.port}")
    _require_secret(services())
    yield DemoContext(LAST_DAYS, automatic=False)


def _require_secret(built: Services) -> None:
    """Raise `NotConfigured` now, not after a person was sent to the consent page in vain."""
    if not (
        built.settings.client_secret or open_client_secret(built.store.identities, built.vault)
    ):
        raise NotConfigured(f"{_SET} is set, and no client secret.", (f"{PREFIX}CLIENT_SECRET",))


@contextmanager
def _with_sandbox(options: Options) -> Iterator[DemoContext]:
    """Use the sandbox and a temporary store: test data never mix with real measurements."""
    with (
        tempfile.TemporaryDirectory(prefix="healthrelay-") as folder,
        sandbox(_sandbox_options(options)) as peer,
    ):
        os.environ |= peer.settings | {
            f"{PREFIX}STORE": f"sqlite:///{folder}/healthrelay.db",
            f"{PREFIX}PUBLIC_URL": f"http://{HOST}:{_free_port(options.port)}",
        }
        _print_line(
            "No HEALTHRELAY_CLIENT_ID is set: running against the sandbox; nothing is stored."
        )
        past = {"base_date": peer.first_day, "end_date": peer.last_day}
        yield DemoContext(LAST_DAYS if options.shift else past, automatic=True)


def _sandbox_options(options: Options) -> list[str]:
    """Return the sandbox's options for the source of its wearer's data."""
    if options.measurements is None:
        return []
    words = ["--measurements", str(options.measurements.resolve())]
    words += ["--participant", options.participant or ""]
    return words if options.shift else [*words, "--no-shift"]


def _free_port(port: int) -> int:
    """Return *port*, or any free one when it is taken."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
        except OSError:
            probe.bind((HOST, 0))
            _print_line(f"Port {port} is taken; using another.")
        return int(probe.getsockname()[1])
