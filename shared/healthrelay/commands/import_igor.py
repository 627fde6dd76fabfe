"""``healthrelay import igor``: take over a household from Igor's old plugin."""

from __future__ import annotations

from argparse import Namespace
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from healthrelay.assembly import services
from healthrelay.commands.words import Command, argument, command
from healthrelay.core.errors import BadRequest

if TYPE_CHECKING:
    from healthrelay.igor.old_plugin import LegacyData
    from healthrelay.igor.takeover import Takeover

PLUGINS = ("fitbit", "_fitbit")
SYSTEMS = ("en_US", "en_GB", "metric")


@command(
    "igor",
    "people and measurements of Igor's old plugin",
    argument("database", "Igor's database.xml", type=Path),
    argument("--plugin", "the name it was installed under, fitbit or _fitbit"),
    argument("--system", "units in the database", choices=SYSTEMS, default=SYSTEMS[0]),
    begins=True,
)
def import_igor(args: Namespace) -> None:
    from healthrelay.igor.takeover import take_over

    plugin, legacy = _read_legacy(args.database, args.plugin)
    built = services()
    for person in legacy.people:
        try:
            takeover = take_over(person, built.store, args.system, built.now())
        except BadRequest as error:
            print(f"{person.name[:64]}: not taken over. {error.sentence}")
        else:
            print("\n".join(_printable(line) for line in _print_report(takeover)))
    if legacy.application:
        print(
            f"Not taken over from the plugin itself: {', '.join(legacy.application)}."
            " healthrelay has its own registration and units."
        )
    print(f"Delete the actions that call /plugin/{plugin} in Igor; see docs/igor.md.")


def _read_legacy(database: Path, plugin: str | None) -> tuple[str, LegacyData]:
    from healthrelay.igor.database import read_database

    try:
        content = database.read_bytes()
    except OSError as error:
        raise BadRequest(f"{database} cannot be read ({error.strerror}).") from None
    names = (plugin,) if plugin else PLUGINS
    for name in names:
        legacy = read_database(content, name)
        if legacy.people:
            return name, legacy
    raise BadRequest(f"{database} has no people of the plugin {' or '.join(names)}.")


def _print_report(takeover: Takeover) -> Iterator[str]:
    settings = ", ".join(f"{name}={value}" for name, value in takeover.settings.items())
    state = "created" if takeover.created else "already existed"
    yield f"{takeover.user}: {state}, {f'with {settings}' if settings else 'without settings'}."
    yield from (f"  not taken over: {sentence.rstrip('.')}." for sentence in takeover.refusals)
    for name, series in takeover.series.items():
        yield f"  {name}: {series.added} taken over, {series.known} already known."
        for reason, count in series.left_out.items():
            yield f"  {name}: {count} left out: {reason}."
    consent = "The consent for the old plugin ends with it" if takeover.connected else "No consent"
    yield f"  {consent}: {takeover.user} must connect. Next: healthrelay invite {takeover.user}"


def _printable(line: str) -> str:
    """Return *line* without control characters: the database's text must not steer the terminal."""
    return "".join(letter if letter.isprintable() else "?" for letter in line)


IMPORT = Command("import", "take over data of another program", parts=(import_igor,))
