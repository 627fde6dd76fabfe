"""The ledger as the stores keep it: one small document, a year of 15 series in less than 4 kB."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from typing import Any

from healthrelay.core.errors import Conflict
from healthrelay.core.json import Document, Json, require_instants, require_members
from healthrelay.core.measurements.catalogue import SERIES, Kind
from healthrelay.core.measurements.ledger import Days, Device, Ledger, Mark, State

_LETTERS = "osef"
"""The states of a day, in the order of their two bits."""
_PACKED = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
"""Three days a character."""


def to_document(ledger: Ledger) -> Document:
    """Return *ledger* as JSON; what is empty is left out."""
    document: dict[str, Json] = {
        "epoch": ledger.epoch,
        "read": ledger.read_at,
        "outcome": ledger.outcome,
        "devices": {name: list(device) for name, device in sorted(ledger.devices.items())},
        "days": {series: _days_to_json(days) for series, days in sorted(ledger.days.items())},
        "causes": dict(sorted(ledger.causes.items())),
        "marks": {
            series: {key: [mark.first, mark.day, list(mark.looks)] for key, mark in marks.items()}
            for series, marks in sorted(ledger.marks.items())
        },
        "again": {series: list(days) for series, days in sorted(ledger.again.items())},
        "logs": ledger.logs_read,
        "logs_to": ledger.logs_to,
        "turn": ledger.turn,
        "units": ledger.units,
    }
    return {name: value for name, value in document.items() if value}


def from_document(document: Mapping[str, Any]) -> Ledger:
    """Return the ledger of *document*. Raise `ValueError` and its like for any other."""
    require_members(document, _KINDS)
    require_instants(document.get("read"))
    return Ledger(
        epoch=document.get("epoch", ""),
        read_at=document.get("read", ""),
        outcome=document.get("outcome", ""),
        devices={name: _device(*parts) for name, parts in document.get("devices", {}).items()},
        days={series: _days_from_json(days) for series, days in document.get("days", {}).items()},
        causes=document.get("causes", {}),
        marks={
            series: {key: _mark(*parts) for key, parts in by.items()}
            for series, by in document.get("marks", {}).items()
        },
        again={
            series: tuple(_day(day) for day in days)
            for series, days in document.get("again", {}).items()
        },
        logs_read=_day(document.get("logs", "")),
        logs_to=_day(document.get("logs_to", "")),
        turn=document.get("turn", 0),
        units=document.get("units", ""),
    )


_TEXTS = ("epoch", "read", "outcome", "logs", "logs_to", "units")
_OBJECTS = ("devices", "days", "causes", "marks", "again")
_KINDS = {**dict.fromkeys(_TEXTS, str), **dict.fromkeys(_OBJECTS, dict), "turn": int}


def _day(text: str) -> str:
    """Return *text*, a day or nothing. Raise `ValueError` for anything else."""
    if text:
        date.fromisoformat(text)
    return text


def _mark(first: str, day: str, looks: Iterable[str]) -> Mark:
    datetime.fromisoformat(first)
    return Mark(first, _day(day), tuple(map(_day, looks)))


def _device(kind: str, name: str, synced: str, seen: str, named: bool = False) -> Device:
    if synced:
        datetime.fromisoformat(synced)
    if not (isinstance(kind, str) and isinstance(name, str)):
        raise TypeError("a device has a kind and a name")
    return Device(kind, name, synced, _day(seen), named)


def from_stored(
    document: Mapping[str, Any] | None, covered: Mapping[str, Any] | None = None
) -> Ledger:
    """Return the ledger of *document*, or of what an earlier version stored as *covered*."""
    return from_coverage(covered or {}) if document is None else from_document(document)


def require_same_epoch(stored: Ledger, ledger: Ledger, user: str) -> None:
    """Raise `Conflict` unless *ledger* may take the place of the *stored* one."""
    if stored.epoch != ledger.epoch:
        raise Conflict(
            f"Nothing was stored: {user} was moved to another account while this was read."
            " Fetch again."
        )


def from_coverage(covered: Mapping[str, Any]) -> Ledger:
    """Return the ledger of a store of an earlier version: every covered day is open.

    Within-day points of these days are to be read again. *covered* is series → the first and
    last day of what was read. Raise `ValueError` and its like for anything else.
    """
    ledger = Ledger()
    for name, span in covered.items():
        first, last = map(date.fromisoformat, span)
        days = Days(first, "o" * ((last - first).days + 1))
        ledger = ledger._replace(days={**ledger.days, name: days})
        row = SERIES.get(name.partition(" ")[0])
        if row and row.kind is Kind.INTRADAY:
            again = tuple(day.isoformat() for day in days.where([State.OPEN]))
            ledger = ledger._replace(again={**ledger.again, name: again})
    return ledger


def _days_to_json(days: Days) -> list[Json]:
    numbers = [_LETTERS.index(letter) for letter in days.states]
    numbers += [0] * (-len(numbers) % 3)
    packed = "".join(
        _PACKED[16 * numbers[at] + 4 * numbers[at + 1] + numbers[at + 2]]
        for at in range(0, len(numbers), 3)
    )
    return [days.start.isoformat(), len(days.states), packed]


def _days_from_json(parts: tuple[str, int, str]) -> Days:
    start, count, packed = parts
    numbers = (_PACKED.index(character) for character in packed)
    states = "".join(_LETTERS[number >> bits & 3] for number in numbers for bits in (4, 2, 0))
    if not 0 <= len(states) - count < 3:
        raise ValueError("as many states as days")
    return Days(date.fromisoformat(start), states[:count])
