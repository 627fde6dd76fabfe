"""``healthrelay probe``: what a real account says of what is assumed of its provider."""

from __future__ import annotations

import json
from pathlib import Path

import click

from healthrelay.assembly import services
from healthrelay.commands.arguments import USER
from healthrelay.commands.face import Invocation, command
from healthrelay.commands.output import Result
from healthrelay.core.errors import Misconfigured


@command("probe", "probe jack", "probe jack --output report.md")
@USER
@click.option("--output", metavar="FILE", type=Path, help="Write the report into this file.")
@click.pass_obj
def run_probe(invocation: Invocation, /, user: str, output: Path | None) -> Result:
    """Ask a person's account what is not known of its provider, for an issue.

    Reads only. The report has shapes and counts, and nothing that was measured.
    """
    from healthrelay.flows.grants.probe import probe

    built = services()
    report = probe(
        user,
        built.now(),
        identities=built.store.identities,
        grants=built.grants,
        provider=built.provider,
        consent=built.consent,
    )
    if output is None:
        return Result(report.as_json(), report.as_text().rstrip("\n"))
    as_json = json.dumps(report.as_json(), indent=2) + "\n"
    try:
        output.write_text(as_json if invocation.as_json else report.as_text())
    except OSError as error:
        raise Misconfigured(f"{output} cannot be written ({error.strerror}).") from error
    return Result({"file": str(output)}, (), note=f"Written to {output}.")
