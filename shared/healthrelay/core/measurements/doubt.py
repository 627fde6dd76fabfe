"""Days without data: one answer may be wrong, so that another one has to agree.

An hour later is enough where a wrong answer costs a colour for a while, or two days at most. Of
days that no fetch reads again by itself, more than two are believed only after three days:
absence of records is treated alike (`removal`).
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from datetime import date, datetime, timedelta

from healthrelay.core.measurements.catalogue import SERIES, Kind
from healthrelay.core.measurements.ledger import (
    FEW_DAYS,
    MANY_LOOKS,
    WATCHED_DAYS,
    Look,
    is_second_look,
)

TWO_LOOKS = 2
_READ_AGAIN = timedelta(days=WATCHED_DAYS - MANY_LOOKS)
"""A day that is no older will be read for as many days again, whatever is believed of it."""


def look_again(
    series: str,
    doubted: Mapping[date, Look],
    read: Collection[date],
    empty: Collection[date],
    now: datetime,
) -> dict[date, Look]:
    """Return what is *doubted* of *series* now that at *now* of the days *read* some were *empty*.

    What is empty, and not in the answer, is confirmed.
    """
    waiting = {day: look for day, look in doubted.items() if day not in read}
    waiting |= {day: doubted.get(day, Look()) for day in empty}
    careful = _careful(series, waiting, now.date())
    after: dict[date, Look] = {}
    for day, look in waiting.items():
        if day in empty and _is_due(look, now, another_day=day in careful):
            look = Look(look.times + 1, now.isoformat(timespec="seconds"))
        if day not in empty or look.times < (MANY_LOOKS if day in careful else TWO_LOOKS):
            after[day] = look
    return after


def due(series: str, doubted: Mapping[date, Look], now: datetime) -> set[date]:
    """Return the days of which another look at *now* would say something."""
    careful = _careful(series, doubted, now.date())
    return {d for d, look in doubted.items() if _is_due(look, now, another_day=d in careful)}


def _careful(series: str, days: Iterable[date], today: date) -> set[date]:
    """Return which of *days* need `MANY_LOOKS`."""
    if SERIES[series].kind is not Kind.INTRADAY:
        days = (day for day in days if day < today - _READ_AGAIN)
    careful = set(days)
    return careful if len(careful) > FEW_DAYS else set()


def _is_due(look: Look, now: datetime, *, another_day: bool) -> bool:
    same_day = look.at.startswith(now.date().isoformat())
    return is_second_look(look.at, now) and not (another_day and same_day)
