"""``healthrelay doctor``: how every person's connection is, what was read, and the next step."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

import click

from healthrelay.assembly import services
from healthrelay.assembly.services import Services
from healthrelay.commands.arguments import ADDRESS, ANY_USER
from healthrelay.commands.exits import worst
from healthrelay.commands.face import command
from healthrelay.commands.output import Result
from healthrelay.core.defect import isolate
from healthrelay.core.errors import HealthrelayError, Unknown
from healthrelay.core.trouble import Diagnosis, Trouble

if TYPE_CHECKING:
    from healthrelay.core.measurements.status import PersonStatus

_UNOPENED = "does not open"
_NEXT_STEP = "Put the missing key back into HEALTHRELAY_SEALING_KEYS, or enter the value again."


@command("doctor", "doctor", "doctor jack", "doctor --url https://relay.example")
@ANY_USER
@click.option("--url", type=ADDRESS, help="Instead, whether the functions deployed there answer.")
def run_doctor(user: str | None, url: str | None) -> Result:
    """Show how the connections are, and the next step."""
    if url:
        from healthrelay.commands.deployment import deployment_result

        return deployment_result(url)
    built = services()
    names = [user] if user else built.store.identities.names()
    results = {name: _examine(name, built) for name in names}
    statuses = {name: _status(name, built) for name in names}
    if not user:
        results |= _of_store(built) | _runs(built) | _unopened(built)
    data = {place: _as_json(one, statuses.get(place)) for place, one in results.items()}
    blocks = [connection_text(place, one, statuses.get(place)) for place, one in results.items()]
    troubles = [trouble for one in results.values() for trouble in one.troubles]
    code = worst(trouble for trouble in troubles if trouble.who in ("wearer", "owner"))
    return Result(data, "\n\n".join(blocks) or "Nobody.", code)


def _examine(user: str, built: Services) -> Diagnosis:
    """Return how *user* is, as far as what is stored of them can be read. Raise `Unknown`."""
    from healthrelay.flows.grants.doctor import examine
    from healthrelay.flows.household.damage import find_damage
    from healthrelay.flows.measurements.unit_troubles import unit_troubles

    store, consent, now = built.store, built.consent, built.now()
    # Only a grant needs the registration; whoever has none is examined without it.
    diagnosis = isolate(examine, user, store, lambda u: built.grants.load(u), consent, now)
    if isinstance(diagnosis, Unknown):
        raise diagnosis
    if isinstance(diagnosis, HealthrelayError):
        diagnosis = Diagnosis(diagnosis.cause, None, diagnosis.as_trouble())
    units = isolate(lambda: unit_troubles(user, store, built.system))
    damage = find_damage(user, store)
    return diagnosis._replace(units=units if isinstance(units, tuple) else (), damage=damage)


def _status(user: str, built: Services) -> PersonStatus | None:
    """Return how the measurements of *user* are; None where they cannot be read."""
    from healthrelay.flows.measurements.status import read_status

    store, provider = built.store, built.settings.provider
    status = isolate(partial(read_status, store=store, provider=provider), user, built.now())
    return None if isinstance(status, HealthrelayError) else status


def _of_store(built: Services) -> dict[str, Diagnosis]:
    """Return the trouble with the store as a whole, and with the keys beside it."""
    from pathlib import Path

    from healthrelay.adapters.sqlite.checkup import open_to_others
    from healthrelay.config.load import keys_file

    path = built.settings.store.path
    beside = open_to_others(keys_file(path)) if path and Path(path).exists() else ()
    troubles = tuple(error.as_trouble() for error in (*built.store.problems(), *beside))
    return {"store": Diagnosis("needs you", damage=troubles)} if troubles else {}


def _runs(built: Services) -> dict[str, Diagnosis]:
    """Return when what is done for everybody was last done, if ever, and the trouble with that."""
    from healthrelay.core.runs import overdue, runs_text

    times = isolate(built.store.runs.load)
    if isinstance(times, HealthrelayError):
        return {"runs": Diagnosis("not known", None, times.as_trouble())}
    late = overdue(times, built.now())
    diagnosis = Diagnosis(runs_text(times), None, late.as_trouble() if late else None)
    return {"runs": diagnosis} if times else {}


def _unopened(built: Services) -> dict[str, Diagnosis]:
    """Return the trouble with each sealed value that does not open, by its place."""
    from healthrelay.flows.household.secrets import try_to_open

    _, errors = try_to_open(built.store, built.vault)
    return {
        place: Diagnosis(_UNOPENED, None, _unopened_trouble(error))
        for place, error in errors.items()
    }


def _unopened_trouble(error: HealthrelayError) -> Trouble:
    trouble = error.as_trouble()
    return trouble if error.next_step else trouble._replace(next_step=_NEXT_STEP)


def _as_json(diagnosis: Diagnosis, status: PersonStatus | None) -> dict[str, object]:
    """Return the connection of a person, and how their measurements are."""
    return {**diagnosis.as_json(), **({"measurements": status.summary_json()} if status else {})}


def connection_text(place: str, diagnosis: Diagnosis, status: PersonStatus | None = None) -> str:
    """Return how the connection of a person is, or a sealed value, and what to do.

    With a *status*, a line of that too, and which measurements fail for good. Where a program gets
    the address at which a person connects, which asks them for the owner's key, the owner gets the
    command that prints a link for them.
    """
    from healthrelay.core.grants.diagnosis import connect_link

    link, invite = connect_link(place), f"healthrelay invite {place}"
    since = f" since {diagnosis.since:%Y-%m-%d %H:%M} UTC" if diagnosis.since else ""
    lines = [f"{place}: {diagnosis.state}{since}"]
    for trouble in diagnosis.troubles:
        lines += [trouble.sentence, trouble.next_step.replace(link, invite)]
    if status:
        from healthrelay.core.measurements.status_text import lasting_sentence, status_line

        lines += filter(None, [status_line(status), lasting_sentence(place, status)])
    return "\n  ".join(lines)
