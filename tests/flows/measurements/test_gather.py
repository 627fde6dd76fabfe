"""Reading what a plan names, and what is left when some of them fail."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from healthrelay.core.errors import HealthrelayError, RateLimited, Refused, TryLater
from healthrelay.core.grants.token import Account, Grant, Token
from healthrelay.core.json import Raw
from healthrelay.core.measurements.ledger import Ledger
from healthrelay.core.measurements.reading import ConvertedSeries, Window
from healthrelay.core.measurements.reads import Read, Source, pack
from healthrelay.flows.measurements.gather import (
    AHEAD,
    MAX_POINTS,
    WORKERS,
    Gathered,
    convert,
    read_all,
)
from tests.peers.process import until

TODAY = date(2026, 11, 23)
NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)
WINDOW = Window("body-weight", TODAY - timedelta(29), TODAY)
ACCOUNT = Account("111", None)
TOKEN = Token(
    "by the day", ACCOUNT, Grant("access", "refresh", datetime(2026, 11, 24, tzinfo=UTC), ())
)


class ByTheDay:
    """A provider with a weight a day, a call a day, *each* time as often, but for *failing*."""

    name = "by the day"

    def __init__(self, failing: Mapping[date, HealthrelayError] | None = None, each: int = 1):
        self.failing = failing or {}
        self.each = each
        self.days: list[date] = []

    def needs(self, window: Window) -> tuple[Source, ...]:
        return (Source(f"day of {window.series}", days=1),)

    def account(self, grant: Grant) -> Account:
        return ACCOUNT

    def read(self, access: str, read: Read) -> Sequence[Raw]:
        self.days.append(read.start)
        if error := self.failing.get(read.start):
            raise error
        return [{"dateTime": read.start.isoformat(), "value": "82.4"}] * self.each

    def convert(
        self, window: Window, raw: Mapping[str, Sequence[Raw]], account: Account, now: datetime
    ) -> ConvertedSeries:
        return ConvertedSeries([dict(point) for point in raw[f"day of {window.series}"]], {})


def gathered(provider: ByTheDay) -> Gathered:
    reads = pack({WINDOW: provider.needs(WINDOW)}, Ledger())
    return convert([WINDOW], read_all(TOKEN, reads, provider), provider, ACCOUNT, NOW)


def ago(days: int) -> date:
    return TODAY - timedelta(days)


def test_a_passing_trouble_leaves_a_hole_and_nothing_else() -> None:
    result = gathered(ByTheDay({ago(5): TryLater("Trouble.", 60), ago(9): TryLater("More.", 90)}))

    assert result.read == (
        Window("body-weight", ago(29), ago(10)),
        Window("body-weight", ago(8), ago(6)),
        Window("body-weight", ago(4), TODAY),
    )
    assert {record.key for record in result.records} == {
        ago(n).isoformat() for n in range(30) if n not in (5, 9)
    }
    assert isinstance(result.failed["body-weight"], TryLater)
    # Coming back before the longest wait would be in vain.
    assert result.failed["body-weight"].sentence == "More."


def test_what_waiting_does_not_mend_leaves_nothing_of_the_series() -> None:
    result = gathered(ByTheDay({ago(5): Refused("weight", "no"), ago(9): TryLater("Trouble.")}))

    assert (result.read, result.records) == ((), ())
    assert isinstance(result.failed["body-weight"], Refused)


def test_a_pause_ends_the_asking() -> None:
    provider = ByTheDay({ago(n): RateLimited("A pause.", 77) for n in range(3, 30)})

    result = gathered(provider)

    assert len(provider.days) <= 3 + 2 * WORKERS
    assert result.read == (Window("body-weight", ago(2), TODAY),)


def test_a_slow_day_is_waited_for_before_much_is_read_beyond_it() -> None:
    class Slow(ByTheDay):
        beyond = 0

        def read(self, access: str, read: Read) -> Sequence[Raw]:
            points = super().read(access, read)
            if read.start == TODAY:
                until(lambda: len(self.days) >= WORKERS)
                time.sleep(0.5)  # long enough for all that may be read meanwhile
                self.beyond = len(self.days)
            return points

    provider = Slow()

    result = gathered(provider)

    assert WORKERS <= provider.beyond <= AHEAD < 30
    assert result.read == (WINDOW,)


def test_more_than_memory_should_hold_is_left_for_the_next_fetch() -> None:
    provider = ByTheDay(each=MAX_POINTS // 4)

    result = gathered(provider)

    assert 4 < len(provider.days) <= 5 + 2 * WORKERS
    assert result.failed["body-weight"].cause == "more_to_come"
    assert isinstance(result.failed["body-weight"], TryLater)
    assert result.read[-1].end == TODAY


@pytest.mark.parametrize(
    ("elements", "odd", "named"),
    [
        ([], {}, {}),
        ([{"value": "82.4"}], {}, {"": 1}),
        ([{"value": "82.4"}], {"": 2}, {"": 3}),
        ([], {"2026-11-23": 2, "2026-11-24": 1}, {"2026-11-23": 2}),
    ],
)
def test_what_is_odd_is_named_by_its_day_and_the_series_is_read(
    elements: list[dict[str, Any]], odd: dict[str, int], named: dict[str, int]
) -> None:
    class Odd(ByTheDay):
        def convert(self, *_: Any) -> ConvertedSeries:
            return ConvertedSeries(elements, odd)

    result = gathered(Odd())

    assert result.odd == ({"body-weight": named} if named else {})
    assert set(result.unsure.get("body-weight", ())) == named.keys()
    assert (result.failed, result.read) == ({}, (WINDOW,))
