"""``healthrelay doctor``: how every person's connection is, what was read, and the next step."""

from __future__ import annotations

import json
from argparse import Namespace
from functools import partial
from typing import TYPE_CHECKING

from healthrelay.assembly import services
from healthrelay.assembly.services import Services
from healthrelay.commands.words import JSON, address, argument, command
from healthrelay.core.defect import isolate
from healthrelay.core.errors import HealthrelayError, Unknown
from healthrelay.core.igor_json import user_name
from healthrelay.core.trouble import Diagnosis, Trouble

if TYPE_CHECKING:
    from healthrelay.core.measurements.status import PersonStatus

_UNOPENED = "does not open"
_NEXT_STEP = "Put the missing key back into HEALTHRELAY_SEALING_KEYS, or enter the value again."


@command(
    "doctor",
    "how the connections are, and the next step",
    argument("user", "only this person", nargs="?"),
    argument("--url", "instead, whether the functions deployed there answer", type=address),
    JSON,
)
def run_doctor(args: Namespace) -> int:
    if args.url:
        from healthrelay.commands.deployment import print_deployment

        return print_deployment(args.url, as_json=args.json)
    built = services()
    names = [user_name(args.user)] if args.user else built.store.identities.names()
    results = {user: _examine(user, built) for user in names}
    statuses = {user: _status(user, built) for user in names}
    if not args.user:
        results |= _of_store(built) | _runs(built) | _unopened(built)
    if args.json:
        answer = {place: _as_json(one, statuses.get(place)) for place, one in results.items()}
        print(json.dumps(answer, indent=2))
    else:
        blocks = [
            connection_text(place, one, built.public_url, statuses.get(place))
            for place, one in results.items()
        ]
        print("\n\n".join(blocks) or "Nobody.")
    return 0 if all(diagnosis.well for diagnosis in results.values()) else 1


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
    units = isolate(unit_troubles, user, store, built.settings.system)
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


def connection_text(
    place: str, diagnosis: Diagnosis, public_url: str, status: PersonStatus | None = None
) -> str:
    """Return how the connection of a person is, or a sealed value, and what to do.

    With a *status*, a line of that too, and which measurements fail for good.
    """
    since = f" since {diagnosis.since:%Y-%m-%d %H:%M} UTC" if diagnosis.since else ""
    lines = [f"{place}: {diagnosis.state}{since}"]
    for trouble in diagnosis.troubles:
        lines += [trouble.sentence, trouble.next_step.replace("/auth1", f"{public_url}/auth1")]
    if status:
        from healthrelay.core.measurements.status_text import lasting_sentence, status_line

        lines += filter(None, [status_line(status), lasting_sentence(place, status)])
    return "\n  ".join(lines)
