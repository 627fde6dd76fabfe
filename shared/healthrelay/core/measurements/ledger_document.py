"""The ledger as the stores keep it: one small document, a year of 15 series in less than 4 kB."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime, timedelta
from itertools import product
from typing import Any

from healthrelay.core.errors import Conflict
from healthrelay.core.json import Document, Json, require_instants, require_members
from healthrelay.core.measurements.catalogue import SERIES, Kind
from healthrelay.core.measurements.ledger import MANY_LOOKS, Days, Device, Ledger, Look, Mark, State

_LETTERS = "osef"
"""The states of a day, in the order of their two bits."""
_CHARACTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
_UNPACKED = dict(zip(_CHARACTERS, map("".join, product(_LETTERS, repeat=3)), strict=True))
"""Character → the states of three days."""
_PACKED = {states: character for character, states in _UNPACKED.items()}


def to_document(ledger: Ledger) -> Document:
    """Return *ledger* as JSON; what is empty is left out."""
    looks = sorted({look for days in ledger.days.values() for look in days.doubted.values()})
    document: dict[str, Json] = {
        "epoch": ledger.epoch,
        "read": ledger.read_at,
        "outcome": ledger.outcome,
        "devices": {name: list(device) for name, device in sorted(ledger.devices.items())},
        "days": {name: _days_to_json(days, looks) for name, days in sorted(ledger.days.items())},
        "looks": [list(look) for look in looks],
        "causes": dict(sorted(ledger.causes.items())),
        "marks": {
            series: {key: [mark.first, mark.day, list(mark.looks)] for key, mark in marks.items()}
            for series, marks in sorted(ledger.marks.items())
        },
        "again": {series: list(days) for series, days in sorted(ledger.again.items())},
        "tried": dict(sorted(ledger.tried.items())),
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
    looks = [_look(*parts) for parts in document.get("looks", ())]
    days = document.get("days", {})
    return Ledger(
        epoch=document.get("epoch", ""),
        read_at=document.get("read", ""),
        outcome=document.get("outcome", ""),
        devices={name: _device(*parts) for name, parts in document.get("devices", {}).items()},
        days={series: _days_from_json(parts, looks) for series, parts in days.items()},
        causes=document.get("causes", {}),
        marks={
            series: {key: _mark(*parts) for key, parts in by.items()}
            for series, by in document.get("marks", {}).items()
        },
        again={
            series: tuple(_day(day) for day in days)
            for series, days in document.get("again", {}).items()
        },
        tried={series: _day(day) for series, day in document.get("tried", {}).items()},
        logs_read=_day(document.get("logs", "")),
        logs_to=_day(document.get("logs_to", "")),
        turn=document.get("turn", 0),
        units=document.get("units", ""),
    )


_TEXTS = ("epoch", "read", "outcome", "logs", "logs_to", "units")
_OBJECTS = ("devices", "days", "causes", "marks", "again", "tried")
_KINDS = {**dict.fromkeys(_TEXTS, str), **dict.fromkeys(_OBJECTS, dict), "looks": list, "turn": int}


def _day(text: str) -> str:
    """Return *text*, a day or nothing. Raise `ValueError` for anything else."""
    if text:
        date.fromisoformat(text)
    return text


def _mark(first: str, day: str, looks: Iterable[str]) -> Mark:
    datetime.fromisoformat(first)
    return Mark(first, _day(day), tuple(map(_day, looks)))


def _look(times: int, at: str) -> Look:
    require_instants(at)
    if not isinstance(times, int):
        raise TypeError("looks are counted")
    return Look(times, at)


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

    One more reading says whether it is empty: that version believed the first. Within-day
    points of these days are to be read again. *covered* is series → the first and last day of
    what was read. Raise `ValueError` and its like for anything else.
    """
    ledger = Ledger()
    for name, span in covered.items():
        first, last = map(date.fromisoformat, span)
        days = Days(first, State.OPEN.value * ((last - first).days + 1))
        covered_days = days.where([State.OPEN])
        days = days._replace(doubted=dict.fromkeys(covered_days, Look(MANY_LOOKS - 1)))
        ledger = ledger._replace(days={**ledger.days, name: days})
        row = SERIES.get(name.partition(" ")[0])
        if row and row.kind is Kind.INTRADAY:
            again = tuple(day.isoformat() for day in covered_days)
            ledger = ledger._replace(again={**ledger.again, name: again})
    return ledger


def _days_to_json(days: Days, looks: Sequence[Look]) -> list[Json]:
    """Return the first of *days*, how many, and their states; behind dots those of each look."""
    states = days.states + _LETTERS[0] * (-len(days.states) % 3)
    packed = "".join(_PACKED[states[at : at + 3]] for at in range(0, len(states), 3))
    places = {look: looks.index(look) for look in sorted(set(days.doubted.values()))}
    doubted = [_pack_doubted(days, look, place) for look, place in places.items()]
    return [days.start.isoformat(), len(days.states), ".".join((packed, *doubted))]


def _days_from_json(parts: tuple[str, int, str], looks: Sequence[Look]) -> Days:
    first, count, text = parts
    packed, *doubted = text.split(".")
    states = "".join(_UNPACKED[character] for character in packed)
    if not 0 <= len(states) - count < 3:
        raise ValueError("as many states as days")
    start = date.fromisoformat(first)
    return Days(start, states[:count], _unpack_doubted(start, doubted, looks))


def _pack_doubted(days: Days, look: Look, place: int) -> str:
    """Return the *place* of *look* among all, two characters, and then a bit a day, six in one."""
    places = {(day - days.start).days for day in days.doubted if days.doubted[day] == look}
    sixes = range(0, max(places) + 1, 6)
    numbers = [
        *divmod(place, 64),
        *(sum(1 << n for n in range(6) if at + n in places) for at in sixes),
    ]
    return "".join(_CHARACTERS[number] for number in numbers)


def _unpack_doubted(start: date, packed: Iterable[str], looks: Sequence[Look]) -> dict[date, Look]:
    doubted: dict[date, Look] = {}
    for characters in packed:
        high, low, *sixes = (_CHARACTERS.index(char) for char in characters)
        bits = [six >> n & 1 for six in sixes for n in range(6)]
        days = (start + timedelta(days=place) for place, bit in enumerate(bits) if bit)
        doubted |= dict.fromkeys(days, looks[high * 64 + low])
    return doubted
