"""`healthrelay run`: the main job, from the consent page to what Igor would poll."""

import os
import socket
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import NamedTuple
from urllib.parse import urlsplit

from healthrelay.assembly import services
from healthrelay.assembly.services import Services
from healthrelay.config import PREFIX
from healthrelay.config.readers import meant
from healthrelay.core.errors import NotConfigured
from healthrelay.flows.household.application import open_client_secret
from healthrelay.local.demo import DemoResult, collect, connect, print_line
from healthrelay.local.sandbox import SandboxProcess, sandbox
from healthrelay.local.sandbox_people import OPTIONS, add_others
from healthrelay.local.scheduler import run_scheduler
from healthrelay.local.serve import HOST, serve_functions, stop_event
from healthrelay.web.setup.links import page_link

_SET = f"{PREFIX}CLIENT_ID"


class Options(NamedTuple):
    """The command line's options, by the names of its words."""

    user: str
    once: bool
    click: bool
    values: bool
    pairs: Sequence[tuple[str, str]]
    provider: str | None
    port: int
    measurements: Path | None
    participant: str | None
    no_shift: bool


def run(options: Options, show: Callable[[DemoResult, Services], None]) -> int:
    """Connect, fetch, *show*, and serve until Ctrl-C; return the exit code."""
    if options.provider:
        os.environ[f"{PREFIX}PROVIDER"] = options.provider
    registered = bool(meant(os.environ.get(_SET, "")))
    with ExitStack() as stack:
        peer = None if registered else stack.enter_context(_with_sandbox(options))
        built = _registered(options) if registered else services()
        stack.enter_context(serve_functions(urlsplit(built.public_url).port or options.port))
        automatic = not registered and not options.click
        statuses = connect(built, options.user, dict(options.pairs), automatic=automatic)
        result = collect(built, options.user, _days(peer, options), statuses)
        stop = stop_event()
        show(result, built)
        if any(status >= 400 for status in statuses.values()):
            return 1
        if options.once:
            return 0
        if peer and not options.measurements:
            add_others(options.user, built.settings, peer.url)
        print_line(f"\nThe page, opened once by this link:\n\n  {page_link(built)}")
        print_line("\nServing, and fetching when due, until Ctrl-C.")
        with run_scheduler(built):
            stop.wait()
            built.places.close()
        print_line("Stopped.")
    return 0


def _days(peer: SandboxProcess | None, options: Options) -> dict[str, str]:
    """Return the days to fetch: those of a recording that was not moved; else it is left open."""
    if peer is None or not options.no_shift:
        return {}
    return {"base_date": peer.first_day, "end_date": peer.last_day}


def _registered(options: Options) -> Services:
    """Use the owner's registration, the real provider and a permanent store.

    Raise `NotConfigured` now, not after a person was sent to the consent page in vain.
    """
    os.environ.setdefault(f"{PREFIX}PUBLIC_URL", f"http://{HOST}:{options.port}")
    built = services()
    if not (
        built.settings.client_secret or open_client_secret(built.store.identities, built.vault)
    ):
        raise NotConfigured(f"{_SET} is set, and no client secret.", (f"{PREFIX}CLIENT_SECRET",))
    return built


@contextmanager
def _with_sandbox(options: Options) -> Iterator[SandboxProcess]:
    """Use the sandbox and a temporary store: test data never mix with real measurements."""
    with (
        tempfile.TemporaryDirectory(prefix="healthrelay-") as folder,
        sandbox(_sandbox_options(options)) as peer,
    ):
        os.environ |= peer.settings | {
            f"{PREFIX}STORE": f"sqlite:///{folder}/healthrelay.db",
            f"{PREFIX}PUBLIC_URL": f"http://{HOST}:{_free_port(options.port)}",
            f"{PREFIX}RELAY_URL": "",
        }
        print_line(
            "No HEALTHRELAY_CLIENT_ID is set: running against the sandbox; nothing is stored."
        )
        yield peer


def _sandbox_options(options: Options) -> list[str]:
    """Return the sandbox's options for the source of its wearer's data."""
    if options.measurements is None:
        return list(OPTIONS)
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
