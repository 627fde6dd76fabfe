"""Igor: what he has of everybody, how he fetches, and whether we push to him."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from datetime import date
from typing import TYPE_CHECKING, NamedTuple

from flask import Response

from healthrelay.core.damage import Damaged
from healthrelay.core.delivery.progress import SNAPSHOT, reader_key
from healthrelay.core.errors import BadRequest, HealthrelayError, Misconfigured, TryLater
from healthrelay.flows.delivery.igor_keys import make_keys, open_keys
from healthrelay.flows.delivery.replay import replay_shared
from healthrelay.flows.delivery.standing import NEED, WELL, Follower, followers, standing
from healthrelay.flows.household.people import readable_people
from healthrelay.flows.igor import NO_ADDRESS, SET_ELSEWHERE, change_igor, stop_igor
from healthrelay.web.readers import DEFAULT_READER
from healthrelay.web.setup.deliveries import CALL_TIMEOUT
from healthrelay.web.setup.delivery_cards import target_card, zone
from healthrelay.web.setup.phrases import Phrases, person_name
from healthrelay.web.setup.problem import Problem
from healthrelay.web.setup.render import render
from healthrelay.web.setup.shown_once import show_once, take_note

if TYPE_CHECKING:
    from healthrelay.ports.overview import PersonOverview
    from healthrelay.web.setup.visit import Visit

PAGE, OFF, WAITING = "igor", "off", "waiting"
_OF_ADDRESS, _OF_KEY = "HEALTHRELAY_IGOR_URL", "HEALTHRELAY_IGOR_TOKEN"


class IgorRow(NamedTuple):
    """What Igor finds of a person, and what we know of what he has."""

    user: str
    person: str
    shape: str
    word: str
    newest: str
    """The newest day of weight, steps and sleep; nothing where there is none."""
    came: str
    """When Igor last acknowledged what he has, or took a push."""


def show(visit: Visit) -> Response:
    return _page(visit)


def send(visit: Visit) -> Response:
    """Send everybody's measurements to Igor, whatever he has."""
    context = visit.services.delivery._replace(until=visit.now + CALL_TIMEOUT)
    if not context.shared:
        raise Problem("no-page")
    if not replay_shared(context):
        return _back(visit, "not_sent", NEED)
    return _back(visit, "sent")


def push(visit: Visit) -> Response:
    """Keep an Igor that takes its key, and send it everything; or push no more."""
    services, form = visit.services, visit.form
    given, store, vault = services.settings.igor_url, services.store, services.vault
    if form.get("stop") and not given:
        stop_igor(store)
        services.forget_application()
        return _back(visit, "stopped")
    typed, key = form.get("igor_url", "").strip(), form.get("igor_token", "").strip()
    try:
        change_igor(typed, key, given, services.igors, store=store, vault=vault)
    except HealthrelayError as error:
        if error.cause == SET_ELSEWHERE:
            raise
        return _page(visit, error)
    services.forget_application()
    arrived = replay_shared(services.delivery._replace(until=visit.now + CALL_TIMEOUT))
    return _back(visit, "kept") if arrived else _back(visit, "kept_not_sent", NEED)


def make_key(visit: Visit) -> Response:
    """Give a person another key with which programs fetch; the old one ends."""
    services, user, made = visit.services, visit.form.get("user", ""), secrets.token_hex(16)
    make_keys([user], made, services.owner_key, services.store.identities)
    show_once(visit, user=user, id=made)
    return _back(visit, "poll_key", person=person_name(user))


def _back(visit: Visit, done: str, shape: str = WELL, **values: str) -> Response:
    return visit.redirect(PAGE, f"igor.done.{done}", shape, **values)


