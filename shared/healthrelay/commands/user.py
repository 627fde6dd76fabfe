"""``healthrelay user …`` and ``invite``: the people and their way in."""

from __future__ import annotations

import argparse
import sys
from typing import TYPE_CHECKING

from healthrelay.commands.pairs import parse_pairs, take_pairs

if TYPE_CHECKING:
    from healthrelay.assembly.services import Services
    from healthrelay.commands.pairs import Commands


def add(commands: Commands) -> None:
    """Add the commands."""
    _add_users(commands.add_parser("user", help="make, change and list people"))
    invite = commands.add_parser("invite", help="a link with which a person connects, for a week")
    invite.add_argument("user")
    invite.set_defaults(command=_print_invitation)


def _add_users(parser: argparse.ArgumentParser) -> None:
    group = parser.add_subparsers(required=True)
    for name, command, help_text in (
        ("add", _user_add, "make a person"),
        ("set", _user_set, "change a person's settings; NAME= takes one away"),
    ):
        one = group.add_parser(name, help=help_text)
        one.add_argument("user")
        take_pairs(one)
        one.set_defaults(command=command)
    group.add_parser("list", help="all people").set_defaults(command=_user_list)
    key = group.add_parser("key", help="make a new poll key and show it once")
    key.add_argument("user")
    key.set_defaults(command=_user_key)


def _user_add(args: argparse.Namespace) -> int:
    from healthrelay.assembly import services
    from healthrelay.flows.household import people

    built = services()
    people.add(args.user, parse_pairs(args.pairs), built.store.identities, built.now().date())
    print(f"Created. Next: healthrelay invite {args.user}")
    return 0


def _user_set(args: argparse.Namespace) -> int:
    from healthrelay.assembly import services
    from healthrelay.flows.grants.connect import scopes_for
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
        print(f"The consent does not cover {' and '.join(missing)}. {next_step}", file=sys.stderr)
    return 0


def _granted_text(user: str, built: Services) -> list[str] | None:
    """Return the scopes of the stored grant; None where there is none."""
    stored = built.store.tokens.load(user)
    scopes = stored.document.get("scopes") if stored else None
    return [str(scope) for scope in scopes] if isinstance(scopes, list) else None


def _user_list(args: argparse.Namespace) -> int:
    from healthrelay.assembly import services

    built = services()
    identities = built.store.identities
    for name in identities.names():
        granted = _granted_text(name, built)
        allowed = [
            label for scope, label in built.consent.scopes.items() if scope in (granted or ())
        ]
        state = "not connected" if granted is None else f"connected: {', '.join(allowed)}"
        settings = identities.settings(name) or {}
        print("\t".join([name, state, *(f"{k}={v}" for k, v in settings.items())]))
    return 0


def _user_key(args: argparse.Namespace) -> int:
    from healthrelay.assembly import services
    from healthrelay.core.igor_json import user_name
    from healthrelay.flows.delivery.poll import new_poll_key

    print(new_poll_key(user_name(args.user), services().store.identities))
    return 0


def _print_invitation(args: argparse.Namespace) -> int:
    from healthrelay.assembly import services
    from healthrelay.core.igor_json import user_name

    print(services().invitation_link(user_name(args.user)))
    return 0
