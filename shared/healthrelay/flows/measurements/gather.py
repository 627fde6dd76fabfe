"""Reading all that a plan names, several at once, and making records of it."""

from __future__ import annotations

import math
from collections import Counter, deque
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from datetime import datetime
from types import MappingProxyType
from typing import TYPE_CHECKING, NamedTuple

from healthrelay.core.errors import AccessRefused, HealthrelayError, OddDays, RateLimited, TryLater
from healthrelay.core.json import Json, Raw
from healthrelay.core.measurements.catalogue import SERIES
from healthrelay.core.measurements.ledger import MORE_TO_COME
from healthrelay.core.measurements.origin import origin_of
from healthrelay.core.measurements.reading import Window, parse, select
from healthrelay.core.measurements.reads import without
from healthrelay.core.measurements.records import Record

if TYPE_CHECKING:
    from healthrelay.core.grants.token import Account, Token
    from healthrelay.core.measurements.days import Moment
    from healthrelay.core.measurements.plan import Plan
    from healthrelay.core.measurements.reads import Read
    from healthrelay.flows.grants.refresh import Grants
    from healthrelay.ports.peers import Provider

WORKERS = 8
AHEAD = 2 * WORKERS
MAX_POINTS = 300_000
"""What one fetch reads, give or take what is under way: some 300 MB while it is converted, and
two hundred days of what comes by the minute."""

Outcome = Sequence[Raw] | HealthrelayError


class Gathered(NamedTuple):
    """The windows that were read whole, their records, and what stood in the way of others.

    A series may be in both: some of its days were read, others not.
    """

    read: tuple[Window, ...]
    records: tuple[Record, ...]
    failed: Mapping[str, HealthrelayError]
    odd: OddDays = MappingProxyType({})
    unsure: Mapping[str, Collection[str]] = MappingProxyType({})
    """Series → the days on which something is not known, those of odd points among them."""
    replaced: Collection[tuple[str, str]] = ()
    """Names (`Record.name`) that records which were read had before."""
    origin: str = ""
    """Whose records they are (`core.measurements.origin`)."""
    missed: tuple[Window, ...] = ()
    """The windows that were not read, or not whole."""
    devices: tuple[Mapping[str, Json], ...] = ()
    """The wearer's devices in the legacy shape, where they were read."""
    configured: Collection[str] = ()
    """The series that each fetch by the settings reads."""


def gather(
    user: str, plan: Plan, token: Token, moment: Moment, *, grants: Grants, provider: Provider
) -> tuple[Token, Gathered]:
    """Read what is planned, and record what stood in the way; the token may be another then.

    Days are those of the zone of *moment*, also where the account names another one.
    """
    now, account = moment.now, token.account._replace(zone=moment.zone)
    outcomes = read_all(token, plan.reads, provider)
    if again := [read for read, o in outcomes.items() if isinstance(o, AccessRefused)]:
        # A token refused before its time is refreshed once.
        token = grants.renew(user, token, now)
        outcomes |= read_all(token, again, provider)
    gathered = convert(plan.windows, outcomes, provider, account, now)
    gathered = gathered._replace(configured=plan.configured)
    if plan.devices:
        listed = convert(plan.devices, outcomes, provider, account, now)
        gathered = gathered._replace(devices=tuple(record.data for record in listed.records))
    # That there is more to come is nothing that anybody should know.
    errors = (e for e in gathered.failed.values() if e.cause != MORE_TO_COME)
    odd = token.health.odd
    if odd or gathered.odd:
        from healthrelay.core.measurements.odd_days import update_odd  # noqa: PLC0415 - rarely any

        odd = update_odd(odd, gathered.read, gathered.odd)
    return grants.record_reading(user, token, next(errors, None), now, odd), gathered


def read_all(token: Token, reads: Sequence[Read], provider: Provider) -> dict[Read, Outcome]:
    """Return the outcome of every read; one that fails spoils no other.

    When the provider demands a pause, or there is more than memory should hold, what lies
    behind that read in the order of the plan is left for later. No more than `AHEAD` are under
    way, so that what is read beyond a slow one, and must be read again, stays little.
    """
    ends: list[tuple[int, TryLater]] = []
    total = 0

    def read_one(place: int) -> Outcome:
        nonlocal total
        if end := next((error for at, error in ends if at < place), None):
            return end
        try:
            points = provider.read(token.grant.access, reads[place])
        except RateLimited as error:
            ends.append((place, error))
            return error
        except HealthrelayError as error:
            return error
        total += len(points)  # of two at once one may go uncounted: the bound is not that sharp
        if total > MAX_POINTS:
            sentence = "This is more than one fetch takes: fetch again, or name fewer days."
            ends.append((place, TryLater(sentence, after=1).with_cause(MORE_TO_COME)))
        return points

    outcomes = _in_order(read_one, len(reads)) if len(reads) > 1 else [read_one(0) for _ in reads]
    return dict(zip(reads, outcomes, strict=True))