def _page(visit: Visit, error: HealthrelayError | None = None) -> Response:
    services, everybody = visit.services, visit.services.store.overview.people()
    people = readable_people(everybody)
    zones = {user: zone(one) for user, one in people.items()}
    shared = [target.name for target in services.delivery.shared]
    known = {user: _follower(user, one, shared) for user, one in people.items()}
    stored = services.store.identities.application()
    typed = visit.form.get("igor_url", "") if error else stored.get("igor_url", "")
    wrong = _why(error)
    return render(
        visit,
        "igor",
        200 if error is None else 503 if isinstance(error, TryLater) else 422,
        **_standing(people, known, zones, visit),
        rows=[_row(user, one, known[user], zones[user], visit) for user, one in people.items()],
        unread=[person_name(user) for user, one in everybody.items() if isinstance(one, Damaged)],
        zones=sorted(filter(None, {*zones.values()})) or ["UTC"],
        prefix=services.settings.igor_prefix,
        shown=None if error else _key_to_show(visit),
        given=services.settings.igor_url,
        pushed=bool(stored.get("igor_url")),
        kept=bool(stored.get("igor_token") or stored.get("igor_password")),
        # A password that somebody put into the address is not sent back.
        address="" if error and "@" in typed else typed,
        wrong=wrong,
        field="igor_token" if wrong == "key" else "igor_url" if wrong else "",
        says=error.sentence if error and wrong == "other" else "",
    )


def _why(error: HealthrelayError | None) -> str:
    """Return which text says why an Igor was not kept."""
    if error is None:
        return ""
    if isinstance(error, TryLater):
        return "silent"
    if isinstance(error, BadRequest):
        return "address" if error.cause == NO_ADDRESS else "key"
    names = error.names if isinstance(error, Misconfigured) else ()
    return "key" if _OF_KEY in names else "no_igor" if _OF_ADDRESS in names else "other"


def _follower(user: str, one: PersonOverview, shared: list[str]) -> Follower | None:
    """Return by what we know what Igor has of *user*: what needs somebody, else what has most."""
    order = (NEED, WELL, WAITING)
    reader = reader_key(DEFAULT_READER)
    every = followers(user, one.following, shared)
    igor = [each for each in every if each.kind == SNAPSHOT or each.name == reader]
    return min(igor, key=lambda each: order.index(standing(each).state), default=None)


def _standing(
    people: Mapping[str, PersonOverview],
    known: Mapping[str, Follower | None],
    zones: Mapping[str, str],
    visit: Visit,
) -> dict[str, str]:
    """Return how Igor stands; of whom nothing was read there is nothing to have."""
    text = visit.texts.text
    seen = [one for one in known.values() if one]
    if not seen or any(one.following.head and not known[user] for user, one in people.items()):
        word, sentence = text("igor.state.off"), text("igor.unseen")
        return {"shape": OFF, "word": word, "sentence": sentence, "words": "", "button": ""}
    card = target_card(seen, zones, visit)
    return {
        "shape": card.shape,
        "word": text(f"igor.state.{card.shape}"),
        "sentence": card.sentence,
        "words": card.says,
        "button": card.button if visit.services.delivery.shared else "",
    }


def _row(
    user: str, one: PersonOverview, follower: Follower | None, zone: str, visit: Visit
) -> IgorRow:
    phrases = Phrases(visit.texts, zone or None, visit.now)
    shape = standing(follower).state if follower else OFF
    word = shape
    if not one.following.head:
        shape, word = WAITING, "nothing"
    newest = max((record.when for each in one.summary.values() for record in each), default="")
    at = follower.progress.at if follower else None
    return IgorRow(
        user,
        person_name(user),
        shape,
        visit.texts.text(f"igor.state.{word}"),
        phrases.day(date.fromisoformat(newest[:10])) if newest else "",
        phrases.moment(at) if at else "",
    )


def _key_to_show(visit: Visit) -> tuple[str, str] | None:
    """Return whose key this session has just made, and the key; asking is the one showing."""
    note, services = take_note(visit), visit.services
    if "id" not in note:
        return None
    user = note["user"]
    keys = open_keys([user], note["id"], services.owner_key, services.store.identities)
    return (person_name(user), keys[user]) if user in keys else None
