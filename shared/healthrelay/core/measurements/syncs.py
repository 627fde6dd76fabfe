"""When devices synced, and what that says of days: until when they can change, which points came.

All times are civil, in the account's zone.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from datetime import date, datetime, timedelta

from healthrelay.core.json import Json
from healthrelay.core.measurements.catalogue import SCALE, SERIES, TRACKER, Kind
from healthrelay.core.measurements.ledger import DAY, WATCHED_DAYS, Device, Ledger, State

SETTLING_HOURS = 36
"""A device that synced so long after a day ended has nothing more of it."""
SYNC_MARGIN = timedelta(minutes=10)
"""What a device sent while we were reading may be in none of our answers."""


def settled_through(series: str, ledger: Ledger, now: datetime) -> date:
    """Return the last day on which *series* can change no more; *now* is civil time.

    Every device that feeds the series, and was seen in the last 31 days, must have synced
    36 hours or more after the day ended; without any, or where one does not say when it
    synced, that takes 31 days.
    """
    by_age = (now - timedelta(days=WATCHED_DAYS)).date() - DAY
    syncs = _syncs(ledger, SERIES[series].fed_by, now)
    if not syncs or not all(syncs):
        return by_age
    oldest = min(*(datetime.fromisoformat(synced) for synced in syncs), now - SYNC_MARGIN)
    return max(by_age, (oldest - timedelta(hours=SETTLING_HOURS)).date() - DAY)


def with_devices(ledger: Ledger, listed: Iterable[Mapping[str, Json]], now: datetime) -> Ledger:
    """Return *ledger* with the devices that are *listed*, in the legacy shape, at the civil *now*.

    One that is listed no more is remembered until it would be left out. Within-day points of the
    days between two syncs are to be read again; of days that were never read all are, anyway.
    """
    listed = list(listed)
    ledger = _without_old_days(ledger, now)
    devices = {
        key: one
        for key, one in ledger.devices.items()
        if not ledger.is_silent(one, now) or (not listed and _was_seen(one, now))
    }
    again = dict(ledger.again)
    for element in listed:
        key, device = str(element.get("id")), _device(element, now)
        before = ledger.devices.get(key)
        if before and before.synced == device.synced:
            device = device._replace(named=before.named)
        elif device.synced:
            since = before.synced if before and before.synced else ""
            for name, known in ledger.days.items():
                series = SERIES[name.partition(" ")[0]]
                if series.kind is Kind.INTRADAY and device.kind in series.fed_by:
                    synced = _synced_days(since, device.synced)
                    days = {d for d in synced if known.state(date.fromisoformat(d))}
                    if days:
                        again[name] = tuple(sorted({*again.get(name, ()), *days}))
        devices[key] = device
    return ledger._replace(devices=devices, again=again)


def _was_seen(device: Device, now: datetime) -> bool:
    """Return whether *device* was listed so lately that it may be still, where none were listed."""
    return date.fromisoformat(device.seen) >= now.date() - timedelta(days=WATCHED_DAYS)


def _without_old_days(ledger: Ledger, now: datetime) -> Ledger:
    """Return *ledger* without days to read again from before the last 31: they are open instead.

    Nothing else would end the waiting for those of a series that is read no more.
    """
    first = (now.date() - timedelta(days=WATCHED_DAYS)).isoformat()
    again: dict[str, tuple[str, ...]] = {}
    days = dict(ledger.days)
    for name, waiting in ledger.again.items():
        known = ledger.days.get(name)
        old = [date.fromisoformat(day) for day in waiting if day < first]
        if old and known:
            days[name] = known.mark({day: State.OPEN for day in old if known.state(day)})
        if recent := tuple(day for day in waiting if day >= first):
            again[name] = recent
    return ledger._replace(days=days, again=again)


def are_syncs_told(ledger: Ledger, now: datetime) -> bool:
    """Return whether each tracker that is waited for at the civil *now* says when it synced."""
    syncs = _syncs(ledger, (TRACKER,), now)
    return bool(syncs) and all(syncs)


def each_day(start: date, end: date) -> list[date]:
    return [start + timedelta(days) for days in range((end - start).days + 1)]


def _syncs(ledger: Ledger, kinds: Collection[str], now: datetime) -> list[str]:
    """Return when each device of *kinds* synced, but for those that are left out."""
    devices = (device for device in ledger.devices.values() if device.kind in kinds)
    return [device.synced for device in devices if not ledger.is_silent(device, now)]


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
    """Return the days of which a device sends something when it syncs; of a new one, a week's.

    The clocks of a traveller, by which points count, may be a day behind those at home.
    """
    last = date.fromisoformat(until[:10])
    week = last - timedelta(days=7)
    first = date.fromisoformat(since[:10]) - DAY if since else week
    return [day.isoformat() for day in each_day(max(first, last - timedelta(WATCHED_DAYS)), last)]
