"""The floors of pages: read what they show, as they do, and answer ``ok``."""

from __future__ import annotations

from flask import Request

from healthrelay.assembly import services
from healthrelay.core.charts.values import SERIES


def records(_request: Request) -> str:
    """Read a person's charted records."""
    services().store.records.named("jack", dict.fromkeys(sorted(SERIES)))
    return "ok"


def glance(_request: Request) -> str:
    """Read what Today shows of everybody."""
    services().store.overview.people()
    return "ok"
