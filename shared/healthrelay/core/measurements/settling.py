"""What a reading makes of the ledger: days settle, stay open, or could not be read.

A day can change until its devices have synced after it ended, so whether it is settled depends on
the devices and on a later reading, not on a call that succeeded.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from datetime import date, datetime, timedelta

from healthrelay.core.json import Json
from healthrelay.core.measurements.catalogue import SCALE, SERIES, TRACKER, Kind
from healthrelay.core.measurements.ledger import DAY, WATCHED_DAYS, Days, Device, Ledger, State
from healthrelay.core.measurements.records import Window

SETTLING_HOURS = 36
"""A device that synced so long after a day ended has nothing more of it."""
SYNC_MARGIN = timedelta(minutes=10)
"""What a device sent while we were reading may be in none of our answers."""

SETTLED = (State.SETTLED, State.EMPTY)
Touched = Collection[tuple[str, str]]
"""Series and days."""


def settled_through(series: str, ledger: Ledger, now: datetime) -> date:
    """Return the last day on which *series* can change no more; *now* is civil time.

    Every device that feeds the series, and was seen in the last 31 days, must have synced
    36 hours or more after the day ended; without any, or where one does not say when it
    synced, that takes 31 days.
    """
    by_age = (now - timedelta(days=WATCHED_DAYS)).date() - DAY
    fed_by = SERIES[series].fed_by
    syncs = [
        device.synced
        for device in ledger.devices.values()
        if device.kind in fed_by and not ledger.is_silent(device, now)
    ]
    if not syncs or not all(syncs):
        return by_age
    oldest = min(*(datetime.fromisoformat(synced) for synced in syncs), now - SYNC_MARGIN)
    return max(by_age, (oldest - timedelta(hours=SETTLING_HOURS)).date() - DAY)


def after_reading(
    ledger: Ledger, windows: Iterable[Window], given: Touched, changed: Touched, now: datetime
) -> Ledger:
    """Return *ledger* after *windows* were read whole at the civil time *now*.

    *given* are the days of which there is something, *changed* those of which something did.
    A day that was settled and changes is open again; one of a missing record stays open. No
    month of readings follows on a day of within-day points: one that turns out to be empty is
    read once more.
    """
    for window in _dated(windows):
        days = _days_with(ledger, window)
        last = settled_through(window.series, ledger, now)
        missing = {mark.day for mark in ledger.marks.get(window.series, {}).values()}
        states: dict[date, State] = {}
        for day in each_day(window.start, window.end):
            touched = window.series, day.isoformat()
            reopened = touched in changed and days.state(day) in SETTLED
            if day > last or reopened or touched[1] in missing:
                states[day] = State.OPEN
            else:
                states[day] = State.SETTLED if touched in given else State.EMPTY
        # What lies between what was read before and now was never read.
        unread = [day for day in _apart(ledger, window) if not window.has_day(day)]
        waiting = [day for day in _waiting(ledger, window) if not window.has_day(day)]
        recent = now.date() - timedelta(days=WATCHED_DAYS)
        doubtful = [
            day.isoformat()
            for day, state in states.items()
            if state is State.EMPTY and days.state(day) is not State.EMPTY and day > recent
        ]
        ledger = _with(ledger, window, days.mark(states), {*unread, *waiting, *doubtful})
    return _without_old_causes(ledger)


def after_failure(
    ledger: Ledger, windows: Iterable[Window], causes: Mapping[str, str], passing: Collection[str]
) -> Ledger:
    """Return *ledger* after the days of *windows* could not be read, for the *causes* by series.

    What was settled stays so: that a day cannot be read says nothing of it. Neither does a
    *passing* trouble of a series say anything of days that were read before, or lie further back
    than the last 31.
    """
    for window in _dated(windows):
        recent = window.end - timedelta(days=WATCHED_DAYS - 1)
        known = ledger.days.get(window.covers)
        # History that was never read is no failure: it is wanted still.
        passes = window.series in passing
        first = recent if passes or known is None else min(recent, known.start)
        window = window._replace(start=max(window.start, first))
        days = _days_with(ledger, window)
        kept = (*SETTLED, State.OPEN) if passes else SETTLED
        failed = [
            day
            for day in each_day(window.start, window.end)
            if (known.state(day) if known else None) not in kept
        ]
        waiting = {*_waiting(ledger, window), *(day.isoformat() for day in failed)}
        ledger = _with(ledger, window, days.mark(dict.fromkeys(failed, State.FAILED)), waiting)
    return _without_old_causes(ledger._replace(causes={**ledger.causes, **causes}))


def with_devices(ledger: Ledger, listed: Iterable[Mapping[str, Json]], now: datetime) -> Ledger:
    """Return *ledger* with the devices that are *listed*, in the legacy shape, at the civil *now*.

    One that is listed no more is remembered until it would be left out. Within-day points of the
    days between two syncs are to be read again.
    """
    devices = {key: one for key, one in ledger.devices.items() if not ledger.is_silent(one, now)}
    again = dict(ledger.again)
    for element in listed:
        key, device = str(element.get("id")), _device(element, now)
        before = ledger.devices.get(key)
        if before and before.synced == device.synced:
            device = device._replace(named=before.named)
        elif device.synced:
            since = before.synced if before and before.synced else ""
            for name in ledger.days:
                series = SERIES[name.partition(" ")[0]]
                if series.kind is Kind.INTRADAY and device.kind in series.fed_by:
                    days = _synced_days(since, device.synced)
                    again[name] = tuple(sorted({*again.get(name, ()), *days}))
        devices[key] = device
    return ledger._replace(devices=devices, again=again)


def each_day(start: date, end: date) -> list[date]:
    return [start + timedelta(days) for days in range((end - start).days + 1)]


def _dated(windows: Iterable[Window]) -> list[Window]:
    return [window for window in windows if SERIES[window.series].kind is not Kind.STATE]


def _days_with(ledger: Ledger, window: Window) -> Days:
    known = ledger.days.get(window.covers) or Days(window.start, "")
    return known.extend(window.start, window.end)


def _waiting(ledger: Ledger, window: Window) -> Iterable[str]:
    return ledger.again.get(window.covers, ())


def _apart(ledger: Ledger, window: Window) -> list[str]:
    """Return the days between *window* and what was read before."""
    known = ledger.days.get(window.covers)
    if known is None:
        return []
    gap = each_day(known.end + DAY, window.start - DAY) or each_day(
        window.end + DAY, known.start - DAY
    )
    return [day.isoformat() for day in gap]


def _with(ledger: Ledger, window: Window, days: Days, waiting: Collection[str]) -> Ledger:
    again = {name: again for name, again in ledger.again.items() if name != window.covers}
    if waiting and SERIES[window.series].kind is Kind.INTRADAY:
        again[window.covers] = tuple(sorted(waiting))
    return ledger._replace(days={**ledger.days, window.covers: days}, again=again)


def _without_old_causes(ledger: Ledger) -> Ledger:
    """Return *ledger* without the causes of series of which no day is failed any more."""
    failed = State.FAILED.value
    series = {name.partition(" ")[0] for name, d in ledger.days.items() if failed in d.states}
    return ledger._replace(causes={s: cause for s, cause in ledger.causes.items() if s in series})


def _device(element: Mapping[str, Json], now: datetime) -> Device:
    kind = SCALE if element.get("type") == SCALE else TRACKER
    name = str(element.get("deviceVersion") or "")
    return Device(kind, name, _civil(element.get("lastSyncTime")), now.date().isoformat())


def _civil(time: Json) -> str:
    """Return a civil time to the second; nothing for what is none."""
    try:
        return datetime.fromisoformat(str(time)).replace(tzinfo=None).isoformat()[:19]
    except ValueError:
        return ""


def _synced_days(since: str, until: str) -> list[str]:
    """Return the days of which a device sends something when it syncs; of a new one, a week's."""
    last = date.fromisoformat(until[:10])
    week = last - timedelta(days=7)
    first = date.fromisoformat(since[:10]) if since else week
    return [day.isoformat() for day in each_day(max(first, last - timedelta(WATCHED_DAYS)), last)]
