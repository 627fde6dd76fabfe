"""The shape of a stranger's JSON: of a value only what kind of text or number it is.

Nothing of a value gets through: of a text its pattern, of an identifier also its length, of a
number nothing. A word passes as it is only when the caller names it beforehand, such as
``SCALE``; a member's name when it looks like one that a programmer chose.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from decimal import Decimal
from typing import Any, NamedTuple

MAX_DEPTH = 8
MAX_PATHS = 60
ODD_NAME = "(odd name)"

_UUID = r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}"
_DAY, _CLOCK = r"\d{4}-\d\d-\d\d", r"\d\d:\d\d(:\d\d)?"
_PATTERNS = tuple(
    (kind, re.compile(pattern, re.ASCII))
    for kind, pattern in (
        ("empty text", r""),
        ("text NaN", r"NaN"),
        ("text Infinity", r"-?Infinity"),
        ("uuid", _UUID),
        ("digits", r"\d+"),
        ("number as text", r"[-+]?\d+(\.\d+)?([eE][-+]?\d+)?"),
        ("date", _DAY),
        ("clock", _CLOCK),
        ("instant in UTC", rf"{_DAY}T{_CLOCK}Z"),
        ("instant in UTC with fraction", rf"{_DAY}T{_CLOCK}\.\d+Z"),
        ("instant with offset", rf"{_DAY}T{_CLOCK}(\.\d+)?[-+]\d\d:?\d\d"),
        ("local time", rf"{_DAY}T{_CLOCK}"),
        ("local time with fraction", rf"{_DAY}T{_CLOCK}\.\d+"),
        ("duration", r"-?\d+s"),
        ("duration with fraction", r"-?\d+\.\d+s"),
        ("zone", r"[A-Z][A-Za-z]+(/[A-Z][A-Za-z_+-]+)+"),
        ("upper-case word", r"[A-Z][A-Z_0-9]*"),
    )
)
_IDS = tuple(
    (name, re.compile(pattern, re.ASCII))
    for name, pattern in (("digits", r"\d+"), ("A-Z0-9", r"[A-Z0-9]+"), ("a-z0-9-", r"[a-z0-9-]+"))
)
_CHOSEN_NAME = re.compile(r"[a-z]+\d?[A-Z](?:[A-Za-z]|\d{1,2}(?!\d)){0,59}", re.ASCII)


class NotJson(str):
    """NaN or an infinity without quotes, which JSON does not have."""


ABSENT = NotJson()
"""Stands for a member that is not there."""


class Vocabulary(NamedTuple):
    """What a provider's words are, so that they can be told from a wearer's."""

    words: frozenset[str]
    """Values that are shown as they are, such as ``SCALE``."""
    names: frozenset[str]
    """Members, and parts of paths, that are shown as they are."""
    ids: frozenset[str]
    """Members that hold identifiers, of which lengths are shown."""

    def kind(self, value: Any, member: str = "") -> str:
        """Return what kind of thing the *value* of a *member* is."""
        if isinstance(value, NotJson):
            return "NaN or Infinity without quotes" if value else "absent"
        if isinstance(value, str):
            return self.id_pattern(value) if member in self.ids else self._text(value)
        if value is None or isinstance(value, bool):
            return "null" if value is None else "boolean"
        if isinstance(value, int | float | Decimal):
            return "integer" if isinstance(value, int) else "number"
        if isinstance(value, list | dict):
            return ("list" if isinstance(value, list) else "object") if value else "empty"
        return "unknown"

    def id_pattern(self, text: str) -> str:
        """Return the pattern of an identifier: ``digits(13)``, ``uuid``; of a path each part's."""
        if "/" in text:
            return "/".join(self.id_pattern(part) for part in text.split("/"))
        if text in self.names or re.fullmatch(_UUID, text):
            return text if text in self.names else "uuid"
        of = next((name for name, of in _IDS if of.fullmatch(text)), "other")
        return f"{of}({len(text)})"

    def name(self, name: Any) -> str:
        """Return a member's *name*, unless it may be somebody's."""
        if isinstance(name, str) and (name in self.names or _CHOSEN_NAME.fullmatch(name)):
            return name
        return ODD_NAME

    def describe(self, values: Iterable[Any]) -> tuple[str, ...]:
        """Return a line for each path within *values*: which kinds of value it has, how often."""
        paths: dict[str, Counter[str]] = {}
        for value in values:
            for path, kind in self._walk(value, "", "", 0):
                paths.setdefault(path, Counter())[kind] += 1
        lines = [f"{path or 'whole'}: {tally(kinds)}" for path, kinds in sorted(paths.items())]
        more = len(lines) - MAX_PATHS
        return (*lines[:MAX_PATHS], *([f"and {more} more members"] if more > 0 else []))

    def _text(self, text: str) -> str:
        if text in self.words:
            return text
        return next((kind for kind, pattern in _PATTERNS if pattern.fullmatch(text)), "text")

    def _walk(self, value: Any, path: str, member: str, depth: int) -> Iterator[tuple[str, str]]:
        if not value or depth > MAX_DEPTH or not isinstance(value, dict | list):
            yield path, self.kind(value, member)
        elif isinstance(value, list):
            for each in value:
                yield from self._walk(each, f"{path}[]", member, depth + 1)
        else:
            for name, each in value.items():
                shown = self.name(name)
                below = f"{path}.{shown}" if path else shown
                yield from self._walk(each, below, shown, depth + 1)


def tally(kinds: Counter[str]) -> str:
    """Return how often there is which, the most frequent first."""
    return ", ".join(f"{kind} ({number})" for kind, number in kinds.most_common())
