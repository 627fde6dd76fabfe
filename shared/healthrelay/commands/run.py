"""``healthrelay run``: the main job on this machine."""

from argparse import Namespace
from pathlib import Path

from healthrelay.commands.words import JSON, argument, command, flag, port
from healthrelay.core.errors import BadRequest


@command(
    "run",
    "the main job on this machine, then serve on",
    argument("--user", default="jack"),
    flag("--once", "stop after the first fetch"),
    JSON,
    flag("--values", "with --json: every record"),
    argument("--provider", "instead of HEALTHRELAY_PROVIDER", metavar="NAME"),
    argument("--port", type=port, default=8080),
    argument("--measurements", "a folder of Fitbit's CSV files to serve", type=Path),
    argument("--participant", "whose measurements"),
    flag("--no-shift", "leave them at their own dates"),
    begins=True,
)
def run_demo(args: Namespace) -> int:
    from healthrelay.local.run import Options, run

    if (args.measurements is None) != (args.participant is None):
        raise BadRequest("--measurements and --participant belong together.")
    return run(Options(*(getattr(args, name) for name in Options._fields)))
