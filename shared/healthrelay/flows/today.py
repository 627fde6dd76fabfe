"""Everybody today: the newest numbers, how each stands, and what there is to do."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from functools import partial
from typing import TYPE_CHECKING, NamedTuple

from healthrelay.core.charts.spans import SPANS
from healthrelay.core.damage import TIME_ZONE, Damaged, read_stored
from healthrelay.core.delivery import progress as following
from healthrelay.core.delivery.tasks import slot_start
from healthrelay.core.errors import BadRequest
from healthrelay.core.grants import diagnosis as states
from healthrelay.core.household.settings import KEPT_FROM, interval
from healthrelay.core.measurements.catalogue import TRACKER
from healthrelay.core.measurements.ledger import MORE_TO_COME
from healthrelay.core.measurements.presentation import present
from healthrelay.core.measurements.query import configured_series
from healthrelay.core.trouble import Diagnosis, Trouble
from healthrelay.flows.delivery.standing import followers, standing
from healthrelay.flows.grants.document import from_clear_part
from healthrelay.flows.grants.links import newest_link
from healthrelay.flows.measurements.charts import charts_from
from healthrelay.flows.measurements.status import status_from

if TYPE_CHECKING:
    from healthrelay.core.grants.consent import Consent
    from healthrelay.core.measurements.status import PersonStatus
    from healthrelay.flows.measurements.charts import PersonCharts
    from healthrelay.ports.overview import Overview, PersonOverview

SILENT_DAYS = 2
"""A watch that has not synced for so long is worth a word."""
MONTH = next(iter(SPANS))
NO_DATA = frozenset({"account_not_linked", "legacy_account"})
"""Causes that say that the account has no measurements."""
WELL, NEED, WAITING, OFF = "well", "need", "waiting", "off"
INVITED, READING = "invited", "reading"
STOPPED = frozenset(
    ["new", "ended", "no_data", "client", "api_off", "owner", "unconfirmed", "slow_down", "down"]
)
"""Keys of those of whom nothing can be read as it is."""


class Standing(NamedTuple):
    """How somebody stands: the worst thing, and what helps.

    *key* names a sentence, *button* what to press: ``fetch``, ``link`` (send a link), ``show``
    (the link that is open), ``client``, ``api``, ``publish`` or nothing.
    """

    state: str
    key: str
    button: str = ""
    at: datetime | None = None
    """The instant, or the civil time, of which the sentence speaks."""
    days: int = 0
    scopes: tuple[str, ...] = ()
    """What was not allowed."""
    whole: int = 0
    """Of how many days the *days* are."""
    sentence: str = ""
    """What only an error says."""


class PersonToday(NamedTuple):
    """What a card shows."""

    user: str
    standing: Standing
    next_read: datetime
    connected_at: datetime | None
    status: PersonStatus
    charts: PersonCharts
    refusing: int = 0
    """How many targets of their own need somebody."""
    stored: bool = False
    """Whether anything was ever stored of them, be it of what no card shows."""

    def reads_since(self, start: datetime) -> bool:
        """Return whether a fetch of *start* may still read: nothing was read since, and no trouble
        is newer."""
        at, standing = self.status.read_at, self.standing
        if standing.state == OFF or (at and at >= start):
            return False
        return standing.key not in STOPPED or (standing.at is not None and standing.at < start)


class IgorToday(NamedTuple):
    """How Igor stands with everybody's numbers (``well``, ``waiting``, ``need``), as of when."""

    state: str
    at: datetime | None


def read_today(
    overview: Overview, consent: Consent, system: str, now: datetime
) -> tuple[dict[str, PersonToday | Damaged], IgorToday | None]:
    """Return everybody in the order in which they were added, and Igor if he is followed.

    Of who cannot be read the reason stands there. Nothing sealed is opened, and no record is read.
    """
    people = overview.people()
    cards = {user: _card_or_damage(user, one, consent, system, now) for user, one in people.items()}
    return cards, _igor([one for one in people.values() if not isinstance(one, Damaged)])


def read_person(
    user: str, overview: Overview, consent: Consent, system: str, now: datetime
) -> PersonToday:
    """Return one of them. Raise `Unknown` for a stranger, `Damaged` for who cannot be read."""
    return _card(user, overview.person(user), consent, system, now)


def _card_or_damage(
    user: str, person: PersonOverview | Damaged, consent: Consent, system: str, now: datetime
) -> PersonToday | Damaged:
    if isinstance(person, Damaged):
        return person
    try:
        return _card(user, person, consent, system, now)
    except Damaged as error:
        return error


def _card(
    user: str, person: PersonOverview, consent: Consent, system: str, now: datetime
) -> PersonToday:
    settings, ledger = person.settings, person.ledger
    # A zone that was one where it was stored need not be one here.
    known = settings, person.grant, ledger, now, consent.provider
    status = read_stored(user, f"{TIME_ZONE}, of identities/{user}", status_from, *known)
    show = partial(present, system=system, units_before=ledger.units)
    records = [record for records in person.summary.values() for record in records]
    charts = charts_from(records, status, MONTH, show, system)
    token = from_clear_part(person.grant) if person.grant else None
    every = _interval(settings)
    return PersonToday(
        user,
        _standing(user, person, status, consent, now),
        slot_start(user, every, now) + every,
        token.connected_at if token else None,
        status,
        charts,
        _refusing(user, person),
        stored=person.following.head > 0,
    )


