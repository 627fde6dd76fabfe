"""``healthrelay import igor``: a household taken over from Igor's old plugin."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from healthrelay.core.errors import BadRequest

if TYPE_CHECKING:
    from collections.abc import Iterator

    from healthrelay.commands.pairs import Commands
    from healthrelay.igor.old_plugin import Left
    from healthrelay.igor.takeover import TakenOver

PLUGINS = ("fitbit", "_fitbit")
SYSTEMS = ("en_US", "en_GB", "metric")


def add(commands: Commands) -> None:
    """The words of ``import igor``."""
    sources = commands.add_parser("import", help="take over what another kept").add_subparsers(
        required=True
    )
    igor = sources.add_parser("igor", help="people and measurements of Igor's old plugin")
    igor.add_argument("database", type=Path, help="Igor's database.xml")
    igor.add_argument("--plugin", help="the name it was installed under, fitbit or _fitbit")
    igor.add_argument("--system", choices=SYSTEMS, default=SYSTEMS[0], help="units in the database")
    igor.set_defaults(command=_import_igor)


def _import_igor(said: argparse.Namespace) -> int:
    from healthrelay.assembly import services
    from healthrelay.igor.old_plugin import Units
    from healthrelay.igor.takeover import take_over

    plugin, left = _left(said.database, said.plugin)
    built = services()
    units = Units(said.system, built.settings.system)
    for person in left.people:
        try:
            taken = take_over(person, built.store, units, built.now())
        except BadRequest as error:
            print(f"{person.name[:64]}: not taken over. {error.sentence}")
        else:
            print("\n".join(_printable(line) for line in _told(taken)))
    if left.application:
        print(
            f"Of the plugin itself not taken over: {', '.join(left.application)}."
            " healthrelay has a registration and units of its own."
        )
    print(f"Delete the actions that call /plugin/{plugin} in Igor; docs/igor.md has the rest.")
    return 0


def _left(database: Path, plugin: str | None) -> tuple[str, Left]:
    from healthrelay.igor.database import read

    try:
        whole = database.read_bytes()
    except OSError as error:
        raise BadRequest(f"{database} cannot be read ({error.strerror}).") from None
    names = (plugin,) if plugin else PLUGINS
    for name in names:
        left = read(whole, name)
        if left.people:
            return name, left
    raise BadRequest(f"{database} holds nobody of the plugin {' or '.join(names)}.")


def _told(taken: TakenOver) -> Iterator[str]:
    settings = ", ".join(f"{name}={value}" for name, value in taken.settings.items())
    state = "made" if taken.made else "was here"
    yield f"{taken.user}: {state}, {f'with {settings}' if settings else 'without settings'}."
    yield from (f"  not taken over: {sentence.rstrip('.')}." for sentence in taken.not_taken)
    for name, series in taken.series.items():
        yield f"  {name}: {series.added} taken over, {series.known} known already."
        for reason, count in series.left_out.items():
            yield f"  {name}: {count} left out: {reason}."
    given = "The consent given to the old plugin ends with it" if taken.connected else "No consent"
    yield f"  {given}: {taken.user} must connect. Next: healthrelay invite {taken.user}"


def _printable(line: str) -> str:
    """What stood in the database must not steer the terminal."""
    return "".join(letter if letter.isprintable() else "?" for letter in line)
