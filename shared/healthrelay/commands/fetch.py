"""``healthrelay fetch``: one person's measurements now, or what would be read for them."""

from __future__ import annotations

import json
from argparse import Namespace
from typing import TYPE_CHECKING

from healthrelay.assembly import services
from healthrelay.assembly.services import Services
from healthrelay.commands.words import PAIRS, USER, command, flag, parse_pairs
from healthrelay.core.igor_json import user_name

if TYPE_CHECKING:
    from healthrelay.core.measurements.query import FetchRequest


@command(
    "fetch",
    "fetch a person's measurements now",
    USER,
    PAIRS,
    flag("--plan", "only show what would be read"),
)
def run_fetch(args: Namespace) -> None:
    from healthrelay.core.measurements.query import parse_request
    from healthrelay.web.fetch import result

    request = parse_request(user_name(args.user), parse_pairs(args.pairs))
    if args.plan:
        print(_print_plan(services(), request))
    else:
        print(json.dumps(result(request.user, services().fetch(request)), indent=2))


def _print_plan(built: Services, request: FetchRequest) -> str:
    """One line a call: its source, and its first and last day."""
    from healthrelay.flows.measurements.fetch import preview

    plan = preview(
        request,
        built.now(),
        store=built.store,
        grants=built.grants,
        provider=built.provider,
        consent=built.consent,
    )
    return "\n".join(f"{read.source}\t{read.start}\t{read.end}" for read in plan.reads)
