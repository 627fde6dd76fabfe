"""Each target as the page shows it: a card with its state, and a row for each person it follows."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import timedelta
from typing import TYPE_CHECKING, NamedTuple
from urllib.parse import urlsplit

from healthrelay.core.damage import Damaged
from healthrelay.core.defect import isolate
from healthrelay.core.delivery.progress import LOG, PAUSED, READER, SNAPSHOT, reader_key
from healthrelay.core.errors import HealthrelayError
from healthrelay.core.measurements.days import is_zone
from healthrelay.flows.delivery.standing import Follower, followers, standing, worst
from healthrelay.flows.delivery.targets import endpoint_of, open_keys
from healthrelay.flows.measurements.status import zone_of
from healthrelay.web.setup.phrases import Phrases, person_name

if TYPE_CHECKING:
    from healthrelay.core.json import Document
    from healthrelay.ports.overview import PersonOverview
    from healthrelay.web.setup.visit import Visit

ONE, OWN = "igor/send", "deliveries/{user}/{target}"


class DeliveryCard(NamedTuple):
    """A target as the template shows it."""

    name: str
    whose: str
    address: str
    """Scheme and host; what stands behind them may be a key."""
    shape: str
    word: str
    sentence: str
    says: str
    """What an error says itself, where the sentence needs it."""
    button: str
    where: str
    """Where the button sends its form."""
    waiting: int
    dead: int
    until: str
    """How long what did not arrive is kept."""
    change: str = ""
    """Below which address it is changed; nothing where that is not done here."""
    two_secrets: bool = False


class DeliveryRow(NamedTuple):
    """What a target has of one person."""

    target: str
    person: str
    shape: str
    word: str
    last: str
    waiting: int
    dead: int
    since: str
    """Since when nothing arrives."""
    tries: str
    next: str


class Deliveries(NamedTuple):
    """The page's cards and rows, whom it could not read, and by which clocks it tells the time."""

    cards: list[DeliveryCard]
    rows: list[DeliveryRow]
    unread: list[str]
    zones: list[str]


def read_deliveries(people: Mapping[str, PersonOverview | Damaged], visit: Visit) -> Deliveries:
    """Return how everybody's targets stand."""
    readable = {user: one for user, one in people.items() if not isinstance(one, Damaged)}
    shared = [target.name for target in visit.services.delivery.shared]
    found = [one for user, p in readable.items() for one in followers(user, p.following, shared)]
    zones = {user: zone(one) for user, one in readable.items()}
    together = [[one for one in found if one.name == name] for name in _names(found)]
    own = [one for one in found if one.kind == LOG]
    stored = {one.user: isolate(visit.services.store.targets.of, one.user) for one in own}
    cards = [target_card(group, zones, visit) for group in together]
    cards += [_own_card(one, stored[one.user], zones, visit) for one in own]
    rows = [_row(one, zones, visit) for one in found]
    damaged = {user for user, one in stored.items() if isinstance(one, HealthrelayError)}
    unread = [person_name(u) for u in people if u not in readable or u in damaged]
    return Deliveries(cards, rows, unread, zone_names(readable.values()))


def target_name(name: str) -> str:
    """Return how the page calls a target, or a reader, that is stored as *name*."""
    reader = name.removeprefix(reader_key(""))
    return "Igor" if reader == "igor" else reader


def _names(found: Iterable[Follower]) -> list[str]:
    """Return who is one for several people."""
    return [*dict.fromkeys(one.name for one in found if one.kind in (SNAPSHOT, READER))]


def zone(one: PersonOverview) -> str:
    """Return by whose clocks the times of *one* are shown; nothing where that is not known."""
    name = zone_of(one.settings, one.grant)
    return name if is_zone(name) else ""


def zone_names(people: Iterable[PersonOverview]) -> list[str]:
    """Return whose clocks show the times of *people*, sorted."""
    return sorted(filter(None, {zone(one) for one in people})) or ["UTC"]


