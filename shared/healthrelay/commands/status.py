"""``healthrelay status``: what was read of a person, and which days may still change."""

from __future__ import annotations

from typing import TYPE_CHECKING

from healthrelay.assembly import services
from healthrelay.commands.arguments import ANY_USER
from healthrelay.commands.doctor import connection_text
from healthrelay.commands.face import command
from healthrelay.commands.output import Grid, Result

if TYPE_CHECKING:
    from healthrelay.assembly.services import Services


@command("status", "status", "status jack")
@ANY_USER
def run_status(user: str | None) -> Result:
    """Show everybody on one screen, or what was read of one person.

    Of everybody: newest weight, state, next fetch, and how targets are. Of one person: which days
    are open, settled, empty or failed, and why.
    """
    if user is None:
        from healthrelay.commands.overview import overview

        return overview(services())
    return _of_person(user, services())


def _of_person(user: str, built: Services) -> Result:
    from healthrelay.core.measurements.status_text import (
        STATES,
        lasting_sentence,
        status_rows,
        status_sentences,
        status_table,
    )
    from healthrelay.flows.grants.doctor import examine
    from healthrelay.flows.measurements.status import read_status

    now, store, provider = built.now(), built.store, built.settings.provider
    status = read_status(user, now, store=store, provider=provider)
    diagnosis = examine(user, store, lambda user: built.grants.load(user), built.consent, now)
    data = {"user": user, "connection": diagnosis.as_json(), **status.as_json()}
    connection = connection_text(user, diagnosis)
    sentences = [*status_sentences(status), lasting_sentence(user, status)]
    parts: list[str | Grid] = [connection, "", "\n".join(filter(None, sentences))]
    if status.series:
        head, *rows = status_rows(status)
        parts += ["", Grid(head, rows, status_table(status)), STATES]
    return Result(data, parts)
