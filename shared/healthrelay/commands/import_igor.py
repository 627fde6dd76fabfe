"""``healthrelay import igor``: take over a household from Igor's old plugin."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import click

from healthrelay.assembly import services
from healthrelay.commands.exits import DONE, USAGE
from healthrelay.commands.face import CommandGroup, command
from healthrelay.commands.output import Result, progress
from healthrelay.core.errors import BadRequest

if TYPE_CHECKING:
    from healthrelay.igor.old_plugin import LegacyData
    from healthrelay.igor.takeover import Takeover

PLUGINS = ("fitbit", "_fitbit")
SYSTEMS = ("en_US", "en_GB", "metric")


@command(
    "igor", "import igor database.xml", "import igor database.xml --system metric", begins=True
)
@click.argument("database", type=Path, help="Igor's database.xml.")
@click.option(
    "--plugin", metavar="NAME", help="The name it was installed under: fitbit, or _fitbit."
)
@click.option(
    "--system",
    type=click.Choice(SYSTEMS),
    default=SYSTEMS[0],
    show_default=True,
    help="Units in the database.",
)
def import_igor(database: Path, plugin: str | None, system: str) -> Result:
    """Take over people and measurements of Igor's old plugin."""
    from healthrelay.igor.takeover import take_over

    name, legacy = _read_legacy(database, plugin)
    built = services()
    lines: list[str] = []
    taken, refused = [], {}
    with progress("Taking over") as report:
        for number, person in enumerate(legacy.people):
            report(number, len(legacy.people), person.name)
            try:
                takeover = take_over(person, built.store, system, built.now())
            except BadRequest as error:
                refused[person.name[:64]] = error.sentence
                lines.append(f"{person.name[:64]}: not taken over. {error.sentence}")
            else:
                taken.append(takeover.user)
                lines += _report_lines(takeover)
    if legacy.application:
        lines.append(
            f"Not taken over from the plugin itself: {', '.join(legacy.application)}."
            " healthrelay has its own registration and units."
        )
    lines.append(f"Delete the actions that call /plugin/{name} in Igor; see docs/igor.md.")
    text = "\n".join(map(_printable, lines))
    return Result({"people": taken, "refused": refused}, text, DONE if taken else USAGE)


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


def _report_lines(takeover: Takeover) -> Iterator[str]:
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


IMPORT = CommandGroup(
    "import", help="Take over data of another program.", places={"igor": "import_igor.import_igor"}
)
