"""Bring one person's new measurements into the store, and on to their home."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from datetime import datetime
from functools import partial
from typing import TYPE_CHECKING, NamedTuple

from healthrelay.core.delivery.entries import CHANGES
from healthrelay.core.errors import (
    BadRequest,
    HealthrelayError,
    OddData,
    OddDays,
    ReconnectNeeded,
    Unconfirmed,
    severity,
)
from healthrelay.core.grants.diagnosis import diagnose_token
from healthrelay.core.measurements.catalogue import SERIES, Kind
from healthrelay.core.measurements.days import Moment, civil
from healthrelay.core.measurements.plan import decide, device_sources
from healthrelay.core.measurements.query import selection_of
from healthrelay.core.measurements.reads import pack
from healthrelay.core.measurements.syncs import with_devices
from healthrelay.flows.grants.doctor import examine
from healthrelay.flows.measurements.clock import require_clock
from healthrelay.flows.measurements.gather import convert, gather
from healthrelay.flows.measurements.store_changes import store_changes
from healthrelay.flows.require import require_connectable

if TYPE_CHECKING:
    from healthrelay.core.grants.consent import Consent
    from healthrelay.core.grants.token import Token
    from healthrelay.core.measurements.ledger import Ledger
    from healthrelay.core.measurements.plan import Plan
    from healthrelay.core.measurements.query import FetchRequest, Selection
    from healthrelay.core.measurements.reading import Delta
    from healthrelay.core.measurements.records import Record
    from healthrelay.core.trouble import Diagnosis
    from healthrelay.flows.delivery.context import Delivery
    from healthrelay.flows.grants.refresh import Grants
    from healthrelay.flows.measurements.gather import Gathered
    from healthrelay.ports.peers import LogEvent, Provider
    from healthrelay.ports.store import Store


class Fetched(NamedTuple):
    """What one fetch read, wrote and delivered."""

    delta: Delta
    records: tuple[Record, ...]
    unavailable: Mapping[str, HealthrelayError]
    deliveries: Mapping[str, Delivery]
    """By target."""
    diagnosis: Diagnosis
    odd: OddDays


class _Known(NamedTuple):
    """What the store knows of a person before a fetch."""

    settings: Mapping[str, str]
    ledger: Ledger
    has_syncs: bool = False
    """Whether the devices of the ledger are those of this fetch."""

    def in_units(self, system: str) -> _Known:
        """Return this with *system* as that of earlier records, unless the ledger names one."""
        return self._replace(ledger=self.ledger._replace(units=self.ledger.units or system))

    def moment(self, now: datetime, token: Token) -> Moment:
        """Return *now* in the zone by which days are counted, and filled with what was read."""
        zone = self.settings.get("timezone") or token.account.zone
        return Moment(now, civil(now, zone), zone)


def fetch(  # noqa: PLR0913 - two values, and every port by name
    request: FetchRequest,
    now: datetime,
    *,
    store: Store,
    grants: Grants,
    provider: Provider,
    consent: Consent,
    deliver: Callable[[str], Mapping[str, Delivery]],
    log_event: LogEvent,
    system: str,
) -> Fetched:
    """Gather, decide, apply, *deliver*; running it twice changes nothing.

    A series that cannot be read leaves its records alone and is named with its cause, and so is
    one of which some points could not be read; when none can be read the first cause is raised,
    with the diagnosis of the connection on it. An earlier version stored in the units of *system*.
    """
    user = request.user
    log = partial(_log_fetch, log_event, user, time.monotonic())
    connection = partial(examine, user, store, grants.load, consent, now)
    with _diagnosing(user, log, connection):
        known = _read_known(user, store).in_units(system)
        token = _current_token(user, now, store, grants, provider, log_event)
        require_clock(now, known.ledger.read_at, provider, token.grant)
        moment = known.moment(now, token)
        selection = selection_of(request.query, known.settings, moment.day)
        known = _look_ahead(selection, known, token, provider, consent, moment)
        plan = _decide(selection, known, token, provider, consent, moment)
        token, gathered = gather(user, plan, token, moment, grants=grants, provider=provider)
        require_clock(now, known.ledger.read_at, provider)
        unavailable = _name_unavailable(user, gathered, plan)
        delta = store_changes(
            user, gathered, known.ledger, moment, system, records=store.records, log_event=log_event
        )
        _require_any(gathered.read, unavailable)
        deliveries = deliver(user)
        diagnosis = diagnose_token(user, token, selection.configured, consent, now)
    fetched = Fetched(delta, gathered.records, unavailable, deliveries, diagnosis, gathered.odd)
    log(fetched)
    return fetched


def _current_token(
    user: str, now: datetime, store: Store, grants: Grants, provider: Provider, log_event: LogEvent
) -> Token:
    """Return the person's token; if it is not known whose account it opens, ask that first."""
    try:
        return grants.current(user, now)
    except Unconfirmed:
        from healthrelay.flows.grants.identity import confirm  # noqa: PLC0415 - hardly ever needed

        return confirm(
            user, now, store=store, grants=grants, provider=provider, log_event=log_event
        )


