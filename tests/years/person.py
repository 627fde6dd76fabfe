"""Somebody of the household: what they measure, the accounts that get it, and where they stand."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from tests.years.account import Account, Place
from tests.years.history import Habits, Life
from tests.years.service import Service
from tests.years.wearer import Fact, Wearer

DRAWER = timedelta(days=70)
"""For how long a second watch has not synced when a life begins."""


class Person:
    """Somebody of the household, or a stranger, and the accounts that get what they measure."""

    def __init__(self, habits: Habits, life: Life) -> None:
        self.habits = habits
        self.wearer = Wearer(habits, life)
        self.accounts: list[Account] = []
        """Those that their devices bring it to."""
        self.former: list[Account] = []
        """Those before, of which the household still has what they gave."""
        self.imported: dict[Place, Any] = {}
        self.continued = ""
        """The day on which another account took over."""
        self.opened = ""
        """The day from which points within a day are read: that of a later account."""
        self.leaving = False
        """Whether a login is just being ended, as somebody wants."""
        self.bound = False
        """Whether an account is known to be theirs."""
        self.weighed: datetime | None = None
        self.arrived: list[Fact] = []
        self._waiting = self.wearer.arrivals()[::-1]

    def arrive(self, now: datetime) -> None:
        """Let the accounts know all that has arrived by *now*."""
        while self._waiting and self._waiting[-1].at <= now:
            arrival = self._waiting.pop()
            self.arrived.append(arrival.fact)
            if arrival.fact.device == "scale":
                self.weighed = arrival.at
            for account in self.accounts:
                account.take(arrival.fact, arrival.at)

    def unsent(self, now: datetime) -> list[Fact]:
        """Return what was measured by now, and is still in a device that says when it synced."""
        devices = ("scale",) if self.habits.dateless else ("scale", "watch")
        return [
            one.fact
            for one in self._waiting
            if one.fact.instant <= now < one.at and one.fact.device in devices
        ]

    def account(self, provider: str) -> Account:
        """Return the one that they use now with *provider*."""
        return next(one for one in reversed(self.accounts) if one.provider == provider)

    def open(self, service: Service, account: Account, since: str) -> Account:
        """Use *account* instead of the one before; it gets what the devices still have."""
        self.accounts = [one for one in self.accounts if one.provider != account.provider]
        self.accounts.append(service.add(account))
        self.opened = service.now().astimezone(ZoneInfo(account.zone)).date().isoformat()
        for fact in self.arrived:
            if fact.day >= since:
                account.take(fact, service.now())
        return account

    def move(self, *, stays: bool, today: str) -> None:
        """Use other accounts from now on; what was measured before *stays*, or goes."""
        self.former = [*self.former, *self.accounts] if stays else []
        self.imported = self.imported if stays else {}
        self.continued = today if stays else ""

    def show_devices(self, now: datetime, start: datetime) -> None:
        """Have the accounts list the devices, with when each synced last."""
        habits = self.habits
        for account in self.accounts:
            devices = []
            if habits.watch:
                synced = None if habits.dateless else self.wearer.synced(now)
                devices.append(_device("1", "TRACKER", synced, account.zone))
            if habits.drawer:
                devices.append(_device("2", "TRACKER", start - DRAWER, account.zone))
            if habits.weigh_days and habits.scale:
                devices.append(_device("3", "SCALE", self.weighed, account.zone))
            account.devices = devices


def _device(id_: str, kind: str, synced: datetime | None, zone: str) -> dict[str, str]:
    device = {"id": id_, "type": kind, "deviceVersion": kind.title()}
    if synced is None:
        return device
    civil = synced.astimezone(ZoneInfo(zone)).replace(tzinfo=None)
    instant = synced.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    return {**device, "lastSyncTime": civil.isoformat(timespec="milliseconds"), "instant": instant}
