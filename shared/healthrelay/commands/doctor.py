"""``healthrelay doctor``: how every person's connection is, and the next step."""

from __future__ import annotations

import argparse
import json
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from healthrelay.commands.pairs import Commands
    from healthrelay.core.trouble import Diagnosis


def add(commands: Commands) -> None:
    """The words of ``doctor``."""
    doctor = commands.add_parser("doctor", help="how the connections are, and the next step")
    doctor.add_argument("user", nargs="?", help="only this person")
    doctor.add_argument("--url", help="instead, whether the functions deployed there answer")
    doctor.add_argument("--json", action="store_true", help="one JSON object on standard output")
    doctor.set_defaults(command=_doctor)


def _doctor(said: argparse.Namespace) -> int:
    if said.url:
        return _deployment(said)
    from healthrelay.assembly import services
    from healthrelay.core.household.names import user_name
    from healthrelay.flows.grants.doctor import Doctor

    built = services()
    doctor, now = Doctor(built.store, built.grants, built.consent), built.now()
    if said.user:
        found = {said.user: doctor.examine(user_name(said.user), now)}
    else:
        found = doctor.examine_all(now)
    if said.json:
        print(
            json.dumps({user: diagnosis.as_json() for user, diagnosis in found.items()}, indent=2)
        )
    else:
        print("\n\n".join(_in_words(*one, built.public_url) for one in found.items()) or "Nobody.")
    return 0 if all(diagnosis.well for diagnosis in found.values()) else 1


def _deployment(said: argparse.Namespace) -> int:
    from healthrelay.commands import deployment

    found = deployment.check(said.url)
    print(json.dumps(found, indent=2) if said.json else deployment.in_words(found))
    return 0 if not any(found.values()) else 1


def _in_words(user: str, diagnosis: Diagnosis, public_url: str) -> str:
    since = f" since {diagnosis.since:%Y-%m-%d %H:%M} UTC" if diagnosis.since else ""
    lines = [f"{user}: {diagnosis.state}{since}"]
    if trouble := diagnosis.trouble:
        lines += [trouble.sentence, trouble.next_step.replace("/auth1", f"{public_url}/auth1")]
    return "\n  ".join(lines)
