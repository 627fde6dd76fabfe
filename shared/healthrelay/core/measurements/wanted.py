"""Which days are read when nobody names them: what is new, and again what may have changed.

Every daily value, night and entry of a log is read again for 31 days, whatever any device says:
a phone or a scale goes on while a watch is not synced. Where days take a call each, they take
turns. Logs are read a year back once a month. Within-day points are read again only where a device
synced since, or, where that is not said, where the value of the day changed. Days that lie further
back and are open, missing records, and days that one reading found empty, are looked at again in a
few calls a fetch.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from datetime import date, timedelta
from typing import TYPE_CHECKING

from healthrelay.core.measurements.catalogue import SERIES, Kind
from healthrelay.core.measurements.doubt import due
from healthrelay.core.measurements.ledger import DAY, WATCHED_DAYS, Days, Ledger, State
from healthrelay.core.measurements.reads import Source, count_calls
from healthrelay.core.measurements.removal import is_due
from healthrelay.core.measurements.syncs import are_syncs_told, each_day

if TYPE_CHECKING:
    from healthrelay.core.measurements.days import Moment
    from healthrelay.core.measurements.reading import Window

LOGS_EVERY_DAYS = 30
LOGS_BACK_DAYS = 365
MAX_FAR_CALLS = 20
"""What one fetch reads again of days before the last 31."""
MAX_WITHIN_DAY_CALLS = 10
NEWEST_DAYS = 3
TURNS = 10
"""Of a source that gives a day a call, the newest days are read by each fetch, and the others of
the last 31 by one fetch of so many."""
MAX_PIECES = 300
"""Of what lies far back, so many windows are weighed at most: what is behind them comes later."""

Needed = tuple[Source, ...]


def wanted(
    sources: Mapping[Window, Needed], ledger: Ledger, moment: Moment
) -> dict[Window, Needed]:
    """Return the windows to read of those of *sources* at *moment*."""
    chosen: dict[Window, Needed] = {}
    within_day: dict[Window, Needed] = {}
    far_back: dict[Window, Needed] = {}
    for window, needed in sources.items():
        known = ledger.days.get(window.covers)
        if SERIES[window.series].kind is Kind.STATE or known is None or window.end < known.start:
            chosen[window] = needed
            continue
        if window.start < known.start:
            chosen[window._replace(end=known.start - DAY)] = needed
        if known.end < window.end:
            chosen[window._replace(start=known.end + DAY)] = needed
        again = _again(window, needed, ledger, moment)
        if SERIES[window.series].kind is Kind.INTRADAY:
            within_day |= dict.fromkeys(_pieces(window, again, needed), needed)
        else:
            chosen |= dict.fromkeys(_pieces(window, again, needed), needed)
        days = _far_back(window, known, ledger, moment) - again
        far_back |= dict.fromkeys(_pieces(window, days, needed), needed)
    return {
        **chosen,
        **_fitting(within_day, MAX_WITHIN_DAY_CALLS),
        **_fitting(far_back, MAX_FAR_CALLS),
    }


def after_logs(
    ledger: Ledger, read: Iterable[Window], day: date, configured: Iterable[str] = ()
) -> Ledger:
    """Return *ledger* after the windows *read*: how far back logs have been read again.

    What a few calls do not reach is read by the fetches that follow, further and further back.
    That is done only when each log that was read before, and is *configured* or was read now, was
    read down to its first day: a fetch of something else says nothing of it.
    """
    if not ledger.logs_read:
        return ledger._replace(logs_read=day.isoformat())
    if not _are_logs_due(ledger, day):
        return ledger
    windows = [window for window in read if _is_log(window.series)]
    series = {*filter(_is_log, configured), *(window.series for window in windows)}
    recent = day - timedelta(days=WATCHED_DAYS - 1)
    begun = date.fromisoformat(ledger.logs_to) if ledger.logs_to else recent
    reached = {one: _reach(windows, one, begun) for one in series & ledger.days.keys()}
    unfinished = [
        back for one, back in reached.items() if back > _first_log_day(ledger.days[one], day)
    ]
    if reached and not unfinished:
        return ledger._replace(logs_read=day.isoformat(), logs_to="")
    back = max(unfinished, default=begun)
    return ledger._replace(logs_to=back.isoformat()) if back < begun else ledger


def _reach(windows: Iterable[Window], series: str, back: date) -> date:
    """Return how far *windows* of *series* reach without a hole, the days from *back* on known."""
    own = [window for window in windows if window.series == series]
    for window in sorted(own, key=lambda window: window.end, reverse=True):
        if window.end >= back - DAY:
            back = min(back, window.start)
    return back


def after_retries(ledger: Ledger, windows: Collection[Window], day: date) -> Ledger:
    """Return *ledger* after *windows* were to be read: which failed days were tried again."""
    last = day - timedelta(days=WATCHED_DAYS)
    tried: dict[str, str] = {}
    for name, known in ledger.days.items():
        failed = [one for one in known.where([State.FAILED]) if one <= last]
        own = [window for window in windows if window.covers == name]
        if any(window.start <= one <= window.end for window in own for one in failed):
            tried[name] = day.isoformat()
        elif failed and name in ledger.tried:
            tried[name] = ledger.tried[name]
    return ledger._replace(tried=tried)


def _are_logs_due(ledger: Ledger, day: date) -> bool:
    last = ledger.logs_read
    return bool(last) and date.fromisoformat(last) <= day - timedelta(days=LOGS_EVERY_DAYS)


def _is_log(series: str) -> bool:
    return SERIES[series].kind is Kind.LOG and series != "sleep"


def _first_log_day(known: Days, day: date) -> date:
    return max(known.start, day - timedelta(days=LOGS_BACK_DAYS))


def _again(window: Window, needed: Needed, ledger: Ledger, moment: Moment) -> set[date]:
    """Return which of the last 31 days are read again, as far as they were read before.

    Where nothing could be read for a while it is the 31 days before that, too: each of them may
    have changed since, while it still could.
    """
    known = ledger.days[window.covers]
    longest = window.end - timedelta(days=LOGS_BACK_DAYS)
    last = min(window.end, max(known.last_read, longest))
    recent = max(known.start, last - timedelta(days=WATCHED_DAYS - 1))
    days = set(each_day(recent, min(known.end, window.end)))
    if SERIES[window.series].kind is Kind.INTRADAY:
        return days & _synced_days(window, ledger, moment)
    if any(source.days == 1 for source in needed):
        # An hour has too few calls for all of them, so they take turns.
        newest = window.end - timedelta(days=NEWEST_DAYS)
        return {
            day
            for day in days
            if day > newest
            or known.state(day) is State.FAILED
            or (day.toordinal() + ledger.turn) % TURNS == 0
        }
    return days


def _synced_days(window: Window, ledger: Ledger, moment: Moment) -> set[date]:
    """Return the days whose within-day points may have changed.

    Where a watch does not say when it synced, or there is none, the last two are among them.
    """
    days = set(map(date.fromisoformat, ledger.again.get(window.covers, ())))
    days |= due(window.series, ledger.days[window.covers].doubted, moment.now)
    if are_syncs_told(ledger, moment.civil):
        return days
    return days | {window.end, window.end - DAY}


def _far_back(window: Window, known: Days, ledger: Ledger, moment: Moment) -> set[date]:
    """Return the days before the last 31 to look at again, and those of missing records."""
    days = set(known.where([State.OPEN]))
    days -= known.doubted.keys() - due(window.series, known.doubted, moment.now)
    if ledger.tried.get(window.covers) != moment.day.isoformat():
        # What fails is tried again once a day.
        days |= set(known.where([State.FAILED]))
    series = window.series
    if _is_log(series) and _are_logs_due(ledger, moment.day):
        end = date.fromisoformat(ledger.logs_to) - DAY if ledger.logs_to else known.end
        days |= set(each_day(_first_log_day(known, moment.day), end))
    last = window.end - timedelta(days=WATCHED_DAYS)
    marks = ledger.marks.get(series, {}).values()
    missing = {date.fromisoformat(mark.day) for mark in marks if is_due(mark, moment.now)}
    return {day for day in days if day <= last} | missing


def _pieces(window: Window, days: Iterable[date], needed: Needed) -> list[Window]:
    """Return *days* as windows, the newest first, each of which takes a call of its sources."""
    longest = min((source.days for source in needed if source.days), default=LOGS_BACK_DAYS)
    pieces: list[Window] = []
    for day in sorted(days, reverse=True):
        if pieces and pieces[-1].start == day + DAY and _length(pieces[-1]) < longest:
            pieces[-1] = pieces[-1]._replace(start=day)
        else:
            pieces.append(window._replace(start=day, end=day))
    return pieces


def _length(window: Window) -> int:
    return (window.end - window.start).days + 1


def _fitting(pieces: Mapping[Window, Needed], limit: int) -> dict[Window, Needed]:
    """Return as many of the newest *pieces* as *limit* calls can read."""
    newest = sorted(pieces, key=lambda window: window.end, reverse=True)
    if count_calls(pieces) <= limit:
        return dict(pieces)
    taken: dict[Window, Needed] = {}
    for window in newest[:MAX_PIECES]:
        trial = {**taken, window: pieces[window]}
        if count_calls(trial) > limit:
            break  # what is older waits, so that fetches come further and further back
        taken = trial
    return taken
