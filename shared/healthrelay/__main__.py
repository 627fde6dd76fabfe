"""The command line: ``healthrelay run``, ``user …``, ``register``, ``invite``."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Sequence
from pathlib import Path

from dotenv import dotenv_values

from healthrelay.core.errors import BadRequest, HealthrelayError


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; returns the exit code: 0 done, 1 trouble, 2 bad words."""
    said = _parser().parse_args(arguments)
    # What stands in the environment wins over the file.
    for name, value in dotenv_values(".env").items():
        os.environ.setdefault(name, value or "")
    try:
        return int(said.command(said))
    except HealthrelayError as error:
        print(error.sentence, file=sys.stderr)
        return 2 if isinstance(error, BadRequest) else 1


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="healthrelay", description=__doc__)
    commands = parser.add_subparsers(required=True)
    _add_run(commands.add_parser("run", help="the main job on this machine, then serve on"))
    fetch = commands.add_parser("fetch", help="fetch a person's measurements now")
    fetch.add_argument("user")
    fetch.add_argument("--set", action="append", default=[], metavar="NAME=VALUE", dest="pairs")
    fetch.add_argument("--plan", action="store_true", help="only show what would be asked for")
    fetch.set_defaults(command=_fetch)
    _add_users(commands.add_parser("user", help="make, change, list and remove people"))
    register = commands.add_parser("register", help="keep the provider's client id and secret")
    register.add_argument("client_id")
    register.set_defaults(command=_register)
    invite = commands.add_parser("invite", help="a link with which a person connects, for a week")
    invite.add_argument("user")
    invite.set_defaults(command=_invite)
    return parser


def _add_run(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--user", default="jack")
    parser.add_argument("--once", action="store_true", help="stop after the first fetch")
    parser.add_argument("--json", action="store_true", help="one JSON object on standard output")
    parser.add_argument("--values", action="store_true", help="with --json: every record")
    parser.add_argument("--provider", choices=("google_health", "fitbit"))
    parser.add_argument("--port", type=int, default=8080)
    parser.add_argument("--measurements", type=Path, help="a folder of Fitbit's CSV files to serve")
    parser.add_argument("--participant", help="whose measurements")
    parser.add_argument("--no-shift", action="store_true", help="leave them at their own dates")
    parser.set_defaults(command=_run)


def _add_users(parser: argparse.ArgumentParser) -> None:
    commands = parser.add_subparsers(required=True)
    for name, command, words in (
        ("add", _user_add, "make a person"),
        ("set", _user_set, "change a person's settings; NAME= takes one away"),
    ):
        one = commands.add_parser(name, help=words)
        one.add_argument("user")
        one.add_argument("--set", action="append", default=[], metavar="NAME=VALUE", dest="pairs")
        one.set_defaults(command=command)
    commands.add_parser("list", help="all people").set_defaults(command=_user_list)
    for name, command, words in (
        ("remove", _user_remove, "forget a person and everything of theirs"),
        ("key", _user_key, "make a new poll key and show it once"),
    ):
        one = commands.add_parser(name, help=words)
        one.add_argument("user")
        one.set_defaults(command=command)


def _run(said: argparse.Namespace) -> int:
    from healthrelay.local.run import Options, run

    if (said.measurements is None) != (said.participant is None):
        raise BadRequest("--measurements and --participant belong together.")
    return run(
        Options(
            user=said.user,
            once=said.once,
            as_json=said.json,
            values=said.values,
            provider=said.provider,
            port=said.port,
            measurements=said.measurements,
            participant=said.participant,
            shift=not said.no_shift,
        )
    )


def _fetch(said: argparse.Namespace) -> int:
    from healthrelay.core.names import user_name
    from healthrelay.local.fetch import fetch_now, show_plan

    command = show_plan if said.plan else fetch_now
    print(command(user_name(said.user), _pairs(said.pairs)))
    return 0


def _user_add(said: argparse.Namespace) -> int:
    from healthrelay.assembly import services
    from healthrelay.flows import people

    built = services()
    people.add(said.user, _pairs(said.pairs), built.store.identities, built.now().date())
    print(f"{said.user} is here. Next: healthrelay invite {said.user}")
    return 0


def _user_set(said: argparse.Namespace) -> int:
    from healthrelay.assembly import services
    from healthrelay.flows import people

    built = services()
    today = built.now().date()
    settings = people.change(said.user, _pairs(said.pairs), built.store.identities, today)
    print("\n".join(f"{name}={value}" for name, value in settings.items()))
    return 0


def _user_list(said: argparse.Namespace) -> int:
    from healthrelay.assembly import services

    built = services()
    identities = built.store.identities
    for name in identities.names():
        stored = built.store.tokens.load(name)
        scopes = stored.document.get("scopes") if stored else None
        granted = scopes if isinstance(scopes, list) else []
        allowed = [words for scope, words in built.consent.scopes.items() if scope in granted]
        state = f"connected: {', '.join(allowed)}" if stored else "not connected"
        settings = identities.settings(name) or {}
        print("\t".join([name, state, *(f"{k}={v}" for k, v in settings.items())]))
    return 0


def _user_remove(said: argparse.Namespace) -> int:
    from healthrelay.assembly import services
    from healthrelay.flows import people

    people.remove(said.user, services().store.identities)
    print(f"{said.user} is forgotten, with all measurements and the grant.")
    return 0


def _user_key(said: argparse.Namespace) -> int:
    from healthrelay.assembly import services
    from healthrelay.core.names import user_name
    from healthrelay.flows.relay import new_poll_key

    print(new_poll_key(user_name(said.user), services().store.identities))
    return 0


def _register(said: argparse.Namespace) -> int:
    from getpass import getpass

    from healthrelay.assembly import services
    from healthrelay.flows.registration import register

    # Never an argument: those are seen by every process and kept by the shell.
    asked = sys.stdin.isatty()
    secret = getpass("Client secret: ") if asked else sys.stdin.readline()
    built = services()
    register(said.client_id, secret.strip(), built.store.identities, built.vault)
    print("Kept. The secret is sealed.")
    return 0


def _invite(said: argparse.Namespace) -> int:
    from healthrelay.assembly import services
    from healthrelay.core.names import user_name
    from healthrelay.local.journey import invitation_link

    print(invitation_link(services(), user_name(said.user)))
    return 0


def _pairs(texts: Sequence[str]) -> dict[str, str]:
    pairs = [text.partition("=") for text in texts]
    if not all(equals for _, equals, _ in pairs):
        raise BadRequest("Write --set NAME=VALUE.")
    return {name.strip(): value.strip() for name, _, value in pairs}


if __name__ == "__main__":
    sys.exit(main())
