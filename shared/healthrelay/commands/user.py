"""``healthrelay user …`` and ``invite``: the people and their way in."""

from collections.abc import Mapping, Sequence
from typing import Any

from healthrelay.assembly import services
from healthrelay.assembly.services import Services
from healthrelay.commands.arguments import PAIRS, USER, flag
from healthrelay.commands.exits import worst
from healthrelay.commands.face import CommandGroup, command
from healthrelay.commands.output import Grid, Result, Verbatim
from healthrelay.core.defect import isolate
from healthrelay.core.errors import HealthrelayError
from healthrelay.core.grants.diagnosis import KEPT, RECONNECT

Pairs = Sequence[tuple[str, str]]


@command(
    "add",
    "user add jack",
    "user add jack --set methods=time_series --set resource=body/weight --set period=1m",
    begins=True,
)
@USER
@PAIRS
def add_user(user: str, pairs: Pairs) -> Result:
    """Make a person."""
    from healthrelay.flows.household import people

    built = services()
    people.add(user, dict(pairs), built.store.identities, built.now().date())
    return Result({"user": user}, f"Created. Next: healthrelay invite {user}")


@command("set", "user set jack --set period=1w", "user set jack --set period=")
@USER
@PAIRS
def set_user(user: str, pairs: Pairs) -> Result:
    """Change a person's settings; NAME= takes one away."""
    from healthrelay.flows.grants.scopes import scopes_lacking
    from healthrelay.flows.household import people

    built = services()
    today = built.now().date()
    settings = people.change(user, dict(pairs), built.store.identities, today)
    missing = scopes_lacking(user, built.consent, built.store)
    note = f"The consent does not cover {' and '.join(missing)}. Next: healthrelay invite {user}"
    data = {"user": user, "settings": settings, "missing": missing}
    lines = [f"{name}={value}" for name, value in settings.items()]
    return Result(data, "\n".join(lines), note=note if missing else "")


@command("list", "user list")
def list_users() -> Result:
    """List all people."""
    built = services()
    people = {name: isolate(_person, name, built) for name in built.store.identities.names()}
    errors = {n: one for n, one in people.items() if isinstance(one, HealthrelayError)}
    data = {n: one for n, one in people.items() if not isinstance(one, HealthrelayError)}
    rows = [
        (name, errors[name].sentence) if name in errors else _row(name, data[name])
        for name in people
    ]
    unread = {name: {"error": error.sentence} for name, error in errors.items()}
    return Result(
        data | unread, Grid(("person", "state", "settings"), rows), worst(errors.values())
    )


def _person(name: str, built: Services) -> dict[str, Any]:
    """Return how *name* is connected, what they allow, and their settings."""
    from healthrelay.flows.grants.doctor import examine
    from healthrelay.flows.grants.scopes import granted_scopes

    diagnosis = examine(
        name, built.store, lambda u: built.grants.load(u), built.consent, built.now()
    )
    granted = (
        [] if diagnosis.state in (KEPT, RECONNECT) else granted_scopes(name, built.store) or []
    )
    scopes = built.consent.scopes.items()
    return {
        "state": diagnosis.state,
        "allowed": [label for scope, label in scopes if scope in granted],
        "settings": built.store.identities.settings(name) or {},
    }


def _row(name: str, person: Mapping[str, Any]) -> tuple[str, str, str]:
    allowed = f": {', '.join(person['allowed'])}" if person["allowed"] else ""
    settings = " ".join(f"{name}={value}" for name, value in person["settings"].items())
    return name, f"{person['state']}{allowed}", settings


@command("key", "user key jack")
@USER
def print_new_key(user: str) -> Result:
    """Make a new poll key and show it once."""
    from healthrelay.flows.delivery.poll import new_poll_key

    key = new_poll_key(user, services().store.identities)
    return Result({"user": user, "key": key}, Verbatim(key))


@command("invite", "invite jack", "invite jack --reusable")
@USER
@flag("--reusable", "It may connect more than once.")
def print_invitation(user: str, reusable: bool) -> Result:
    """Print a link with which a person connects, once, within a week."""
    link = services().invitation_link(user, reusable=reusable)
    return Result({"user": user, "link": link}, Verbatim(link))


PEOPLE = CommandGroup(
    "user",
    help="Make, change and list people.",
    places={
        "add": "user.add_user",
        "set": "user.set_user",
        "list": "user.list_users",
        "key": "user.print_new_key",
    },
)
