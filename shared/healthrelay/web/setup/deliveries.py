"""Deliveries: who is told when something is new, whether it arrived, and what to press."""

from __future__ import annotations

from datetime import timedelta
from functools import wraps
from typing import TYPE_CHECKING, NamedTuple

from flask import Response

from healthrelay.core.errors import Duplicate, HealthrelayError, LimitReached, TryLater, Unknown
from healthrelay.flows.delivery import targets
from healthrelay.flows.delivery.replay import ReplayRequest, replay
from healthrelay.flows.delivery.standing import answered_status
from healthrelay.flows.delivery.targets import Endpoint, add_tried, open_keys, stored_target
from healthrelay.flows.delivery.trial import send_test
from healthrelay.flows.household.people import readable_people
from healthrelay.web.setup.delivery_cards import read_deliveries
from healthrelay.web.setup.phrases import person_name
from healthrelay.web.setup.render import render
from healthrelay.web.setup.shown_once import show_once, take_note

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from healthrelay.web.setup.visit import Visit

    View = Callable[[Visit], Response]

PAGE, NEED = "deliveries", "need"
CALL_TIMEOUT = timedelta(seconds=30)
"""How long one press goes on before it leaves the rest to the next."""
_FIELDS = {
    targets.BAD_NAME: "name",
    Duplicate.cause: "name",
    LimitReached.cause: "name",
    targets.NO_ADDRESS: "url",
    targets.LOGIN_IN_ADDRESS: "url",
    targets.OPEN_ADDRESS: "url",
    "not_public": "private",
}
"""Why a target is not taken → the field to look at; else it is the address."""


class ShownKeys(NamedTuple):
    """New keys, to be shown once."""

    target: str
    person: str
    boxes: Mapping[str, str]
    """What each is → the key."""


def show(visit: Visit) -> Response:
    return _page(visit)


def add(visit: Visit) -> Response:
    """Keep a receiver that answers, and show its keys."""
    form, services = visit.form, visit.services
    user, name = form.get("user", ""), form.get("name", "").strip()
    endpoint = Endpoint(form.get("url", "").strip(), form.get("private") == "1")
    try:
        _, odd = add_tried(
            user, name, endpoint, services.receivers.try_receiver, services.store, services.vault
        )
    except Unknown:
        raise
    except HealthrelayError as error:
        if error.who == "caller" and error.cause not in _FIELDS:
            raise
        return _page(visit, error)
    show_once(visit, user=user, target=name)
    if odd:
        return _back(visit, "odd", NEED, target=name, code=str(odd))
    return _back(visit, "kept", target=name)


def _of_target(view: View) -> View:
    """Decorate a *view* of one target, which may have been removed by another page meanwhile."""

    @wraps(view)
    def checked(visit: Visit) -> Response:
        user, name = visit.args["user"], visit.args["target"]
        try:
            stored_target(user, name, visit.services.store)
            return view(visit)
        except Unknown:
            return _back(visit, "gone", NEED, target=name)

    return checked


@_of_target
def send_again(visit: Visit) -> Response:
    """Send what did not arrive, and whatever waits."""
    user, name = visit.args["user"], visit.args["target"]
    context = visit.services.delivery._replace(until=visit.now + CALL_TIMEOUT)
    done = replay(user, ReplayRequest(name), context)[name]
    if done.trouble or done.waiting:
        return _back(visit, "not_sent", NEED, target=name)
    return _back(visit, "sent", target=name)


@_of_target
def test(visit: Visit) -> Response:
    """Send a message that changes nothing."""
    user, name = visit.args["user"], visit.args["target"]
    try:
        send_test(user, name, visit.services.delivery)
    except Unknown:
        raise
    except HealthrelayError as error:
        status = answered_status(error.as_trouble())
        if status:
            return _back(visit, "test_answered", NEED, target=name, code=str(status))
        return _back(visit, "test_failed", NEED, target=name, says=error.sentence)
    return _back(visit, "tested", target=name)


@_of_target
def make_keys(visit: Visit) -> Response:
    """Make new keys beside the old."""
    user, name, services = visit.args["user"], visit.args["target"], visit.services
    store, vault = services.store, services.vault
    targets.rotate(user, name, store=store, vault=vault, new_keys=services.receivers.new_keys)
    show_once(visit, user=user, target=name)
    return _back(visit, "made", target=name)


@_of_target
def end_keys(visit: Visit) -> Response:
    """End the old keys."""
    user, name, services = visit.args["user"], visit.args["target"], visit.services
    targets.end_old_keys(user, name, store=services.store, vault=services.vault)
    return _back(visit, "ended", target=name)


@_of_target
def remove(visit: Visit) -> Response:
    user, name = visit.args["user"], visit.args["target"]
    targets.remove(user, name, visit.services.store)
    return _back(visit, "removed", target=name)


def _back(visit: Visit, done: str, shape: str = "well", **values: str) -> Response:
    return visit.redirect(PAGE, f"deliveries.done.{done}", shape, **values)


def _page(visit: Visit, error: HealthrelayError | None = None) -> Response:
    people = visit.services.store.overview.people()
    form = visit.form if error else {}
    return render(
        visit,
        "deliveries",
        200 if error is None else 422 if error.who == "caller" else 503,
        deliveries=read_deliveries(people, visit),
        shown=None if error else _keys_to_show(visit),
        people={user: person_name(user) for user in readable_people(people)},
        # A password that somebody put into the address is not sent back.
        form={**form, "url": ""} if _why(error) == targets.LOGIN_IN_ADDRESS else form,
        wrong=_why(error),
        field=_FIELDS.get(error.cause, "url") if error else "",
        words=error.sentence if error else "",
        most=targets.MAX_TARGETS,
    )


def _why(error: HealthrelayError | None) -> str:
    """Return which text says why a target was not kept."""
    if error is None:
        return ""
    if error.cause in _FIELDS:
        return error.cause
    return "silent" if isinstance(error, TryLater) else "other"


def _keys_to_show(visit: Visit) -> ShownKeys | None:
    """Return the keys that this session has just made; asking for them is the one showing."""
    note, services = take_note(visit), visit.services
    if "target" not in note:
        return None
    user, target = note["user"], note["target"]
    document = services.store.targets.of(user).get(target)
    if document is None:
        return None
    keys = open_keys(user, target, document, services.vault)[0]
    return ShownKeys(target, person_name(user), {"secret": keys.secret, "public": keys.public})
