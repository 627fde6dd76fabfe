"""How a person's measurements are, from what is stored alone."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import TYPE_CHECKING

from healthrelay.core.errors import BadRequest
from healthrelay.core.household.settings import KEPT_FROM
from healthrelay.core.measurements.catalogue import SERIES, Kind
from healthrelay.core.measurements.days import CONTINUED_ON, Moment, civil
from healthrelay.core.measurements.query import windows
from healthrelay.core.measurements.status import PersonStatus, person_status
from healthrelay.flows.require import require_settings

if TYPE_CHECKING:
    from healthrelay.core.json import Document
    from healthrelay.core.measurements.ledger import Ledger
    from healthrelay.core.measurements.reading import Window
    from healthrelay.ports.store import Store


def read_status(user: str, now: datetime, *, store: Store, provider: str) -> PersonStatus:
    """Return how the measurements of *user* are at *now*, with *provider* as the household's.

    Raise `Unknown` for a stranger. Nothing sealed is opened.
    """
    settings = require_settings(user, store.identities)
    grant = store.tokens.load(user)
    document = grant.document if grant else None
    return status_from(settings, document, store.records.ledger(user), now, provider)


def status_from(
    settings: Mapping[str, str],
    grant: Document | None,
    ledger: Ledger,
    now: datetime,
    provider: str,
) -> PersonStatus:
    """Return how the measurements of somebody are of whom this is stored."""
    zone = zone_of(settings, grant)
    moment = Moment(now, civil(now, zone or None))
    wanted = _wanted_windows(settings, provider, moment.day)
    return person_status(ledger, wanted, moment)._replace(zone=zone)


def zone_of(settings: Mapping[str, str], grant: Document | None) -> str:
    """Return the time zone of somebody's clocks, as it is stored; empty where none is known."""
    return settings.get("timezone") or str((grant and grant.get("zone")) or "")


def _wanted_windows(settings: Mapping[str, str], provider: str, day: date) -> list[Window]:
    """Return the days that fetches want with *settings*; none of settings that they refuse."""
    if KEPT_FROM in settings:
        return []
    try:
        wanted = windows({}, settings, day)
    except BadRequest:
        return []
    first = date.fromisoformat(settings.get(CONTINUED_ON, date.min.isoformat()))
    return [
        window._replace(start=max(window.start, first))
        for window in wanted
        if SERIES[window.series].only in ("", provider)
        and SERIES[window.series].kind is not Kind.STATE
        and window.end >= first
    ]