def _phrases(one: Follower, zones: Mapping[str, str], visit: Visit) -> Phrases:
    return Phrases(visit.texts, zones[one.user] or None, visit.now)


def target_card(group: Sequence[Follower], zones: Mapping[str, str], visit: Visit) -> DeliveryCard:
    """Return the card of a target that follows each of *group*."""
    one, text = worst(group), visit.texts.text
    phrases, stands, trouble = _phrases(one, zones, visit), standing(one), one.progress.trouble
    dead = sum(each.dead for each in group) if one.kind == LOG else 0
    names = phrases.join([person_name(each.user) for each in group])
    own = OWN.format(user=one.user, target=one.name) if one.kind == LOG else ""
    died = max((each.progress.died for each in group if each.progress.died), default=None)
    kept = died + timedelta(days=visit.services.log_days) if died and dead else None
    return DeliveryCard(
        name=target_name(one.name),
        whose=text("deliveries.fetches" if one.kind == READER else "deliveries.gets", people=names),
        address="",
        shape=stands.state,
        word=text(f"deliveries.state.{stands.state}"),
        sentence=_sentence(one, phrases, visit),
        says=trouble.sentence if trouble and stands.key.endswith("owner") else "",
        button=_button(stands.button, stands.key, dead, visit),
        where=f"{own}/{stands.button}" if own else ONE,
        waiting=sum(each.waiting for each in group),
        dead=dead,
        until=phrases.short_date(phrases.civil(kept).date()) if kept else "",
        change=own,
    )


def _own_card(
    one: Follower,
    stored: Mapping[str, Document] | HealthrelayError,
    zones: Mapping[str, str],
    visit: Visit,
) -> DeliveryCard:
    """Return the card of a person's own target; its secrets are counted, never shown."""
    card = target_card([one], zones, visit)
    document = None if isinstance(stored, HealthrelayError) else stored.get(one.name)
    if document is None:
        return card
    parts = urlsplit(endpoint_of(document).url)
    keys = isolate(open_keys, one.user, one.name, document, visit.services.vault)
    two = not isinstance(keys, HealthrelayError) and len(keys) > 1
    host = parts.netloc.rpartition("@")[2]
    return card._replace(address=f"{parts.scheme}://{host}", two_secrets=two)


def _sentence(one: Follower, phrases: Phrases, visit: Visit) -> str:
    stands, progress, trouble = standing(one), one.progress, one.progress.trouble
    since = trouble.since if trouble and trouble.since else visit.now
    return visit.texts.text(
        f"deliveries.standing.{stands.key}",
        at=phrases.moment(since),
        when=phrases.when(progress.at or visit.now),
        next=phrases.when(progress.due or visit.now),
        code=stands.status,
        count=one.dead or one.waiting,
    )


def _button(button: str, key: str, dead: int, visit: Visit) -> str:
    if not button:
        return ""
    if button == "replay":
        again = "all" if key == "igor.has" else "again" if dead else "now"
        return visit.texts.text(f"deliveries.button.{again}", count=dead)
    return visit.texts.text(f"deliveries.button.{button}")


def _row(one: Follower, zones: Mapping[str, str], visit: Visit) -> DeliveryRow:
    phrases, stands, progress = _phrases(one, zones, visit), standing(one), one.progress
    upcoming = progress.due if progress.trouble else None
    since = progress.trouble.since if progress.trouble else None
    return DeliveryRow(
        target_name(one.name),
        person_name(one.user),
        stands.state,
        visit.texts.text(f"deliveries.state.{stands.state}"),
        phrases.moment(progress.at) if progress.at else "",
        one.waiting,
        one.dead if one.kind == LOG else 0,
        phrases.moment(since) if since else "",
        # Of one that waits for its owner tries are not counted: they are made to look.
        "–" if progress.state == PAUSED else str(progress.attempt),
        phrases.moment(upcoming) if upcoming else "",
    )
