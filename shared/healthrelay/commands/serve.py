"""``healthrelay serve``: all functions on one port, and everybody fetched when due."""

from __future__ import annotations

import argparse
import sys
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from healthrelay.commands.pairs import Commands


def add(commands: Commands) -> None:
    """Add the arguments of ``serve``."""
    serve = commands.add_parser("serve", help="serve all functions and fetch everybody when due")
    serve.add_argument("--port", type=int, default=8080)
    serve.set_defaults(command=_run_serve)


def _run_serve(args: argparse.Namespace) -> int:
    from healthrelay.assembly import services
    from healthrelay.local.scheduler import run_scheduler
    from healthrelay.local.serve import serve_functions, stop_event

    built = services()
    with serve_functions(args.port) as url, run_scheduler(built):
        event = stop_event()
        sys.stderr.write(f"Serving at {url} until Ctrl-C.\n")
        sys.stderr.flush()
        event.wait()
    return 0
