"""``healthrelay probe``: what a real account says of what is assumed of its provider."""

from __future__ import annotations

import json
from argparse import Namespace
from pathlib import Path

from healthrelay.assembly import services
from healthrelay.commands.words import JSON, USER, argument, command
from healthrelay.core.errors import Misconfigured
from healthrelay.core.igor_json import user_name


@command(
    "probe",
    "ask a person's account what is not known of its provider, for an issue",
    USER,
    argument("--output", "write the report into this file", metavar="FILE", type=Path),
    JSON,
    description="Reads only. The report has shapes and counts, and nothing that was measured.",
)
def run_probe(args: Namespace) -> None:
    from healthrelay.flows.grants.probe import probe

    built = services()
    report = probe(
        user_name(args.user),
        built.now(),
        identities=built.store.identities,
        grants=built.grants,
        provider=built.provider,
        consent=built.consent,
    )
    text = json.dumps(report.as_json(), indent=2) + "\n" if args.json else report.as_text()
    if args.output is None:
        print(text, end="")
        return
    try:
        args.output.write_text(text)
    except OSError as error:
        raise Misconfigured(f"{args.output} cannot be written ({error.strerror}).") from error
