"""Bring one person's new measurements into the store, and on to their home."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from datetime import datetime
from functools import partial
from typing import TYPE_CHECKING, NamedTuple

from healthrelay.core.errors import BadRequest, HealthrelayError, ReconnectNeeded, severity
from healthrelay.core.measurements.records import Delta, Record
from healthrelay.flows.grants.doctor import Doctor
from healthrelay.flows.measurements.gather import ask, convert, refused
from healthrelay.flows.measurements.prepare import prepare, wish
from healthrelay.flows.measurements.store_changes import Keeper

if TYPE_CHECKING:
    from healthrelay.core.grants.consent import Consent
    from healthrelay.core.measurements.plan import Plan
    from healthrelay.core.trouble import Diagnosis
    from healthrelay.flows.delivery.context import Delivery
    from healthrelay.flows.grants.refresh import Grants
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


class Desk(NamedTuple):
    """All that a fetch needs."""

    store: Store
    grants: Grants
    provider: Provider
    consent: Consent
    deliver: Callable[[str], Mapping[str, Delivery]]
    """Delivers what was written for a user, or leaves that to a queue."""
    log_event: LogEvent

    @property
    def doctor(self) -> Doctor:
        """Who says how a person's connection is."""
        return Doctor(self.store, self.grants, self.consent)


def fetch(user: str, query: Mapping[str, str], desk: Desk, now: datetime) -> Fetched:
    """Gather, decide, apply, relay; running it twice changes nothing.

    A series that cannot be read leaves its records alone and is named with its cause; when
    none can be read the first cause is raised, with the diagnosis of the connection on it.
    """
    started = time.monotonic()
    try:
        fetched = _fetch(user, query, desk, now)
    except HealthrelayError as error:
        _tell(user, started, error, desk)
        if isinstance(error, BadRequest):
            raise
        _name(user, {"": error})
        with suppress(HealthrelayError):  # the store itself may be the trouble
            error.diagnosis = desk.doctor.examine(user, now)
        raise
    _tell(user, started, fetched, desk)
    return fetched


def foresee(user: str, query: Mapping[str, str], desk: Desk, now: datetime) -> Plan:
    """What `fetch` would ask the provider for; asks nobody and changes nothing."""
    wanted = wish(user, query, desk.store, now)
    planned, unavailable = prepare(
        wanted, desk.grants.stored(user), desk.provider, desk.consent, now
    )
    if unavailable and not planned.windows:
        raise next(iter(unavailable.values()))
    return planned


def _fetch(user: str, query: Mapping[str, str], desk: Desk, now: datetime) -> Fetched:
    # Bad words are refused before a token is spent on them.
    wanted = wish(user, query, desk.store, now)
    token = desk.grants.current(user, now)
    planned, impossible = prepare(wanted, token, desk.provider, desk.consent, now)

    outcomes = ask(token, planned.reads, desk.provider)
    if again := refused(outcomes):
        # A token refused before its time is refreshed once.
        token = desk.grants.renew(user, token, now)
        outcomes |= ask(token, again, desk.provider)
    gathered = convert(planned, outcomes, desk.provider, token.account)
    unavailable = {**gathered.failed, **impossible}
    _name(user, unavailable)
    token = desk.grants.record_reading(user, token, gathered.trouble, now)
    if unavailable and not gathered.read:
        raise next(iter(unavailable.values()))

    delta = Keeper(user, wanted.covered, gathered, desk.store.records).keep(now)
    deliveries = desk.deliver(user)
    diagnosis = desk.doctor.of(user, token, wanted.stored, now)
    return Fetched(delta, gathered.records, unavailable, deliveries, diagnosis)


def _tell(user: str, started: float, outcome: Fetched | HealthrelayError, desk: Desk) -> None:
    """A line in the log: how many records, and nothing of what is in them."""
    took = round((time.monotonic() - started) * 1000)
    note = partial(desk.log_event, user=user, milliseconds=took)
    if isinstance(outcome, HealthrelayError):
        cause = f"{type(outcome).__name__}: {outcome.sentence}"
        note(severity(outcome), "fetch", cause=cause)
        return
    delta = outcome.delta
    note(
        "INFO",
        "fetch",
        read=len(outcome.records),
        added=len(delta.added),
        changed=len(delta.changed),
        removed=len(delta.removed),
        unavailable=len(outcome.unavailable) or None,
    )


def _name(user: str, unavailable: Mapping[str, HealthrelayError]) -> None:
    """Tell the errors that a wearer must act on who that is."""
    for error in unavailable.values():
        if isinstance(error, ReconnectNeeded):
            error.user = user
