"""``healthrelay copy-store FROM TO``: everything that one store holds, into another."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING

from healthrelay.core.errors import BadRequest

if TYPE_CHECKING:
    from collections.abc import Iterator

    from healthrelay.commands.pairs import Commands
    from healthrelay.flows.copy_store import Copied
    from healthrelay.ports.store import Store


def add(commands: Commands) -> None:
    """The words of ``copy-store``."""
    copy = commands.add_parser(
        "copy-store",
        help="copy a whole store into another; it can be stopped and run again",
        description="FROM and TO are sqlite:///path or firestore, as HEALTHRELAY_STORE names them.",
    )
    copy.add_argument("source", metavar="FROM")
    copy.add_argument("target", metavar="TO")
    copy.add_argument(
        "--overwrite", action="store_true", help="give up what TO has of the people of FROM"
    )
    copy.set_defaults(command=_copy)


def _copy(said: argparse.Namespace) -> int:
    from healthrelay.assembly import copying
    from healthrelay.flows.copy_store import Copy
    from healthrelay.local.bar import bar

    if copying.same(said.source, said.target):
        raise BadRequest("FROM and TO are the same store.")
    source, target = copying.source(said.source), copying.target(said.target)
    with bar() as tell:
        copied = Copy(source, target, tell).run(overwrite=said.overwrite)
    print("\n".join(_compared(copied)))
    opened = _opened(said.source, said.target, target)
    return 0 if opened and not copied.different else 1


def _compared(copied: Copied) -> Iterator[str]:
    yield f"{copied.people} people with {copied.records} records; {copied.written} people written."
    if copied.different:
        yield f"Not the same in both: {', '.join(copied.different)}."
        yield "Somebody writes to one of the stores: stop that, and run this again."
    else:
        yield "Read again from both stores and compared: the same."
        yield "From now on let only one of them be served: a grant that both refresh may end."


def _opened(source_name: str, target_name: str, target: Store) -> bool:
    """Say whether what is sealed opens there; False when it does not."""
    from healthrelay.assembly import copying
    from healthrelay.flows.seals import seals, unopened

    vault = copying.keys_of(target_name)
    if vault is None:
        if count := len(list(seals(target))):
            kept = copying.keys_beside(source_name)
            where = f" Those of FROM are in {kept}." if kept else ""
            print(f"{count} sealed secrets were copied as they are. TO needs the sealing keys of")
            print(f"FROM, before anything is started there; whether it has was not seen.{where}")
        return True
    count, closed = unopened(target, vault)
    for place, why in closed.items():
        print(f"Not opened: {place}: {why}")
    if closed:
        print("TO needs the sealing keys of FROM in HEALTHRELAY_SEALING_KEYS.")
        return False
    print(f"{count} sealed secrets, and all open with the keys of TO.")
    return True
