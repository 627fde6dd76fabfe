"""``healthrelay status``: what was read of a person, and which days may still change."""

import json
from argparse import Namespace

from healthrelay.assembly import services
from healthrelay.commands.doctor import connection_text
from healthrelay.commands.words import JSON, USER, command
from healthrelay.core.igor_json import user_name


@command("status", "what was read of a person, which days may still change, and why", USER, JSON)
def run_status(args: Namespace) -> None:
    from healthrelay.core.measurements.status_text import (
        lasting_sentence,
        status_sentences,
        status_table,
    )
    from healthrelay.flows.grants.doctor import examine
    from healthrelay.flows.measurements.status import read_status

    built, user = services(), user_name(args.user)
    now, store, provider = built.now(), built.store, built.settings.provider
    status = read_status(user, now, store=store, provider=provider)
    diagnosis = examine(user, store, lambda user: built.grants.load(user), built.consent, now)
    if args.json:
        answer = {"user": user, "connection": diagnosis.as_json(), **status.as_json()}
        print(json.dumps(answer, indent=2))
        return
    print(connection_text(user, diagnosis, built.public_url))
    print()
    print("\n".join(filter(None, [*status_sentences(status), lasting_sentence(user, status)])))
    if status.series:
        print(f"\n{status_table(status)}")
