"""``healthrelay run``: the main job on this machine."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from healthrelay.commands.arguments import PAIRS, PERSON, PORT, flag
from healthrelay.commands.face import Invocation, command
from healthrelay.commands.output import Grid, Result, Verbatim
from healthrelay.core.errors import BadRequest

if TYPE_CHECKING:
    from healthrelay.assembly.services import Services
    from healthrelay.local.demo import DemoResult


@command(
    "run",
    "run",
    "run --once --json",
    "run --provider fitbit --once",
    "run --click",
    "run --once --set methods=sleep,get_devices",
    begins=True,
)
@click.option("--user", type=PERSON, default="jack", show_default=True, help="Whose measurements.")
@flag("--once", "Stop after the first fetch.")
@flag("--click", "Give the consent yourself, on the sandbox's page.")
@PAIRS
@flag("--values", "With --json: every record.")
@click.option("--provider", metavar="NAME", help="Instead of HEALTHRELAY_PROVIDER.")
@click.option(
    "--port", metavar="PORT", type=PORT, default=8080, show_default=True, help="Where to serve."
)
@click.option(
    "--measurements", metavar="DIR", type=Path, help="A folder of Fitbit's CSV files to serve."
)
@click.option("--participant", metavar="ID", help="Whose measurements in that folder.")
@flag("--no-shift", "Leave them at their own dates.")
@click.pass_obj
def run_demo(invocation: Invocation, /, **options: Any) -> int:
    """Do the main job on this machine, then serve on.

    Connects, fetches and shows what Igor would get: from the sandbox, or with a registration from
    the real provider.
    """
    from healthrelay.local.report import HEAD, igor_text, rows
    from healthrelay.local.run import Options, run

    if (options["measurements"] is None) != (options["participant"] is None):
        raise BadRequest("--measurements and --participant belong together.")
    chosen = Options(**options)

    def show(done: DemoResult, built: Services) -> None:
        table = Grid(HEAD, rows(done.values, built.system)) if done.values else "Nothing was read."
        more = [] if chosen.once else [Verbatim(igor_text(done.setup))]
        note = _ONCE if chosen.once else ""
        invocation.show(Result(done.as_json(chosen.values), [table, *more], note=note))

    return run(chosen, show)


_ONCE = "Without --once it goes on: Igor can poll it, and it has a page."
