"""``/fetch?user=jack``: one person's newest measurements, stored and relayed. Private."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from flask import Request, Response

from healthrelay.core.errors import HealthrelayError, TryLater
from healthrelay.core.names import user_name
from healthrelay.flows.fetch import Desk, Fetched, fetch
from healthrelay.web.door import arguments, door, require_owner
from healthrelay.web.errors import facts, json_response

if TYPE_CHECKING:
    from healthrelay.core.records import Record
    from healthrelay.web.services import Services


@door("GET", "POST")
def view(request: Request, services: Services) -> Response:
    """JSON: what was added, changed, removed, delivered and still waits, and a line a series."""
    require_owner(request, services)
    said = arguments(request)
    user = user_name(said.pop("user", None))
    desk = Desk(services.store, services.grants, services.provider, services.consent, services.sink)
    fetched = fetch(user, said, desk, services.now())
    if fetched.delivery.trouble:
        services.note("WARNING", "deliver", user=user, cause=fetched.delivery.trouble.sentence)
    return json_response(told(user, fetched))


def told(user: str, fetched: Fetched) -> dict[str, object]:
    """The answer: what changed, what was read, and what stood in the way."""
    answer: dict[str, object] = {
        "user": user,
        "added": len(fetched.delta.added),
        "changed": len(fetched.delta.changed),
        "removed": len(fetched.delta.removed),
        "delivered": fetched.delivery.delivered,
        "waiting": fetched.delivery.waiting,
        "series": _series(fetched.records),
        "connection": fetched.diagnosis.told(),
    }
    if fetched.unavailable:
        answer["unavailable"] = {name: _why(error) for name, error in fetched.unavailable.items()}
    if fetched.delivery.trouble:
        answer["trouble"] = facts(fetched.delivery.trouble)
    return answer


def _why(error: HealthrelayError) -> dict[str, object]:
    """Its facts, with the seconds after which a fetch that was broken off may go on."""
    if isinstance(error, TryLater):
        return {**facts(error), "retry_after": max(error.after, 1)}
    return facts(error)


def _series(records: Iterable[Record]) -> dict[str, dict[str, object]]:
    """Series → how many records were read, and the days of the first and last."""
    days: dict[str, list[str]] = {}
    for record in records:
        days.setdefault(record.series, []).append(record.when[:10])
    return {
        name: {"count": len(found), "first": min(found), "last": max(found)}
        for name, found in days.items()
    }
