"""Bring one person's new measurements into the store, and on to their home."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime

from healthrelay.core.consent import Consent
from healthrelay.core.coverage import merged
from healthrelay.core.days import today
from healthrelay.core.errors import (
    AccessRefused,
    HealthrelayError,
    ReconnectNeeded,
    TryLater,
    Unknown,
    Unsupported,
)
from healthrelay.core.plan import Plan, Read, plan
from healthrelay.core.records import Delta, Record, Window, diff, parse
from healthrelay.core.request import windows
from healthrelay.core.token import Account, Token
from healthrelay.flows.relay import Delivery, deliver
from healthrelay.flows.token import Grants
from healthrelay.ports import Provider, Raw, Sink, Store

WORKERS = 8


@dataclass(frozen=True, slots=True)
class Fetched:
    """What one fetch read, wrote and delivered."""

    delta: Delta
    records: tuple[Record, ...]
    unavailable: Mapping[str, HealthrelayError]
    delivery: Delivery


@dataclass(frozen=True, slots=True)
class Desk:
    """All that a fetch needs."""

    store: Store
    grants: Grants
    provider: Provider
    consent: Consent
    sink: Sink | None


def fetch(user: str, query: Mapping[str, str], desk: Desk, now: datetime) -> Fetched:
    """Gather, decide, apply, relay; running it twice changes nothing.

    A series that cannot be read leaves its records alone and is named with its cause; when
    none can be read the first cause is raised.
    """
    try:
        return _fetch(user, query, desk, now)
    except ReconnectNeeded as error:
        error.user = user
        raise


def _fetch(user: str, query: Mapping[str, str], desk: Desk, now: datetime) -> Fetched:
    stored = desk.store.identities.settings(user)
    if stored is None:
        raise Unknown(f"There is no user {user}.")
    covered = desk.store.records.coverage(user)
    # Bad words are refused before a token is spent on them.
    windows(query, stored, today(now, stored.get("timezone")), covered)

    token = desk.grants.current(user, now)
    day = today(now, stored.get("timezone") or token.account.zone)
    wanted, refused = _possible(windows(query, stored, day, covered), token, desk)
    planned = plan(wanted, desk.provider.needs)
    outcomes = _gather(user, token, planned, desk, now)
    read, incoming, failed = _convert(planned, outcomes, desk.provider, token.account)
    unavailable = {**refused, **failed}
    for error in unavailable.values():
        if isinstance(error, ReconnectNeeded):
            error.user = user
    if unavailable and not read:
        raise next(iter((failed or refused).values()))

    delta = diff(desk.store.records.within(user, read), incoming)
    desk.store.records.apply(user, delta, now, merged(covered, read))
    return Fetched(delta, tuple(incoming), unavailable, deliver(user, desk.store, desk.sink))


def _possible(
    wanted: Iterable[Window], token: Token, desk: Desk
) -> tuple[list[Window], dict[str, HealthrelayError]]:
    """The windows that provider and consent allow to fill, and why not the others."""
    kept: list[Window] = []
    refused: dict[str, HealthrelayError] = {}
    for window in wanted:
        try:
            desk.provider.needs(window)
        except Unsupported as error:
            refused[window.series] = error
            continue
        missing = desk.consent.missing(window.series, token.grant.scopes)
        if missing:
            refused[window.series] = ReconnectNeeded(
                f"The consent does not cover {missing}: connect again and allow it."
            )
        else:
            kept.append(window)
    return kept, refused


Outcome = Sequence[Raw] | HealthrelayError


def _gather(
    user: str, token: Token, planned: Plan, desk: Desk, now: datetime
) -> dict[Read, Outcome]:
    """Ask for everything at once; a token refused before its time is refreshed once."""
    outcomes = _ask(token, planned.reads, desk.provider)
    refused = [read for read, o in outcomes.items() if isinstance(o, AccessRefused)]
    if refused:
        again = desk.grants.renew(user, token, now)
        outcomes |= _ask(again, refused, desk.provider)
    return outcomes


def _ask(token: Token, reads: Sequence[Read], provider: Provider) -> dict[Read, Outcome]:
    def one(read: Read) -> Outcome:
        try:
            return provider.read(token.grant.access, read)
        except HealthrelayError as error:
            return error

    if len(reads) < 2:
        return {read: one(read) for read in reads}
    with ThreadPoolExecutor(min(WORKERS, len(reads))) as pool:
        return dict(zip(reads, pool.map(one, reads), strict=True))


def _convert(
    planned: Plan, outcomes: Mapping[Read, Outcome], provider: Provider, account: Account
) -> tuple[list[Window], list[Record], dict[str, HealthrelayError]]:
    """The windows that were read whole, their records, and what stood in the way of the others."""
    raw, failed = _by_source(outcomes)
    read: list[Window] = []
    records: list[Record] = []
    unavailable: dict[str, HealthrelayError] = {}
    for window in planned.windows:
        missing = [s.name for s in provider.needs(window) if s.name in failed]
        if missing:
            unavailable[window.series] = failed[missing[0]]
            continue
        try:
            found = parse(window.series, provider.convert(window, raw, account))
            # A source may have been read over more days than this series asked for.
            records += [record for record in found if window.holds(record)]
        except ValueError as error:
            unavailable[window.series] = TryLater(f"{provider.name}: {error}.")
        else:
            read.append(window)
    return read, records, unavailable


def _by_source(
    outcomes: Mapping[Read, Outcome],
) -> tuple[dict[str, list[Raw]], dict[str, HealthrelayError]]:
    raw: dict[str, list[Raw]] = {}
    failed: dict[str, HealthrelayError] = {}
    for read, outcome in outcomes.items():
        if isinstance(outcome, HealthrelayError):
            failed.setdefault(read.source, outcome)
        else:
            raw.setdefault(read.source, []).extend(outcome)
    return raw, failed
