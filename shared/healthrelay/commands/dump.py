"""``healthrelay dump``: everything that a store holds, into one file."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from healthrelay.commands.arguments import STORE
from healthrelay.commands.exits import worst
from healthrelay.commands.face import Invocation, command
from healthrelay.commands.files import private_file
from healthrelay.commands.output import Result, progress
from healthrelay.commands.store import name_store, no_store
from healthrelay.core.errors import BadRequest
from healthrelay.core.plural import count, people

if TYPE_CHECKING:
    from healthrelay.config.store_name import StoreName
    from healthrelay.flows.transfer.dump import Dumped
    from healthrelay.flows.transfer.person import Step

_STANDARD = "-"


@command("dump", "dump household.ndjson", "dump - --store firestore")
@click.argument("file", default=_STANDARD, metavar="[FILE]", help="Where to; -: standard output.")
@STORE
@click.pass_obj
def run_dump(invocation: Invocation, /, file: str, store: str | None) -> Result:
    """Write everything that a store holds into one file.

    Writes people, settings, sealed logins, measurements and logs. No key is needed: what is sealed
    stays sealed.
    """
    from healthrelay.assembly.stores import open_store
    from healthrelay.flows.transfer.dump import dump

    if file == _STANDARD and invocation.as_json:
        raise BadRequest("With --json, name a FILE: standard output is for one of the two.")
    name = _store_name(store, verbose=invocation.verbose)
    output = nullcontext(sys.stdout.buffer) if file == _STANDARD else private_file(Path(file))
    with output as out, step_progress("Writing") as report:
        dumped = dump(open_store(name), datetime.now(UTC), out.write, report)
    return _result(file, dumped)


def _store_name(given: str | None, *, verbose: bool) -> StoreName:
    """Return the store to read. Raise where there is none."""
    from healthrelay.assembly.transfer import find_store

    name = find_store(given)
    if verbose:
        name_store(name)
    if name.path is not None and not Path(name.path).is_file():
        path = Path(name.path).absolute()
        raise BadRequest(f"There is no store at {path}.") if given else no_store(path)
    return name


def _result(file: str, dumped: Dumped) -> Result:
    lines = [
        f"{people(dumped.people)} with {count(dumped.records, 'record')}.",
        "What is sealed opens with the sealing keys alone: keep them too, in another place.",
    ]
    for user, error in dumped.left_out.items():
        lines.append(f"{user} is not in the file: {error.sentence} {error.next_step}")
    left_out = {user: error.sentence for user, error in dumped.left_out.items()}
    data = {**dumped._asdict(), "file": file, "left_out": left_out}
    return Result(data, (), worst(dumped.left_out.values()), "\n".join(lines))


@contextmanager
def step_progress(what: str) -> Iterator[Callable[[Step], None]]:
    """Yield what draws how far a transfer is, as `output.progress`."""
    with progress(what) as report:
        yield lambda step: report(step.number - 1, step.people, step.user)
