"""Bring one person's new measurements into the store, and on to their home."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from datetime import datetime, timedelta
from functools import partial
from typing import TYPE_CHECKING, NamedTuple

from healthrelay.core.errors import (
    BadRequest,
    HealthrelayError,
    OddData,
    OddDays,
    ReconnectNeeded,
    TooLarge,
    Unconfirmed,
    severity,
)
from healthrelay.core.grants.diagnosis import diagnose_token
from healthrelay.core.measurements.days import today
from healthrelay.core.measurements.plan import decide
from healthrelay.core.measurements.query import configured_series
from healthrelay.core.measurements.records import Delta, diff, extend_coverage, reaches_back, select
from healthrelay.flows.grants.doctor import examine
from healthrelay.flows.measurements.gather import Gathered, gather
from healthrelay.flows.require import require_connectable

if TYPE_CHECKING:
    from healthrelay.core.grants.consent import Consent
    from healthrelay.core.grants.token import Token
    from healthrelay.core.measurements.plan import Plan
    from healthrelay.core.measurements.query import FetchRequest
    from healthrelay.core.measurements.records import Coverage, Record, Window
    from healthrelay.core.trouble import Diagnosis
    from healthrelay.flows.delivery.context import Delivery
    from healthrelay.flows.grants.refresh import Grants
    from healthrelay.ports.peers import LogEvent, Provider
    from healthrelay.ports.store import Records, Store


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
    covered: Coverage


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
) -> Fetched:
    """Gather, decide, apply, *deliver*; running it twice changes nothing.

    A series that cannot be read leaves its records alone and is named with its cause, and so is
    one of which some points could not be read; when none can be read the first cause is raised,
    with the diagnosis of the connection on it.
    """
    user = request.user
    log = partial(_log_fetch, log_event, user, time.monotonic())
    try:
        known = _read_known(user, store)
        token = _current_token(user, now, store, grants, provider, log_event)
        plan = _decide(request, known, token, provider, consent, now)
        token, gathered = gather(user, plan, token, now, grants=grants, provider=provider)
        unavailable = {**_odd_errors(gathered.odd), **gathered.failed, **plan.refused}
        _name_wearer(user, unavailable)
        if unavailable and not gathered.read:
            raise next(iter(unavailable.values()))
        delta = store_changes(user, gathered, known.covered, store.records, now)
        deliveries = deliver(user)
        diagnosis = diagnose_token(user, token, configured_series(known.settings), consent, now)
    except HealthrelayError as error:
        log(error)
        if not isinstance(error, BadRequest):
            _name_wearer(user, {"": error})
            with suppress(HealthrelayError):  # the store itself may be the trouble
                error.diagnosis = examine(user, store, grants.load, consent, now)
        raise
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
    plan = _decide(request, known, token, provider, consent, now)
    if plan.refused and not plan.windows:
        raise next(iter(plan.refused.values()))
    return plan


def _read_known(user: str, store: Store) -> _Known:
    return _Known(require_connectable(user, store.identities), store.records.coverage(user))


def _decide(
    request: FetchRequest,
    known: _Known,
    token: Token,
    provider: Provider,
    consent: Consent,
    now: datetime,
) -> Plan:
    day = today(now, known.settings.get("timezone") or token.account.zone)
    missing = partial(consent.missing, granted=token.grant.scopes)
    return decide(request, known.settings, known.covered, missing, provider.needs, day)


def _log_fetch(
    log_event: LogEvent, user: str, started: float, outcome: Fetched | HealthrelayError
) -> None:
    """Write to the log how many records there are, and nothing of what is in them."""
    note = partial(log_event, user=user, milliseconds=round((time.monotonic() - started) * 1000))
    if isinstance(outcome, HealthrelayError):
        cause = f"{type(outcome).__name__}: {outcome.sentence}"
        note(severity(outcome), "fetch", cause=cause)
        return
    counts = {name: len(records) for name, records in outcome.delta._asdict().items()}
    unavailable = len(outcome.unavailable) or None
    note("INFO", "fetch", read=len(outcome.records), **counts, unavailable=unavailable)
    if outcome.odd:
        note("WARNING", "odd data", odd=outcome.odd)


def _odd_errors(odd: OddDays) -> dict[str, HealthrelayError]:
    return {series: OddData(series, days) for series, days in odd.items()}


def _name_wearer(user: str, unavailable: Mapping[str, HealthrelayError]) -> None:
    """Say on the errors that a wearer must act on who that is."""
    for error in unavailable.values():
        if isinstance(error, ReconnectNeeded):
            error.user = user


def store_changes(
    user: str, gathered: Gathered, covered: Coverage, records: Records, now: datetime
) -> Delta:
    """Store what was *gathered* in one change, or in several where the store takes no more.

    What was *covered* before is stored again with every change, and for days without data where
    each fetch would otherwise read them again.
    """
    waiting: list[tuple[Sequence[Window], Sequence[Record]]] = [(gathered.read, gathered.records)]
    stored = Delta()
    while waiting:
        windows, read = waiting.pop(0)
        known = records.within(user, windows)
        delta = diff(known, _incoming(known, read, windows, gathered))
        after = extend_coverage(covered, windows)
        moved = after != covered and (gathered.broken_off or reaches_back(covered, after))
        if not any(delta) and not moved:
            continue
        try:
            records.apply(user, delta, now, after)
        except TooLarge:
            halves = _halves(windows)
            if not halves:
                raise
            waiting = [*((half, select(read, half)) for half in halves), *waiting]
            continue
        covered = after
        stored = Delta(*(one + more for one, more in zip(stored, delta, strict=True)))
    return stored


def _incoming(
    known: Sequence[Record], read: Sequence[Record], windows: Sequence[Window], gathered: Gathered
) -> Sequence[Record]:
    """Return what the store should have now of *windows*."""
    if any(window.hours for window in windows):
        from healthrelay.core.measurements.hours import pieced  # noqa: PLC0415 - most want days

        read = pieced(known, read, windows)
    if not gathered.unsure:
        return read
    from healthrelay.core.measurements.odd_days import keep_known  # noqa: PLC0415 - rarely any

    # A record that was read under another key now would stand twice.
    kept = [record for record in known if record.name not in gathered.replaced]
    return keep_known(kept, read, gathered.unsure)


def _halves(windows: Sequence[Window]) -> list[tuple[Window, ...]]:
    """Return the newer half first: what is covered grows from there. A single day has no halves."""
    ordered = sorted(windows, key=lambda window: window.end, reverse=True)
    if len(ordered) > 1:
        middle = len(ordered) // 2
        return [tuple(ordered[:middle]), tuple(ordered[middle:])]
    (window,) = ordered
    if window.start == window.end:
        return []
    middle_day = window.start + (window.end - window.start) // 2
    later = window._replace(start=middle_day + timedelta(days=1))
    return [(later,), (window._replace(end=middle_day),)]
