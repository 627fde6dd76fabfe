"""`healthrelay run`: the main job, from the consent page to what Igor would poll."""

import json
import os
import socket
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import NamedTuple
from urllib.parse import urlsplit

from healthrelay.assembly import services
from healthrelay.config import PREFIX
from healthrelay.config.readers import meant
from healthrelay.core.errors import NotConfigured
from healthrelay.flows.household.application import open_client_secret
from healthrelay.local.demo import collect, connect, print_line
from healthrelay.local.report import report
from healthrelay.local.sandbox import sandbox
from healthrelay.local.scheduler import run_scheduler
from healthrelay.local.serve import HOST, serve_functions, stop_event

LAST_DAYS = {"base_date": "today", "period": "30d"}
"""Which day today is, the wearer's own zone says."""
_SET = f"{PREFIX}CLIENT_ID"


class Options(NamedTuple):
    """The command line's options, by the names of its words."""

    user: str
    once: bool
    json: bool
    values: bool
    provider: str | None
    port: int
    measurements: Path | None
    participant: str | None
    no_shift: bool


def run(options: Options) -> int:
    """Connect, fetch, show, and serve until Ctrl-C; return the exit code."""
    if options.provider:
        os.environ[f"{PREFIX}PROVIDER"] = options.provider
    registered = bool(meant(os.environ.get(_SET, "")))
    with ExitStack() as stack:
        if registered:
            days = _use_registration(options)
        else:
            days = stack.enter_context(_with_sandbox(options))
        built = services()
        stack.enter_context(serve_functions(urlsplit(built.public_url).port or options.port))
        statuses = connect(built, options.user, automatic=not registered)
        result = collect(built, options.user, days, statuses)
        stop = stop_event()
        if options.json:
            print(json.dumps(result.as_json(options.values)), flush=True)
        print_line(report(result, built.settings))
        if any(status >= 400 for status in statuses.values()):
            return 1
        if not options.once:
            print_line("\nServing, and fetching when due, until Ctrl-C.")
            with run_scheduler(built):
                stop.wait()
            print_line("Stopped.")
    return 0


def _use_registration(options: Options) -> dict[str, str]:
    """Use the owner's registration, the real provider and a permanent store; return the days.

    Raise `NotConfigured` now, not after a person was sent to the consent page in vain.
    """
    os.environ.setdefault(f"{PREFIX}PUBLIC_URL", f"http://{HOST}:{options.port}")
    built = services()
    if not (
        built.settings.client_secret or open_client_secret(built.store.identities, built.vault)
    ):
        raise NotConfigured(f"{_SET} is set, and no client secret.", (f"{PREFIX}CLIENT_SECRET",))
    return LAST_DAYS


@contextmanager
def _with_sandbox(options: Options) -> Iterator[dict[str, str]]:
    """Use the sandbox and a temporary store: test data never mix with real measurements.

    Yields the days to fetch.
    """
    with (
        tempfile.TemporaryDirectory(prefix="healthrelay-") as folder,
        sandbox(_sandbox_options(options)) as peer,
    ):
        os.environ |= peer.settings | {
            f"{PREFIX}STORE": f"sqlite:///{folder}/healthrelay.db",
            f"{PREFIX}PUBLIC_URL": f"http://{HOST}:{_free_port(options.port)}",
        }
        print_line(
            "No HEALTHRELAY_CLIENT_ID is set: running against the sandbox; nothing is stored."
        )
        past = {"base_date": peer.first_day, "end_date": peer.last_day}
        yield past if options.no_shift else LAST_DAYS


def _sandbox_options(options: Options) -> list[str]:
    """Return the sandbox's options for the source of its wearer's data."""
    if options.measurements is None:
        return []
    words = ["--measurements", str(options.measurements.resolve())]
    words += ["--participant", options.participant or ""]
    return [*words, "--no-shift"] if options.no_shift else words


def _free_port(port: int) -> int:
    """Return *port*, or any free one when it is taken."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
        except OSError:
            probe.bind((HOST, 0))
            print_line(f"Port {port} is taken; using another.")
        return int(probe.getsockname()[1])