def preview(
    request: FetchRequest,
    now: datetime,
    *,
    store: Store,
    grants: Grants,
    provider: Provider,
    consent: Consent,
) -> Plan:
    """Return what `fetch` would read from the provider; reads and changes nothing there."""
    known = _read_known(request.user, store)
    token = grants.load(request.user)
    moment = known.moment(now, token)
    selection = selection_of(request.query, known.settings, moment.day)
    plan = _decide(selection, known, token, provider, consent, moment)
    if plan.refused and not plan.windows:
        raise next(iter(plan.refused.values()))
    return plan


def _read_known(user: str, store: Store) -> _Known:
    return _Known(require_connectable(user, store.identities), store.records.ledger(user))


def _look_ahead(
    selection: Selection,
    known: _Known,
    token: Token,
    provider: Provider,
    consent: Consent,
    moment: Moment,
) -> _Known:
    """Return what is known, with the syncs of the devices where they decide what is read.

    That is so for the points within a day only; a trouble leaves it to the plan to ask again.
    """
    if all(SERIES[window.series].kind is not Kind.INTRADAY for window in selection.windows):
        return known
    sources = device_sources(partial(consent.missing, granted=token.grant.scopes), provider.needs)
    reads = pack(sources, known.ledger)
    try:
        outcomes = {read: provider.read(token.grant.access, read) for read in reads}
    except HealthrelayError:
        return known
    account = token.account._replace(zone=moment.zone)
    listed = convert(sources, outcomes, provider, account, moment.now).records
    ledger = with_devices(known.ledger, [record.data for record in listed], moment.civil)
    return known._replace(ledger=ledger, has_syncs=bool(reads))


def _decide(
    selection: Selection,
    known: _Known,
    token: Token,
    provider: Provider,
    consent: Consent,
    moment: Moment,
) -> Plan:
    missing, devices = partial(consent.missing, granted=token.grant.scopes), not known.has_syncs
    return decide(selection, known.ledger, missing, provider.needs, moment, devices=devices)


def _log_fetch(
    log_event: LogEvent, user: str, started: float, outcome: Fetched | HealthrelayError
) -> None:
    """Write to the log how many records there are, and nothing of what is in them."""
    note = partial(log_event, user=user, milliseconds=round((time.monotonic() - started) * 1000))
    if isinstance(outcome, HealthrelayError):
        cause = f"{type(outcome).__name__}: {outcome.sentence}"
        note(severity(outcome), "fetch", cause=cause)
        return
    counts = {change: len(getattr(outcome.delta, change)) for change in CHANGES}
    unavailable = len(outcome.unavailable) or None
    note("INFO", "fetch", read=len(outcome.records), **counts, unavailable=unavailable)
    if outcome.odd:
        note("WARNING", "odd data", odd=outcome.odd)


@contextmanager
def _diagnosing(
    user: str, log: Callable[[HealthrelayError], None], connection: Callable[[], Diagnosis]
) -> Iterator[None]:
    """Log an error, and put the diagnosis of the *connection* on it unless it is the caller's."""
    try:
        yield
    except HealthrelayError as error:
        log(error)
        if not isinstance(error, BadRequest):
            _name_wearer(user, {"": error})
            with suppress(HealthrelayError):  # the store itself may be the trouble
                error.diagnosis = connection()
        raise


def _name_unavailable(user: str, gathered: Gathered, plan: Plan) -> Mapping[str, HealthrelayError]:
    """Return by series what stood in the way, with the name of a wearer who must act."""
    odd = {series: OddData(series, days) for series, days in gathered.odd.items()}
    unavailable = {**odd, **gathered.failed, **plan.refused}
    _name_wearer(user, unavailable)
    return unavailable


def _require_any(read: object, unavailable: Mapping[str, HealthrelayError]) -> None:
    """Raise the first cause if nothing was *read* for it."""
    if unavailable and not read:
        raise next(iter(unavailable.values()))


def _name_wearer(user: str, unavailable: Mapping[str, HealthrelayError]) -> None:
    """Say on the errors that a wearer must act on who that is."""
    for error in unavailable.values():
        if isinstance(error, ReconnectNeeded):
            error.user = user
