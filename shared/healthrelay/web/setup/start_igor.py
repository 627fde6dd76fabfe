"""Fourth step: one paste lets Igor fetch, and its acknowledgement says that it came."""

from __future__ import annotations

import re
import secrets
from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, NamedTuple
from urllib.parse import urlsplit

from flask import Response
from itsdangerous import BadData

from healthrelay.core.delivery.progress import reader_key
from healthrelay.flows.delivery.igor_keys import make_keys, open_keys
from healthrelay.flows.grants.signed import SignedNotes
from healthrelay.flows.household.application import amend
from healthrelay.flows.household.people import readable_people
from healthrelay.igor.guide import PollSetup, paste
from healthrelay.web.readers import DEFAULT_READER
from healthrelay.web.setup.delivery_cards import zone, zone_names
from healthrelay.web.setup.phrases import Phrases, person_name
from healthrelay.web.setup.render import render

if TYPE_CHECKING:
    from healthrelay.ports.overview import PersonOverview
    from healthrelay.web.setup.visit import Visit

PLACES = HERE, HOUSE, AWAY = "here", "house", "away"
WHERE, ADDRESS = "igor_where", "igor_at"
"""The application's values that say where Igor is; none makes us push there."""
LOCAL = "http://localhost:9333"
PASTE_AGE = timedelta(hours=1)
_IGOR = re.compile(r"https?://[A-Za-z0-9.-]+(:[0-9]{1,5})?/?")
"""An Igor's address; it stands in a command that somebody pastes."""
_LOOPBACK = ("127.0.0.1", "localhost", "::1")


class IgorArrival(NamedTuple):
    """What Igor has of a person, by its acknowledgement."""

    person: str
    at: str
    """When it last said so; empty if it never did."""
    all_of_it: bool


class _Paste(NamedTuple):
    id: str
    at: datetime


def show(visit: Visit) -> Response:
    return _page(visit)


def save(visit: Visit) -> Response:
    """Keep where Igor is, and its address on the machine on which the paste is pasted."""
    where, typed = visit.form.get("where", HERE), visit.form.get("igor", "").strip() or LOCAL
    if where not in PLACES or not _IGOR.fullmatch(typed):
        return _page(visit, typed)
    values = {WHERE: where, ADDRESS: typed.rstrip("/")}
    amend(visit.services.store.identities, lambda before: {**before, **values})
    return visit.redirect("start/igor", "start.igor.saved")


def make_paste(visit: Visit) -> Response:
    """Give everybody a new key; the page shows them until they are pasted."""
    services, made = visit.services, secrets.token_hex(16)
    make_keys(_people(visit), made, services.owner_key, services.store.identities)
    note = {"id": made, "session": visit.session.id, "at": visit.now.isoformat()}
    signed = SignedNotes(services.owner_key).sign("paste", note, visit.now)
    visit.set_cookie("paste", signed, PASTE_AGE)
    return visit.redirect("start/igor#paste-h", "start.igor.made")


def close_paste(visit: Visit) -> Response:
    """Show the keys no more."""
    visit.set_cookie("paste", "", timedelta())
    return visit.redirect("start/igor#fetches-h", "start.igor.closed")


def _page(visit: Visit, wrong: str = "") -> Response:
    services = visit.services
    stored = services.store.identities.application()
    where = visit.form.get("where", HERE) if wrong else stored.get(WHERE, HERE)
    address = wrong or stored.get(ADDRESS, LOCAL)
    people = _people(visit)
    relay, zones = _relay_address(where, visit), zone_names(people.values())
    phrases = Phrases(visit.texts, zones[0], visit.now)
    opened = _open_paste(visit)
    keys = _keys_to_show(opened, people, visit) if opened and not wrong else {}
    fetched = [_fetched(user, one, visit) for user, one in people.items()]
    return render(
        visit,
        "start-igor",
        422 if wrong else 200,
        step=4,
        wrong=wrong,
        where=where,
        address=address,
        relays={place: _relay_address(place, visit) for place in PLACES},
        unreachable="" if where == HERE or not _is_here(relay) else relay,
        people=phrases.join([person_name(user) for user in keys or people]),
        paste=_paste_text(keys, relay, address, visit) if keys else "",
        since=phrases.time(opened.at) if opened else "",
        fetched=[(one.person, one.at) for one in fetched if one.at],
        everything=any(one.at for one in fetched) and all(one.all_of_it for one in fetched),
        zones=zones,
        empty=not any(one.following.head for one in people.values()),
    )


def _people(visit: Visit) -> dict[str, PersonOverview]:
    """Return whom Igor fetches."""
    return readable_people(visit.services.store.overview.people())


def _relay_address(where: str, visit: Visit) -> str:
    """Return where an Igor that is *where* reaches us."""
    services = visit.services
    return services.settings.readers_url if where == HOUSE else services.public_url


def _is_here(url: str) -> bool:
    return urlsplit(url).hostname in _LOOPBACK


def _open_paste(visit: Visit) -> _Paste | None:
    """Return the paste that this session has made and not closed."""
    notes, text = SignedNotes(visit.services.owner_key), visit.cookie("paste")
    try:
        note = notes.read("paste", text, visit.now, PASTE_AGE)
    except BadData:
        return None
    if note.get("session") != visit.session.id:
        return None
    return _Paste(note["id"], datetime.fromisoformat(note["at"]))


def _keys_to_show(opened: _Paste, people: Iterable[str], visit: Visit) -> dict[str, str]:
    """Return the keys of the paste that have not been replaced, by name."""
    services = visit.services
    return open_keys(people, opened.id, services.owner_key, services.store.identities)


def _paste_text(keys: Mapping[str, str], relay: str, igor: str, visit: Visit) -> str:
    services = visit.services
    setups = [
        PollSetup(
            user,
            f"{relay}/relay",
            key,
            services.settings.igor_prefix,
            igor,
            services.settings.igor_ca,
            ack=True,
        )
        for user, key in keys.items()
    ]
    return paste(setups)


def _fetched(user: str, one: PersonOverview, visit: Visit) -> IgorArrival:
    progress = one.following.progress(reader_key(DEFAULT_READER))
    at = Phrases(visit.texts, zone(one) or None, visit.now).when(progress.at) if progress.at else ""
    return IgorArrival(person_name(user), at, progress.sequence >= one.following.head)
