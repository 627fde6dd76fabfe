"""Asking a provider for all that a plan names, at once, and making records of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, NamedTuple

from healthrelay.core.errors import AccessRefused, HealthrelayError, TryLater
from healthrelay.core.records import Record, Window, parse
from healthrelay.ports import Provider, Raw

if TYPE_CHECKING:
    from healthrelay.core.plan import Plan, Read
    from healthrelay.core.token import Account, Token

WORKERS = 8

Outcome = Sequence[Raw] | HealthrelayError


class Gathered(NamedTuple):
    """The windows that were read whole, their records, and what stood in the way of others."""

    read: tuple[Window, ...]
    records: tuple[Record, ...]
    failed: Mapping[str, HealthrelayError]


def ask(token: Token, reads: Sequence[Read], provider: Provider) -> dict[Read, Outcome]:
    """The outcome of every read; one that fails spoils no other."""

    def one(read: Read) -> Outcome:
        try:
            return provider.read(token.grant.access, read)
        except HealthrelayError as error:
            return error

    if len(reads) < 2:
        return {read: one(read) for read in reads}
    with ThreadPoolExecutor(min(WORKERS, len(reads))) as pool:
        return dict(zip(reads, pool.map(one, reads), strict=True))


def refused(outcomes: Mapping[Read, Outcome]) -> list[Read]:
    """The reads for which another access token may help."""
    return [read for read, outcome in outcomes.items() if isinstance(outcome, AccessRefused)]


def convert(
    planned: Plan, outcomes: Mapping[Read, Outcome], provider: Provider, account: Account
) -> Gathered:
    """Records of every window whose sources were all read."""
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
        except HealthrelayError as error:
            unavailable[window.series] = error
        except ValueError as error:
            unavailable[window.series] = TryLater(f"{provider.name}: {error}.")
        else:
            read.append(window)
            # A source may have been read over more days than this series asked for.
            records += [record for record in found if window.holds(record)]
    return Gathered(tuple(read), tuple(records), unavailable)


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
