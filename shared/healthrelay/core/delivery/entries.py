"""The log's entries: which records a change named, not what it said of them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from healthrelay.core.measurements.records import Delta, Record

Keys = Mapping[str, tuple[str, ...]]
"""Series → the keys of its records."""


class Entry(NamedTuple):
    """One change of one person's records; entries are numbered without a gap from 1."""

    sequence: int
    at: datetime
    added: Keys
    changed: Keys
    removed: Keys
    whole: tuple[str, ...] = ()
    """Series of which too many records changed to name them: read these again whole."""


def spoken(delta: Delta) -> dict[str, dict[str, list[str]]]:
    """``{"added": {"body-weight": ["2026-11-01"]}, …}``: an entry as the stores keep it."""
    told = {
        "added": _by_series(delta.added),
        "changed": _by_series(delta.changed),
        "removed": _by_series(delta.removed),
    }
    return {what: keys for what, keys in told.items() if keys}


def kept(entry: Entry) -> dict[str, object]:
    """What `understood` understands: an *entry* as the stores keep it, but for number and time."""
    told = {"added": entry.added, "changed": entry.changed, "removed": entry.removed}
    said: dict[str, object] = {
        what: {series: list(keys) for series, keys in named.items()}
        for what, named in told.items()
        if named
    }
    return said | ({"whole": list(entry.whole)} if entry.whole else {})


def understood(sequence: int, at: datetime, said: Mapping[str, object]) -> Entry:
    """The entry that was kept as *said*."""
    whole = said.get("whole", ())
    names = tuple(str(name) for name in whole) if isinstance(whole, list) else ()
    added, changed, removed = (_keys(said.get(what)) for what in ("added", "changed", "removed"))
    return Entry(sequence, at, added, changed, removed, names)


def _by_series(records: Iterable[Record]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for record in records:
        found.setdefault(record.series, []).append(record.key)
    return found


def _keys(said: object) -> Keys:
    told = said if isinstance(said, dict) else {}
    return {series: tuple(keys) for series, keys in told.items()}
