"""``healthrelay run``: the main job on this machine."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from healthrelay.core.errors import BadRequest

if TYPE_CHECKING:
    from healthrelay.commands.pairs import Commands


def add(commands: Commands) -> None:
    """Add the parser of ``run``."""
    parser = commands.add_parser("run", help="the main job on this machine, then serve on")
    parser.add_argument("--user", default="jack")
    parser.add_argument("--once", action="store_true", help="stop after the first fetch")
    parser.add_argument("--json", action="store_true", help="one JSON object on standard output")
    parser.add_argument("--values", action="store_true", help="with --json: every record")
    parser.add_argument("--provider", metavar="NAME", help="instead of HEALTHRELAY_PROVIDER")
    parser.add_argument("--port", type=int, default=8080)
    parser.add_argument("--measurements", type=Path, help="a folder of Fitbit's CSV files to serve")
    parser.add_argument("--participant", help="whose measurements")
    parser.add_argument("--no-shift", action="store_true", help="leave them at their own dates")
    parser.set_defaults(command=_run_demo)


def _run_demo(args: argparse.Namespace) -> int:
    from healthrelay.local.run import Options, run

    if (args.measurements is None) != (args.participant is None):
        raise BadRequest("--measurements and --participant belong together.")
    return run(
        Options(
            user=args.user,
            once=args.once,
            as_json=args.json,
            values=args.values,
            provider=args.provider,
            port=args.port,
            measurements=args.measurements,
            participant=args.participant,
            shift=not args.no_shift,
        )
    )
