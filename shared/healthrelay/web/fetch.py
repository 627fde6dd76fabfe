"""``/fetch?user=jack``: one person's newest measurements, stored and relayed. Private.

Without a user: everybody's, a task each.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from flask import Request, Response

from healthrelay.core.errors import HealthrelayError, TryLater
from healthrelay.core.igor_json import user_name
from healthrelay.core.measurements.query import parse_request
from healthrelay.flows.delivery.context import combine
from healthrelay.flows.measurements.fanout import fan_out
from healthrelay.web.arguments import arguments
from healthrelay.web.endpoint import TASK, endpoint
from healthrelay.web.invoker import require_invoker
from healthrelay.web.responses import facts, json_response, status, trouble_facts

if TYPE_CHECKING:
    from healthrelay.core.measurements.records import Record
    from healthrelay.flows.measurements.fetch import Fetched
    from healthrelay.web.services import WebServices


@endpoint("GET", "POST")
def view(request: Request, services: WebServices) -> Response:
    """Answer in JSON what was added, changed, removed, delivered and waits, and a line a series.

    Without a user, everybody due gets a task of their own: 202 when any is new, else 200.

    A task of Cloud Tasks that is not answered 2xx comes again, sooner than a person can act
    (cloud.google.com/tasks/docs/reference/rest/v2/projects.locations.queues.tasks#HttpRequest).
    So errors that time alone does not heal are answered with 200; 429 and 503 stay, because they
    slow the queue down, and so does 500, a defect, which the queue's own limit of tries ends.
    """
    require_invoker(request, services, "fetch")
    params = arguments(request)
    if not params:
        return _fetch_everybody(services)
    try:
        return _fetch_one(params, services)
    except HealthrelayError as error:
        if TASK not in request.headers or status(error) in (429, 500, 503):
            raise
        services.log_event("WARNING", "task", user=params.get("user"), cause=error.sentence)
        return json_response(facts(error))


def _fetch_one(params: dict[str, str], services: WebServices) -> Response:
    user = user_name(params.pop("user", None))
    return json_response(result(user, services.fetch(parse_request(user, params))))


def _fetch_everybody(services: WebServices) -> Response:
    done = fan_out(services.store, services.queue, services.now(), services.log_event)
    troubles = {user: facts(trouble) for user, trouble in done.troubles.items()}
    return json_response(done._asdict() | {"troubles": troubles}, 202 if done.enqueued else 200)


def result(user: str, fetched: Fetched) -> dict[str, object]:
    """Return the answer: what changed, what was read, and what stood in the way."""
    delivery = combine(fetched.deliveries.values())
    answer: dict[str, object] = {
        "user": user,
        "added": len(fetched.delta.added),
        "changed": len(fetched.delta.changed),
        "removed": len(fetched.delta.removed),
        "delivered": delivery.delivered,
        "waiting": delivery.waiting,
        "series": _series_json(fetched.records),
        "connection": fetched.diagnosis.as_json(),
    }
    if fetched.unavailable:
        answer["unavailable"] = {
            name: _unavailable_facts(error) for name, error in fetched.unavailable.items()
        }
    if delivery.trouble:
        answer["trouble"] = trouble_facts(delivery.trouble)
    return answer


def _unavailable_facts(error: HealthrelayError) -> dict[str, object]:
    """Its facts, with the seconds after which a fetch that was broken off may go on."""
    if isinstance(error, TryLater):
        return {**facts(error), "retry_after": max(error.after, 1)}
    return facts(error)


def _series_json(records: Iterable[Record]) -> dict[str, dict[str, object]]:
    """Series → how many records were read, and the days of the first and last."""
    days_of: dict[str, list[str]] = {}
    for record in records:
        days_of.setdefault(record.series, []).append(record.when[:10])
    return {
        name: {"count": len(days), "first": min(days), "last": max(days)}
        for name, days in days_of.items()
    }
