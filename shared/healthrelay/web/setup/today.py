"""Today: a card a person, and first of all who needs somebody."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import TYPE_CHECKING, NamedTuple

from flask import Response
from markupsafe import Markup

from healthrelay.core.damage import Damaged
from healthrelay.core.grants.consent import scope_name
from healthrelay.flows.grants.sessions import OWNER
from healthrelay.flows.today import (
    INVITED,
    NEED,
    READING,
    WAITING,
    WELL,
    IgorToday,
    PersonToday,
    read_today,
)
from healthrelay.web.charts.points import draw_spark
from healthrelay.web.charts.words import ChartWords
from healthrelay.web.setup.card import PersonCard, card
from healthrelay.web.setup.phrases import Phrases, capitalized, person_name
from healthrelay.web.setup.render import render
from healthrelay.web.setup.router import has_page

if TYPE_CHECKING:
    from healthrelay.web.setup.visit import Visit

CONSOLE = "https://console.cloud.google.com"
BUTTONS: Mapping[str, tuple[str, str]] = {
    "fetch": ("POST", "people/{user}/fetch"),
    "link": ("POST", "people/{user}/invite"),
    "show": ("GET", "start/people#{user}"),
    "client": ("GET", "start/client"),
    "publish": ("AWAY", f"{CONSOLE}/auth/audience"),
    "api": ("AWAY", f"{CONSOLE}/apis/library/health.googleapis.com"),
}
"""What to press → how, and where it leads."""
SHAPES = {INVITED: WAITING}
"""State → its shape, where that is not of the same name."""


class TodayCard(NamedTuple):
    """A person as the template shows them."""

    user: str
    name: str
    shape: str
    word: str
    sentence: str
    button: str
    how: str
    """``POST``, ``GET``, ``AWAY`` for another site, or nothing."""
    where: str
    numbers: PersonCard | None = None
    spark: Markup = Markup()
    since: str = ""
    """When somebody of whom nothing was measured yet was connected."""
    says: str = ""
    """What an error says itself."""
    stored: bool = False
    """Whether anything is stored of them, even where there are no numbers."""


def show(visit: Visit) -> Response:
    """Show everybody; who has nobody yet is led on."""
    services = visit.services
    people, igor = read_today(services.store.overview, services.consent, visit.system, visit.now)
    if not people:
        return render(visit, "empty")
    known = (one.status.zone for one in people.values() if isinstance(one, PersonToday))
    zones = sorted({zone for zone in known if zone}) or ["UTC"]
    phrases = Phrases(visit.texts, zones[0], visit.now)
    cards = [person_card(user, one, visit) for user, one in people.items()]
    refusing = sum(one.refusing for one in people.values() if isinstance(one, PersonToday))
    return render(
        visit,
        "today",
        date=capitalized(phrases.long_date(phrases.today)),
        cards=cards,
        first=_first_line(cards, refusing, visit),
        igor=_igor_line(igor, phrases, visit),
        zones=phrases.join(zones),
        add=has_page("start/people"),
    )


def person_card(user: str, one: PersonToday | Damaged, visit: Visit) -> TodayCard:
    """Return the card of *user*; what only the owner may press is no button for anybody else."""
    text, name = visit.texts.text, person_name(user)
    if isinstance(one, Damaged):
        words = text("today.damaged", person=name)
        return TodayCard(user, name, NEED, text("today.state.need"), words, "", "", "")
    phrases = Phrases(visit.texts, one.status.zone or None, visit.now)
    standing = one.standing
    how, where = BUTTONS.get(standing.button, ("", ""))
    label = text(f"today.button.{standing.button}", person=name) if standing.button else ""
    if visit.session.kind != OWNER and standing.button in ("link", "show"):
        # They need no link to themselves.
        how, where, label = "GET", f"people/{user}/connect", text("wearer.connect.button")
    elif visit.session.kind != OWNER and standing.button != "fetch":
        how = ""
    connected = one.connected_at
    return TodayCard(
        user,
        name,
        SHAPES.get(standing.state, standing.state),
        text(f"today.state.{standing.state}"),
        _sentence(one, name, phrases, visit),
        label,
        how if how != "GET" or has_page(where.partition("#")[0]) else "",
        where.format(user=user),
        card(one.charts, ChartWords(visit.texts, one.charts.units)),
        Markup(draw_spark(one.charts.values["weight"])),  # noqa: S704 - ours
        phrases.moment(connected) if connected else "",
        standing.sentence,
        one.stored,
    )


def _sentence(one: PersonToday, name: str, phrases: Phrases, visit: Visit) -> str:
    standing = one.standing
    at = standing.at or visit.now
    return visit.texts.text(
        f"today.standing.{standing.key}",
        person=name,
        at=phrases.moment(at),
        when=phrases.when(at),
        day=phrases.day(phrases.civil(at).date()),
        on=phrases.on(phrases.civil(at).date()),
        next=phrases.when(one.next_read),
        count=standing.days,
        whole=standing.whole,
        words=phrases.join(_gives(standing.scopes, visit)),
        provider=visit.services.consent.label,
    )


def _gives(scopes: Iterable[str], visit: Visit) -> list[str]:
    """Return what each of *scopes* gives, in words."""
    provider = visit.services.consent.provider
    return [visit.texts.text(f"today.gives.{provider}.{scope_name(one)}") for one in scopes]


def _first_line(cards: list[TodayCard], refusing: int, visit: Visit) -> dict[str, str]:
    """Return what the first line says, and where it leads; *refusing* targets need somebody."""
    text = visit.texts.text
    for state in (NEED, WAITING, READING):
        if found := [one for one in cards if one.shape == state]:
            words = found[0].sentence
            if state == NEED:
                words = text("today.need_you", count=len(found), person=found[0].name)
            return {"shape": state, "words": words, "to": f"#{found[0].user}"}
        if refusing:
            words = text("today.refusing", count=refusing)
            return {"shape": NEED, "words": words, "to": visit.url("deliveries")}
    return {"shape": WELL, "words": text("today.all_well"), "to": ""}


def _igor_line(igor: IgorToday | None, phrases: Phrases, visit: Visit) -> str:
    if igor is None:
        return ""
    at: datetime = igor.at or visit.now
    return visit.texts.text(f"today.igor.{igor.state}", at=phrases.moment(at))
