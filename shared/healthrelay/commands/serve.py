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
    serve.set_defaults(command=_serve)


def _serve(args: argparse.Namespace) -> int:
    from healthrelay.assembly import services
    from healthrelay.local.scheduler import scheduled
    from healthrelay.local.serve import serving
    from healthrelay.local.stopping import stopped

    built = services()
    with serving(args.port) as url, scheduled(built):
        event = stopped()
        sys.stderr.write(f"Serving at {url} until Ctrl-C.\n")
        sys.stderr.flush()
        event.wait()
    return 0
