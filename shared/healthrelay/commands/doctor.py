"""``healthrelay doctor``: how every person's connection is, what was read, and the next step."""

from __future__ import annotations

import json
from argparse import Namespace
from typing import TYPE_CHECKING

from healthrelay.assembly import services
from healthrelay.assembly.services import Services
from healthrelay.commands.words import JSON, address, argument, command
from healthrelay.core.igor_json import user_name
from healthrelay.core.trouble import Diagnosis

if TYPE_CHECKING:
    from healthrelay.core.measurements.status import PersonStatus

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
    from healthrelay.flows.grants.doctor import examine
    from healthrelay.flows.measurements.status import read_status
    from healthrelay.flows.measurements.unit_troubles import unit_troubles

    built = services()
    store, consent, now = built.store, built.consent, built.now()
    names = [user_name(args.user)] if args.user else store.identities.names()
    # Only a grant needs the registration; whoever has none is examined without it.
    results = {
        user: examine(user, store, lambda u: built.grants.load(u), consent, now)._replace(
            units=unit_troubles(user, store, built.settings.system)
        )
        for user in names
    }
    provider = built.settings.provider
    statuses = {u: read_status(u, now, store=store, provider=provider) for u in names}
    if not args.user:
        results |= _unopened(built)
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


def _unopened(built: Services) -> dict[str, Diagnosis]:
    """Return the trouble with each sealed value that does not open, by its place."""
    from healthrelay.flows.household.secrets import try_to_open

    _, errors = try_to_open(built.store, built.vault)
    return {
        place: Diagnosis("does not open", None, error.as_trouble()._replace(next_step=_NEXT_STEP))
        for place, error in errors.items()
    }


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
