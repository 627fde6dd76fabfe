"""``healthrelay load FILE``: what ``healthrelay dump`` wrote, into a store."""

from __future__ import annotations

from argparse import Namespace
from pathlib import Path
from typing import TYPE_CHECKING

from healthrelay.commands.dump import STORE, progress_bar
from healthrelay.commands.store import name_store
from healthrelay.commands.words import argument, command
from healthrelay.core.errors import BadRequest
from healthrelay.core.igor_json import user_name

if TYPE_CHECKING:
    from healthrelay.ports.peers import Vault
    from healthrelay.ports.store import Store


@command(
    "load",
    "load a file of dump into a store",
    argument("file", type=Path, metavar="FILE"),
    STORE,
    argument("--user", "this person alone, beside those who are in the store", metavar="NAME"),
    description="The people of the file must not exist in the store. Checks the whole file"
    " before it writes anything. If it is stopped, run it again: it goes on.",
)
def run_load(args: Namespace) -> int:
    from healthrelay.assembly.stores import open_store
    from healthrelay.assembly.transfer import find_store, vault_of
    from healthrelay.flows.transfer.load import load, load_person

    name = find_store(args.store)
    if args.verbose:
        name_store(name)
    try:
        file = args.file.open("rb")
    except OSError as error:
        raise BadRequest(f"{args.file} cannot be read ({type(error).__name__}).") from error
    store = open_store(name)
    with file, progress_bar() as report:
        user = args.user and user_name(args.user)
        loaded = load_person(file, user, store) if user else load(file, store, report)
    print(f"{loaded.people} people with {loaded.records} records.")
    return 0 if _report_secrets(store, vault_of(name)) else 1


def _report_secrets(store: Store, vault: Vault) -> bool:
    """Print which sealed values do not open with the keys of the store; return whether all do."""
    from healthrelay.flows.household.secrets import try_to_open

    opened, unopened = try_to_open(store, vault)
    count = opened + len(unopened)
    print(f"{opened} of {count} sealed values open with the keys of this store.")
    for place, error in unopened.items():
        print(f"Not opened: {place}: {error.sentence}")
    if unopened:
        print(
            "Before you start anything here, add the sealing keys of the dumped store to"
            " HEALTHRELAY_SEALING_KEYS, or put its keys.env beside the file of this one."
        )
    print("Run only one of the two stores: a grant that both refresh may end.")
    return not unopened
