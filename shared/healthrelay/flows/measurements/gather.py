"""Asking a provider for all that a plan names, at once, and making records of it."""

from __future__ import annotations

import math
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from typing import TYPE_CHECKING, NamedTuple

from healthrelay.core.errors import AccessRefused, HealthrelayError, RateLimited, TryLater
from healthrelay.core.measurements.coverage import without
from healthrelay.core.measurements.hours import cut
from healthrelay.core.measurements.records import Record, Window, parse
from healthrelay.ports.peers import Provider, Raw

if TYPE_CHECKING:
    from healthrelay.core.grants.token import Account, Token
    from healthrelay.core.measurements.plan import Plan, Read

WORKERS = 8
AHEAD = 2 * WORKERS
MAX_POINTS = 300_000
"""What one fetch reads, give or take what is under way: some 300 MB while it is converted, and
two hundred days of what comes by the minute."""

MORE_TO_COME = "more_to_come"

Outcome = Sequence[Raw] | HealthrelayError


class Gathered(NamedTuple):
    """The windows that were read whole, their records, and what stood in the way of others.

    A series may be in both: some of its days were read, others not.
    """

    read: tuple[Window, ...]
    records: tuple[Record, ...]
    failed: Mapping[str, HealthrelayError]

    @property
    def broken_off(self) -> bool:
        """Whether a later fetch may get what this one did not."""
        return any(isinstance(error, TryLater) for error in self.failed.values())

    @property
    def trouble(self) -> HealthrelayError | None:
        """What somebody should know of the provider; that there is more to come is no trouble."""
        return next((e for e in self.failed.values() if e.cause != MORE_TO_COME), None)


def ask(token: Token, reads: Sequence[Read], provider: Provider) -> dict[Read, Outcome]:
    """The outcome of every read; one that fails spoils no other.

    When the provider asks for a pause, or there is more than memory should hold, what lies
    behind that read in the order of the plan is left for later. No more than `AHEAD` are under
    way, so that what is read beyond a slow one, and must be read again, stays little.
    """
    ends: list[tuple[int, TryLater]] = []
    points = 0

    def one(place: int) -> Outcome:
        nonlocal points
        if end := next((error for at, error in ends if at < place), None):
            return end
        try:
            found = provider.read(token.grant.access, reads[place])
        except RateLimited as error:
            ends.append((place, error))
            return error
        except HealthrelayError as error:
            return error
        points += len(found)  # of two at once one may go uncounted: the bound is not that sharp
        if points > MAX_POINTS:
            ends.append((place, _more_to_come()))
        return found

    found = _in_order(one, len(reads)) if len(reads) > 1 else [one(0) for _ in reads]
    return dict(zip(reads, found, strict=True))


def _in_order(one: Callable[[int], Outcome], count: int) -> list[Outcome]:
    """*one* of each place below *count*, several at once, no more than `AHEAD` under way."""
    outcomes: list[Outcome] = []
    with ThreadPoolExecutor(min(WORKERS, count)) as pool:
        under_way: deque[Future[Outcome]] = deque()
        for place in range(count):
            if len(under_way) == AHEAD:
                outcomes.append(under_way.popleft().result())
            under_way.append(pool.submit(one, place))
        return outcomes + [future.result() for future in under_way]


def _more_to_come() -> TryLater:
    return TryLater(
        "This is more than one fetch takes: fetch again, or name fewer days.", after=1
    ).named(MORE_TO_COME)


def refused(outcomes: Mapping[Read, Outcome]) -> list[Read]:
    """The reads for which another access token may help."""
    return [read for read, outcome in outcomes.items() if isinstance(outcome, AccessRefused)]


def convert(
    planned: Plan, outcomes: Mapping[Read, Outcome], provider: Provider, account: Account
) -> Gathered:
    """Records of all days whose sources were all read.

    A passing trouble leaves a hole in a window: the days around it are kept, as windows of
    their own. Any other error leaves nothing of it.
    """
    raw = _by_source(outcomes)
    whole: list[Window] = []
    records: list[Record] = []
    unavailable: dict[str, HealthrelayError] = {}
    for window in planned.windows:
        failed = _failed(window, outcomes, provider)
        if failed:
            unavailable[window.series] = _worst(failed.values())
        stretches = _stretches(window, failed)
        try:
            found = _converted(window, raw, provider, account) if stretches else []
        except HealthrelayError as error:
            unavailable[window.series] = error
            continue
        whole += stretches
        # A source may have been read over more days than this series asked for.
        records += [record for part in stretches for record in _held(part, found)]
    return Gathered(tuple(whole), tuple(records), unavailable)


def _by_source(outcomes: Mapping[Read, Outcome]) -> dict[str, list[Raw]]:
    """What was read, in the order of days whatever came first."""
    raw: dict[str, list[Raw]] = {}
    for read, outcome in sorted(outcomes.items(), key=lambda pair: pair[0]):
        if not isinstance(outcome, HealthrelayError):
            raw.setdefault(read.source, []).extend(outcome)
    return raw


def _converted(
    window: Window, raw: Mapping[str, Sequence[Raw]], provider: Provider, account: Account
) -> list[Record]:
    try:
        return parse(window.series, provider.convert(window, raw, account))
    except ValueError as error:
        raise TryLater(f"{provider.name}: {error}.") from error


def _failed(
    window: Window, outcomes: Mapping[Read, Outcome], provider: Provider
) -> dict[Read, HealthrelayError]:
    """The reads that *window* misses."""
    sources = {source.name for source in provider.needs(window)}
    return {
        read: outcome
        for read, outcome in outcomes.items()
        if isinstance(outcome, HealthrelayError)
        and read.source in sources
        and read.start <= window.end
        and window.start <= read.end
    }


def _worst(errors: Iterable[HealthrelayError]) -> HealthrelayError:
    """The one that waiting does not mend, or else the longest wait."""
    return max(errors, key=lambda e: e.after if isinstance(e, TryLater) else math.inf)


def _stretches(window: Window, failed: Mapping[Read, HealthrelayError]) -> list[Window]:
    if not all(isinstance(error, TryLater) for error in failed.values()):
        return []
    return without(window, [(read.start, read.end) for read in failed])


def _held(window: Window, found: Iterable[Record]) -> Iterator[Record]:
    for record in found:
        if window.holds(record):
            part = cut(record, window.hours) if window.hours else record
            if part:
                yield part
