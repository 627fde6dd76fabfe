"""What the ledger keeps of devices, and of days that they sent and nobody reads."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from healthrelay.core.json import to_text
from healthrelay.core.measurements.catalogue import SERIES, Kind
from healthrelay.core.measurements.ledger import Days, Device, Ledger
from healthrelay.core.measurements.ledger_document import to_document
from healthrelay.core.measurements.syncs import with_devices

NOW = datetime(2026, 11, 28, 12)
START = date(2026, 11, 1)
WITHIN = [f"activities-{name}-intraday" for name in ("steps", "distance", "floors", "heart")]
DAILY = [row.name for row in SERIES.values() if row.kind is Kind.DAILY]
EVENING = "activities-heart-intraday 22:00-23:30"


def watch(synced: datetime) -> dict[str, str]:
    return {"id": "7", "type": "TRACKER", "lastSyncTime": synced.isoformat()}


def sync_daily(ledger: Ledger, days: int) -> Ledger:
    """Return *ledger* after so many days on which a watch synced, and nothing else was read."""
    for n in range(days):
        now = NOW + timedelta(days=n)
        ledger = with_devices(ledger, [watch(now)], now)
    return ledger


def test_the_ledger_does_not_grow_while_points_are_read_no_more() -> None:
    start = NOW.date() - timedelta(days=364)
    names = [*WITHIN, EVENING, *DAILY[:10]]
    year = Ledger(days={name: Days(start, "s" * 365) for name in names})

    for days in (1, 20, 60):
        assert len(to_text({"ledger": to_document(sync_daily(year, days))})) < 4000
    assert sync_daily(year, 60).again == {}


def test_what_waits_for_longer_than_31_days_is_open_and_so_read_again_from_far_back() -> None:
    days = {WITHIN[0]: Days(START, "s" * 28)}
    waiting = Ledger(days=days, again={WITHIN[0]: ("2026-11-02", "2026-11-20")})

    after = with_devices(waiting, [], datetime(2026, 12, 5, 12))

    assert after.again == {WITHIN[0]: ("2026-11-20",)}
    assert after.days[WITHIN[0]].states == "so" + "s" * 26


def test_days_that_were_never_read_are_new_and_wait_for_nothing() -> None:
    ledger = Ledger(days={WITHIN[0]: Days(date(2026, 11, 26), "o")})

    assert sync_daily(ledger, 1).again == {WITHIN[0]: ("2026-11-26",)}


SILENT = {"7": Device("TRACKER", "Charge 5", "2026-10-20T08:00:00", "2026-11-27", named=True)}


def test_a_silent_device_is_remembered_where_none_were_listed_now() -> None:
    known = Ledger(devices=SILENT)

    assert with_devices(known, [], NOW).devices == SILENT
    assert with_devices(known, [], NOW + timedelta(days=31)).devices == {}
    (other,) = with_devices(known, [{**watch(NOW), "id": "8"}], NOW).devices
    assert other == "8"