def _in_order(read_one: Callable[[int], Outcome], count: int) -> list[Outcome]:
    """Return the outcome of each place below *count*, no more than `AHEAD` of them under way."""
    outcomes: list[Outcome] = []
    with ThreadPoolExecutor(min(WORKERS, count)) as pool:
        under_way: deque[Future[Outcome]] = deque()
        for place in range(count):
            if len(under_way) == AHEAD:
                outcomes.append(under_way.popleft().result())
            under_way.append(pool.submit(read_one, place))
        return outcomes + [future.result() for future in under_way]


def convert(
    windows: Iterable[Window],
    outcomes: Mapping[Read, Outcome],
    provider: Provider,
    account: Account,
    now: datetime,
) -> Gathered:
    """Return the records of all days whose sources were all read.

    A passing trouble leaves a hole in a window: the days around it are read, as windows of
    their own. Any other error leaves nothing of it.
    """
    raw = _by_source(outcomes)
    stretches_of, failed = _read_stretches(windows, outcomes, provider)
    missed = tuple(window for window, parts in stretches_of.items() if parts != [window])
    records: list[Record] = []
    odd: dict[str, dict[str, int]] = {}
    unsure: dict[str, set[str]] = {}
    replaced: set[tuple[str, str]] = set()
    origin = origin_of(provider.name, account.id)
    for window, stretches in stretches_of.items():
        if not stretches:
            continue
        converted = provider.convert(window, raw, account, now)
        parsed, unparsed = parse(window.series, converted.elements, origin)
        # A source may have been read over more days than this series needs.
        records += _within_hours(select(parsed, stretches), window.hours)
        days = _odd_days((converted.odd, unparsed), stretches)
        if days:
            odd.setdefault(window.series, {}).update(days)
        if days or converted.unsure:
            unsure.setdefault(window.series, set()).update(days, converted.unsure)
        replaced |= {(window.series, key) for key in converted.replaced}
    read = tuple(part for parts in stretches_of.values() for part in parts)
    return Gathered(read, tuple(records), failed, odd, unsure, replaced, origin, missed)


def _read_stretches(
    windows: Iterable[Window], outcomes: Mapping[Read, Outcome], provider: Provider
) -> tuple[dict[Window, list[Window]], dict[str, HealthrelayError]]:
    """Return which stretches of each window were read whole, and by series why not the others."""
    errors = {r: error for r, error in outcomes.items() if isinstance(error, HealthrelayError)}
    stretches: dict[Window, list[Window]] = {}
    failed: dict[str, HealthrelayError] = {}
    for window in windows:
        stretches[window] = [window]
        if errors and (lacking := _missed_reads(window, errors, provider)):
            # The one that waiting does not fix, or the longest wait.
            failed[window.series] = max(lacking.values(), key=_wait)
            stretches[window] = _around(window, lacking)
    return stretches, failed


def _odd_days(odd: Iterable[Mapping[str, int]], stretches: Sequence[Window]) -> dict[str, int]:
    """Return how many points were set aside on each day of *stretches*, or on no known day."""
    dated = bool(SERIES[stretches[0].series].day)
    numbers: Counter[str] = Counter()
    for day, number in (item for days in odd for item in days.items()):
        if not day or not dated:
            numbers[""] += number
        elif any(window.has_day(day) for window in stretches):
            numbers[day] += number
    return numbers


def _by_source(outcomes: Mapping[Read, Outcome]) -> dict[str, list[Raw]]:
    """Return what was read, in the order of days whatever came first."""
    raw: dict[str, list[Raw]] = {}
    for read, outcome in sorted(outcomes.items(), key=lambda pair: pair[0]):
        if not isinstance(outcome, HealthrelayError):
            raw.setdefault(read.source, []).extend(outcome)
    return raw


def _missed_reads(
    window: Window, errors: Mapping[Read, HealthrelayError], provider: Provider
) -> dict[Read, HealthrelayError]:
    """Return the reads that *window* lacks, with what stood in their way."""
    sources = {source.name for source in provider.needs(window)}
    return {
        read: error
        for read, error in errors.items()
        if read.source in sources and read.start <= window.end and window.start <= read.end
    }


def _wait(error: HealthrelayError) -> float:
    return error.after if isinstance(error, TryLater) else math.inf


def _around(window: Window, missed: Mapping[Read, HealthrelayError]) -> list[Window]:
    """Return the stretches of *window* around the reads that *missed*."""
    if not all(isinstance(error, TryLater) for error in missed.values()):
        return []
    return without(window, [(read.start, read.end) for read in missed])


def _within_hours(records: list[Record], hours: tuple[str, str] | None) -> Iterable[Record]:
    if hours is None:
        return records
    from healthrelay.core.measurements.hours import cut  # noqa: PLC0415 - most want whole days

    return filter(None, (cut(record, hours) for record in records))
