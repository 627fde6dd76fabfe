"""``healthrelay user …`` and ``invite``: the people and their way in."""

from argparse import Namespace

from healthrelay import log
from healthrelay.assembly import services
from healthrelay.assembly.services import Services
from healthrelay.commands.words import PAIRS, USER, Command, command, flag, parse_pairs
from healthrelay.core.defect import isolate
from healthrelay.core.errors import HealthrelayError
from healthrelay.core.household.settings import KEPT_FROM
from healthrelay.core.igor_json import user_name


@command("add", "make a person", USER, PAIRS, begins=True)
def add_user(args: Namespace) -> None:
    from healthrelay.flows.household import people

    built = services()
    people.add(args.user, parse_pairs(args.pairs), built.store.identities, built.now().date())
    print(f"Created. Next: healthrelay invite {args.user}")


@command("set", "change a person's settings; NAME= takes one away", USER, PAIRS)
def set_user(args: Namespace) -> None:
    from healthrelay.flows.grants.rounds import scopes_for
    from healthrelay.flows.household import people

    built = services()
    today = built.now().date()
    settings = people.change(args.user, parse_pairs(args.pairs), built.store.identities, today)
    print("\n".join(f"{name}={value}" for name, value in settings.items()))
    scopes = scopes_for(args.user, built.consent, built.store.identities)
    granted = _granted_text(args.user, built)
    missing = [built.consent.scopes[scope] for scope in scopes if scope not in (granted or scopes)]
    if missing:
        next_step = f"Next: healthrelay invite {args.user}"
        log.write_text(f"The consent does not cover {' and '.join(missing)}. {next_step}\n")


def _granted_text(user: str, built: Services) -> list[str] | None:
    """Return the scopes of the stored grant; None where there is none."""
    stored = built.store.tokens.load(user)
    scopes = stored.document.get("scopes") if stored else None
    return [str(scope) for scope in scopes] if isinstance(scopes, list) else None


@command("list", "all people")
def list_users(args: Namespace) -> int:
    built = services()
    lines = {name: isolate(_line, name, built) for name in built.store.identities.names()}
    for name, line in lines.items():
        print(f"{name}\t{line}")
    return 1 if any(isinstance(line, HealthrelayError) for line in lines.values()) else 0


def _line(name: str, built: Services) -> str:
    """Return how *name* is connected, and their settings."""
    granted = _granted_text(name, built)
    scopes = built.consent.scopes.items()
    allowed = [label for scope, label in scopes if scope in (granted or ())]
    settings = built.store.identities.settings(name) or {}
    state = "not connected" if granted is None else f"connected: {', '.join(allowed)}"
    state = "kept" if KEPT_FROM in settings else state
    return "\t".join([state, *(f"{k}={v}" for k, v in settings.items())])


@command("key", "make a new poll key and show it once", USER)
def print_new_key(args: Namespace) -> None:
    from healthrelay.flows.delivery.poll import new_poll_key

    print(new_poll_key(user_name(args.user), services().store.identities))


@command(
    "invite",
    "a link with which a person connects, once, within a week",
    USER,
    flag("--reusable", "it may connect more than once"),
)
def print_invitation(args: Namespace) -> None:
    print(services().invitation_link(user_name(args.user), reusable=args.reusable))


_PARTS = (add_user, set_user, list_users, print_new_key)
PEOPLE = Command("user", "make, change and list people", parts=_PARTS)
