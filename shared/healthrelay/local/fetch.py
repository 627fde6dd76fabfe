"""`healthrelay fetch`: one person's measurements now, or what would be asked for them."""

from __future__ import annotations

import json
from collections.abc import Mapping

from healthrelay.assembly import services
from healthrelay.assembly.services import Services
from healthrelay.flows.measurements.fetch import Desk, fetch, foresee
from healthrelay.web.fetch import told


def fetch_now(user: str, query: Mapping[str, str]) -> str:
    """What the function would answer, as JSON."""
    built = services()
    return json.dumps(told(user, fetch(user, query, _desk(built), built.now())), indent=2)


def show_plan(user: str, query: Mapping[str, str]) -> str:
    """One line a call: its source, and its first and last day."""
    built = services()
    planned = foresee(user, query, _desk(built), built.now())
    return "\n".join(f"{read.source}\t{read.start}\t{read.end}" for read in planned.reads)


def _desk(built: Services) -> Desk:
    return Desk(
        built.store,
        built.grants,
        built.provider,
        built.consent,
        built.enqueue_or_deliver,
        built.log_event,
    )