def _refusing(user: str, person: PersonOverview) -> int:
    every = followers(user, person.following, ())
    return sum(one.kind == following.LOG and standing(one).state == NEED for one in every)


def _standing(
    user: str, person: PersonOverview, status: PersonStatus, consent: Consent, now: datetime
) -> Standing:
    """Return how *user* stands; whose link is open is shown that, and gets no other."""
    standing = _without_links(user, person, status, consent, now)
    if standing.button != "link" or (link := newest_link(person.invitations, now)) is None:
        return standing
    if standing.key == "new":
        return Standing(INVITED, "invited", "show", link.until)
    return standing._replace(button="show")


def _without_links(
    user: str, person: PersonOverview, status: PersonStatus, consent: Consent, now: datetime
) -> Standing:
    if KEPT_FROM in person.settings:
        return Standing(OFF, "kept")
    if person.grant is None:
        read_at = status.read_at
        return Standing(OFF, "off", "link", read_at) if read_at else Standing(NEED, "new", "link")
    token, series = from_clear_part(person.grant), configured_series(person.settings)
    found = states.diagnose_token(user, token, series, consent, now)
    if found.state == states.PARTLY:
        scopes = consent.scopes_for(series)
        missing = [scope for scope in scopes if scope not in token.grant.scopes]
        return Standing(WELL, "partly", "link", scopes=tuple(missing))
    if found.state == states.EXPIRING:
        testing = bool(found.trouble and "Testing" in found.trouble.sentence)
        key, button = ("testing", "publish") if testing else ("expiring", "link")
        return Standing(NEED, key, button, token.grant.refresh_expires_at)
    if found.trouble:
        return _of_trouble(found, found.trouble)
    return _connected(person, status)


def _of_trouble(found: Diagnosis, trouble: Trouble) -> Standing:
    """Return the standing of whose connection has a *trouble*."""
    if found.state == states.RECONNECT:
        key = "no_data" if trouble.cause in NO_DATA else "ended"
        return Standing(NEED, key, "link", trouble.since)
    if found.state == states.MISCONFIGURED:
        if trouble.cause == "service_disabled":
            return Standing(NEED, "api_off", "api", trouble.since)
        if trouble.cause in ("invalid_client", "unauthorized_client"):
            return Standing(NEED, "client", "client", trouble.since)
        return Standing(NEED, "owner", "fetch", trouble.since, sentence=trouble.sentence)
    if found.state == states.UNCONFIRMED:
        return Standing(WAITING, "unconfirmed", "fetch")
    key = "slow_down" if trouble.cause == "rate_limited" else "down"
    return Standing(WAITING, key, "fetch", trouble.since)


def _connected(person: PersonOverview, status: PersonStatus) -> Standing:
    # A summary has not everything that may be read, such as food.
    if not person.summary and not (status.read_at and person.following.head):
        return Standing(WAITING, "connected", "fetch")
    if status.causes and {*status.causes.values()} == {MORE_TO_COME}:
        # A fetch took as much as memory should hold, and the next goes on.
        known = [one.days for one in status.series.values() if one.configured]
        first, last = min(days.start for days in known), max(days.end for days in known)
        whole = (last - first).days + 1
        read = whole - len(status.failed_days)
        return Standing(READING, "reading", "fetch", days=read, whole=whole)
    synced = max((d.synced for d in status.devices if d.kind == TRACKER), default="")
    days = len(status.open_days)
    if synced and days > SILENT_DAYS:
        last = datetime.fromisoformat(synced)
        if status.moment.civil.date() - last.date() >= timedelta(SILENT_DAYS):
            return Standing(WAITING, "not_synced", "fetch", last, days)
    return Standing(WELL, "well", "fetch", status.read_at)


def _interval(settings: Mapping[str, str]) -> timedelta:
    try:
        return interval(settings)
    except BadRequest:
        return interval({})


def _igor(people: list[PersonOverview]) -> IgorToday | None:
    """Return how the followers that say what they have stand, taken together."""
    followed = [
        (one.following.head, progress)
        for one in people
        for name, progress in one.following.targets.items()
        if following.kind_of(name) in (following.SNAPSHOT, following.READER)
    ]
    if not followed:
        return None
    ends = [progress.at for _, progress in followed if progress.at]
    if troubled := [p.trouble for _, p in followed if p.trouble and p.trouble.who == "owner"]:
        return IgorToday(NEED, min((t.since for t in troubled if t.since), default=None))
    waits = any(following.behind(progress, head) for head, progress in followed)
    return IgorToday(WAITING if waits else WELL, min(ends, default=None) if waits else max(ends))
