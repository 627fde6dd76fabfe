"""``healthrelay doctor``: how every person's connection is, and the next step."""

import json
from argparse import Namespace

from healthrelay.assembly import services
from healthrelay.assembly.services import Services
from healthrelay.commands.words import JSON, argument, command
from healthrelay.core.igor_json import user_name
from healthrelay.core.trouble import Diagnosis

_NEXT_STEP = "Put the missing key back into HEALTHRELAY_SEALING_KEYS, or enter the value again."


@command(
    "doctor",
    "how the connections are, and the next step",
    argument("user", "only this person", nargs="?"),
    argument("--url", "instead, whether the functions deployed there answer"),
    JSON,
)
def run_doctor(args: Namespace) -> int:
    if args.url:
        from healthrelay.commands.deployment import print_deployment

        return print_deployment(args.url, as_json=args.json)
    from healthrelay.flows.grants.doctor import examine

    built = services()
    store, consent, now = built.store, built.consent, built.now()
    names = [user_name(args.user)] if args.user else store.identities.names()
    # Only a grant needs the registration; whoever has none is examined without it.
    results = {u: examine(u, store, lambda u: built.grants.load(u), consent, now) for u in names}
    if not args.user:
        results |= _unopened(built)
    if args.json:
        answer = {user: diagnosis.as_json() for user, diagnosis in results.items()}
        print(json.dumps(answer, indent=2))
    else:
        blocks = [_in_words(*result, built.public_url) for result in results.items()]
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


def _in_words(user: str, diagnosis: Diagnosis, public_url: str) -> str:
    since = f" since {diagnosis.since:%Y-%m-%d %H:%M} UTC" if diagnosis.since else ""
    lines = [f"{user}: {diagnosis.state}{since}"]
    for trouble in diagnosis.troubles:
        lines += [trouble.sentence, trouble.next_step.replace("/auth1", f"{public_url}/auth1")]
    return "\n  ".join(lines)
