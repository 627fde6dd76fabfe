"""``/deliver``: the relay's sending half; it alone holds what opens the targets. Private."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from flask import Request, Response

from healthrelay.core.errors import BadRequest, Unknown
from healthrelay.core.household.names import user_name
from healthrelay.flows.delivery.deliver import deliver, deliver_due, prune, push_everything
from healthrelay.flows.delivery.events import acknowledge
from healthrelay.web.endpoint import TASK, arguments, endpoint, require_invoker
from healthrelay.web.events import acknowledged
from healthrelay.web.responses import facts, json_response

if TYPE_CHECKING:
    from healthrelay.flows.delivery.context import Delivery
    from healthrelay.web.services import Services


@endpoint("GET", "POST")
def view(request: Request, services: Services) -> Response:
    """JSON: what every target got and what it still lacks.

    Without ``user`` everybody who is due; with it that one. ``now=1`` is for that one, whether
    due or not, and ``everything=1`` for everybody, once a day: Igor gets the whole snapshot,
    whatever it has, and old log entries are forgotten. ``reader`` and ``cursor`` are for what that
    one's reader has acknowledged to ``relay``, which may not write it.
    """
    require_invoker(request, services)
    said = arguments(request)
    user = said.pop("user", None)
    if user is not None and "cursor" in said:
        return _noted(user_name(user), said, request, services)
    knock = said.pop("now" if user else "everything", "0")
    if said or knock not in ("0", "1"):
        raise BadRequest("deliver takes user=NAME with now=1, or everything=1.")
    told: dict[str, object] = {}
    if user is not None:
        if services.store.identities.settings(user_name(user)) is None:
            if TASK in request.headers:
                return json_response({"people": {}})  # removed meanwhile: nothing is to be repeated
            raise Unknown(f"There is no user {user}.")
        done = {user: deliver(user, services.courier, knock=knock == "1")}
    elif knock == "1":
        done = push_everything(services.courier)
        # Looking for them reads two documents a person, too many for every five minutes.
        told["forgotten"] = prune(services.courier)
    else:
        done = deliver_due(services.courier)
    people = {name: _told(deliveries) for name, deliveries in done.items()}
    return json_response({"people": people, **told})


def _noted(user: str, said: Mapping[str, str], request: Request, services: Services) -> Response:
    reader, sequence = acknowledged(said)
    try:
        noted = acknowledge(user, reader, sequence, services.store, services.now())
    except BadRequest as error:
        if TASK not in request.headers:
            raise
        return json_response(facts(error))  # it was true when it was handed on; let it be
    return json_response({"user": user, "reader": reader, "cursor": noted})


def _told(deliveries: Mapping[str, Delivery]) -> dict[str, object]:
    return {
        target: {
            "delivered": delivery.delivered,
            "waiting": delivery.waiting,
            **({"trouble": facts(delivery.trouble)} if delivery.trouble else {}),
        }
        for target, delivery in deliveries.items()
    }
