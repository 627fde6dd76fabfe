"""Entries of the log: the keys of the records that a change touched, never their values."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Any, NamedTuple

from healthrelay.core.json import require

if TYPE_CHECKING:
    from healthrelay.core.measurements.reading import Delta
    from healthrelay.core.measurements.records import Names

Keys = Mapping[str, tuple[str, ...]]
"""Series → the keys of its records."""
CHANGES = ("added", "changed", "removed")


class Entry(NamedTuple):
    """One change of one person's records; entries are numbered without a gap from 1."""

    sequence: int
    at: datetime
    added: Keys
    changed: Keys
    removed: Keys
    whole: tuple[str, ...] = ()
    """Series of which too many records changed to name them: read these again whole."""

    def to_document(self) -> dict[str, object]:
        """Return the entry as the stores keep it, without its number and time."""
        parts = dict(zip(CHANGES, (self.added, self.changed, self.removed), strict=True))
        document: dict[str, object] = {
            change: {series: list(keys) for series, keys in by_series.items()}
            for change, by_series in parts.items()
            if by_series
        }
        return document | ({"whole": list(self.whole)} if self.whole else {})

    @classmethod
    def from_document(cls, sequence: int, at: datetime, document: Mapping[str, Any]) -> Entry:
        """Return the entry in *document*. Raise `TypeError` and its like if there is none."""
        added, changed, removed = (_keys(document.get(change, {})) for change in CHANGES)
        return cls(sequence, at, added, changed, removed, _texts(document.get("whole", [])))


def changed_keys(delta: Delta) -> dict[str, dict[str, list[str]]]:
    """Return ``{"added": {"body-weight": ["2026-11-01"]}, …}``: an entry as the stores keep it."""
    document: dict[str, dict[str, list[str]]] = {}
    for change in CHANGES:
        for record in getattr(delta, change):
            document.setdefault(change, {}).setdefault(record.series, []).append(record.key)
    return document


def named_records(entries: Iterable[Entry]) -> Names:
    """Return the names of all records that *entries* name."""
    names: dict[str, set[str] | None] = {}
    for entry in entries:
        for part in (entry.added, entry.changed, entry.removed):
            for series, keys in part.items():
                known = names.setdefault(series, set())
                if known is not None:
                    known.update(keys)
        names.update(dict.fromkeys(entry.whole))
    return names


def _keys(part: Any) -> Keys:
    return {series: _texts(keys) for series, keys in require(part, dict).items()}


def _texts(values: Any) -> tuple[str, ...]:
    return tuple(require(value, str) for value in require(values, list))
