"""A provider in the port's shape, for lives that go by fast: it converts nothing but names."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime
from typing import Any, NamedTuple

from healthrelay.core.errors import AccessRefused, HealthrelayError, RateLimited, TryLater
from healthrelay.core.grants import token
from healthrelay.core.measurements.reading import ConvertedSeries, Window
from healthrelay.core.measurements.reads import Read, Source
from tests.years.account import KIND_OF, Account
from tests.years.elements import expected
from tests.years.service import QUOTA_WAIT_SECONDS, Bad, Service
from tests.years.wearer import Fact

DAYS: dict[str, dict[str, int | None]] = {
    "google_health": {"weight": None, "walk": 90, "night": 366},
    "fitbit": {"weight": 31, "walk": 1095, "night": 100},
}
"""The longest range of one call."""
POINT_DAYS = 27


class Answer(NamedTuple):
    """One fact, or a device; *odd* when it cannot be read."""

    fact: Fact | None
    odd: bool = False
    device: Mapping[str, Any] = {}


class SimulatedProvider:
    """Satisfies `healthrelay.ports.peers.Provider` over a *service*."""

    def __init__(self, service: Service) -> None:
        self.name = service.provider
        self._service = service

    def needs(self, window: Window) -> tuple[Source, ...]:
        if window.series == "devices":
            return (Source("devices", None, dated=False),)
        kind = KIND_OF[window.series]
        if window.series.endswith("intraday"):
            return (Source("walk points", POINT_DAYS),)
        return (Source(kind, DAYS[self.name][kind]),)

    def account(self, grant: token.Grant) -> token.Account:
        opened = self._opened(grant.access)
        if grant.user:
            return token.Account(grant.user, opened.zone)
        if opened.name in self._service.silent:
            return token.Account("")
        return token.Account(opened.id, opened.zone, opened.linked)

    def clock(self) -> datetime:
        return self._service.now()

    def glance(self, access: str, today: date) -> Mapping[str, Callable[[], str]]:
        return {}

    def read(self, access: str, read: Read) -> Sequence[Any]:
        if read.source == "devices":
            return [Answer(None, device=device) for device in self._opened(access).devices]
        kind = read.source.partition(" ")[0]
        try:
            days = read.start.isoformat(), read.end.isoformat()
            served = self._service.ask(access, kind, *days)
        except Bad as bad:
            raise _error(bad) from None
        return [Answer(fact, fact.id in served.odd) for fact in served.facts]

    def convert(
        self,
        window: Window,
        raw: Mapping[str, Sequence[Any]],
        account: token.Account,
        now: datetime,
    ) -> ConvertedSeries:
        (source,) = self.needs(window)
        if window.series == "devices":
            return ConvertedSeries([_device(answer.device) for answer in raw[source.name]], {})
        whole = [answer.fact for answer in raw[source.name] if not answer.odd]
        odd = [answer.fact.day for answer in raw[source.name] if answer.odd]
        return ConvertedSeries(_elements(window.series, whole), dict.fromkeys(odd, 1))

    def _opened(self, access: str) -> Account:
        try:
            return self._service.opened(access)
        except Bad as bad:
            raise _error(bad) from None


def _error(bad: Bad) -> HealthrelayError:
    """Return what the real adapters make of such an answer."""
    if bad.status == 401:
        return AccessRefused("The access token is refused.")
    if bad.status == 429:
        return RateLimited("The provider asks for a pause.", QUOTA_WAIT_SECONDS)
    if bad.status == 403:
        return TryLater("Forbidden for now.", 3600).with_cause("forbidden_for_now")
    return TryLater(f"The provider has trouble ({bad.status or 'no answer'}).")


def _elements(series: str, facts: list[Fact]) -> list[dict[str, Any]]:
    ordered = sorted(facts, key=lambda fact: (fact.instant, fact.id))
    if series == "weight":
        return [_weight(fact) for fact in ordered]
    if series == "sleep":
        return [_night(fact) for fact in ordered]
    if series.endswith("intraday"):
        return _points(ordered)
    if series == "sleep-summary":
        return _summaries(ordered)
    days: dict[str, int] = {}
    for fact in ordered:
        before = 0 if series == "body-weight" else days.get(fact.day, 0)
        days[fact.day] = before + fact.amount
    return [{"dateTime": d, "value": str(expected(series, days[d]))} for d in sorted(days)]


def _weight(fact: Fact) -> dict[str, Any]:
    kilograms = float(expected("weight", fact.amount))
    at = {"date": fact.day, "time": f"{fact.start:%H:%M:%S}"}
    return {**at, "logId": log_id(fact), "weight": kilograms}


def _night(fact: Fact) -> dict[str, Any]:
    return {
        "logId": log_id(fact),
        "dateOfSleep": fact.day,
        "startTime": fact.start.isoformat(timespec="milliseconds"),
        "endTime": fact.end.isoformat(timespec="milliseconds"),
        "minutesAsleep": fact.amount,
    }


def _summaries(facts: list[Fact]) -> list[dict[str, Any]]:
    days: dict[str, list[int]] = {}
    for fact in facts:
        days.setdefault(fact.day, []).append(fact.amount)
    return [
        {"date": d, "totalMinutesAsleep": sum(each), "totalSleepRecords": len(each)}
        for d, each in sorted(days.items())
    ]


def _points(facts: list[Fact]) -> list[dict[str, Any]]:
    days: dict[str, dict[str, int]] = {}
    for fact in facts:
        slots = days.setdefault(fact.day, {})
        slot = f"{fact.start:%H}:{fact.start.minute // 15 * 15:02}:00"
        slots[slot] = slots.get(slot, 0) + fact.amount
    length = {"datasetInterval": 15, "datasetType": "minute"}
    return [
        {"dateTime": day, "dataset": [{"time": t, "value": n} for t, n in sorted(slots.items())]}
        | length
        for day, slots in sorted(days.items())
    ]


def _device(device: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in device.items() if name != "instant"}


def log_id(fact: Fact) -> int:
    """Return the number of a fact in a log: its name, or what is made of that."""
    return int(fact.id) if fact.id.isdigit() else int(fact.id.rpartition("-")[2], 16)
