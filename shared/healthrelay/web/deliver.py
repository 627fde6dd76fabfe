"""``/deliver``: the relay's sending half; it alone holds what opens the targets. Private."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from flask import Request, Response

from healthrelay.core.errors import BadRequest, Unknown
from healthrelay.core.igor_json import user_name
from healthrelay.flows.delivery.context import Delivery
from healthrelay.flows.delivery.deliver import deliver
from healthrelay.flows.delivery.events import acknowledge
from healthrelay.flows.delivery.sweep import deliver_due, prune, push_everything
from healthrelay.web.arguments import arguments
from healthrelay.web.endpoint import TASK, endpoint
from healthrelay.web.invoker import require_invoker
from healthrelay.web.readers import reader_cursor
from healthrelay.web.responses import facts, json_response, trouble_facts

if TYPE_CHECKING:
    from healthrelay.web.services import WebServices


@endpoint("GET", "POST")
def view(request: Request, services: WebServices) -> Response:
    """Return as JSON what every target got and what it still lacks.

    Without ``user`` everybody who is due; with it that one, with ``now=1`` whether due or not.
    ``everything=1`` is for everybody, once a day: Igor gets the whole snapshot, whatever it has,
    and old log entries are forgotten. ``reader`` and ``cursor`` are for what a reader of ``user``
    has acknowledged to ``relay``, which may not write it.
    """
    require_invoker(request, services, "deliver")
    params = arguments(request)
    user = params.pop("user", None)
    if user is not None and "cursor" in params:
        return _acknowledge(user_name(user), params, request, services)
    flag = params.pop("now" if user else "everything", "0")
    if params or flag not in ("0", "1"):
        raise BadRequest("deliver takes user=NAME with now=1, or everything=1.")
    if user is not None:
        return _deliver_one(user, request, services, force=flag == "1")
    if flag == "0":
        return json_response({"people": _people_json(deliver_due(services.delivery))})
    people = _people_json(push_everything(services.delivery))
    # Looking for old entries reads two documents a person, too many for every five minutes.
    log, log_event = services.store.log, services.log_event
    forgotten = prune(log, now=services.now(), days=services.log_days, log_event=log_event)
    return json_response({"people": people, "forgotten": forgotten})


def _deliver_one(user: str, request: Request, services: WebServices, *, force: bool) -> Response:
    if services.store.identities.settings(user_name(user)) is None:
        if TASK in request.headers:
            return json_response({"people": {}})  # removed meanwhile: nothing is to be repeated
        raise Unknown(f"There is no user {user}.")
    people = _people_json({user: deliver(user, services.delivery, force=force)})
    return json_response({"people": people})


def _acknowledge(
    user: str, params: Mapping[str, str], request: Request, services: WebServices
) -> Response:
    reader, sequence = reader_cursor(params)
    try:
        cursor = acknowledge(user, reader, sequence, services.store.log, services.now())
    except BadRequest as error:
        if TASK not in request.headers:
            raise
        return json_response(facts(error))  # it was true when it was handed on; let it be
    return json_response({"user": user, "reader": reader, "cursor": cursor})


def _people_json(deliveries: Mapping[str, Mapping[str, Delivery]]) -> dict[str, object]:
    return {
        user: {target: _as_json(delivery) for target, delivery in targets.items()}
        for user, targets in deliveries.items()
    }


def _as_json(delivery: Delivery) -> dict[str, object]:
    trouble = {"trouble": trouble_facts(delivery.trouble)} if delivery.trouble else {}
    return {"delivered": delivery.delivered, "waiting": delivery.waiting, **trouble}
