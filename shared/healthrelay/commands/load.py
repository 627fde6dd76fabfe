"""``healthrelay load FILE``: what ``healthrelay dump`` wrote, into a store."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

import click

from healthrelay.commands.arguments import PERSON, STORE
from healthrelay.commands.dump import step_progress
from healthrelay.commands.exits import worst
from healthrelay.commands.face import Invocation, command
from healthrelay.commands.output import Result
from healthrelay.commands.store import name_store
from healthrelay.core.errors import BadRequest
from healthrelay.core.plural import count, people

if TYPE_CHECKING:
    from healthrelay.core.errors import HealthrelayError
    from healthrelay.flows.transfer.dump import Dumped


@command("load", "load household.ndjson", "load household.ndjson --user jack")
@click.argument("file", type=Path, help="What dump wrote.")
@STORE
@click.option("--user", type=PERSON, help="This person alone, beside those who are in the store.")
@click.pass_obj
def run_load(invocation: Invocation, /, file: Path, store: str | None, user: str | None) -> Result:
    """Load a file of dump into a store.

    The people of the file must not exist in the store. Checks the whole file before it writes
    anything. If it is stopped, run it again: it goes on.
    """
    from healthrelay.assembly.stores import open_store
    from healthrelay.assembly.transfer import find_store, vault_of
    from healthrelay.flows.household.secrets import try_to_open
    from healthrelay.flows.transfer.load import load, load_person

    name = find_store(store)
    if invocation.verbose:
        name_store(name)
    try:
        content = file.open("rb")
    except OSError as error:
        raise BadRequest(f"{file} cannot be read ({type(error).__name__}).") from error
    target = open_store(name)
    with content, step_progress("Loading") as report:
        one = user and load_person(content, user, target)
        loaded = one or load(content, target, report)
    return _result(loaded, *try_to_open(target, vault_of(name)))


def _result(loaded: Dumped, opened: int, unopened: Mapping[str, HealthrelayError]) -> Result:
    """Return what was loaded, and which sealed values do not open with the keys of the store."""
    values = count(opened + len(unopened), "sealed value")
    lines = [
        f"{people(loaded.people)} with {count(loaded.records, 'record')}.",
        f"{opened} of {values} open with the keys of this store.",
        *(f"Not opened: {place}: {error.sentence}" for place, error in unopened.items()),
    ]
    if unopened:
        lines.append(
            "Before you start anything here, add the sealing keys of the dumped store to"
            " HEALTHRELAY_SEALING_KEYS, or put its keys.env beside the file of this one."
        )
    lines.append("Run only one of the two stores: a grant that both refresh may end.")
    refused = {place: error.sentence for place, error in unopened.items()}
    counts = {"people": loaded.people, "records": loaded.records, "opened": opened}
    return Result({**counts, "unopened": refused}, "\n".join(lines), worst(unopened.values()))
