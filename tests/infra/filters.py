"""The filters that monitoring.tf and uptime.tf use, asked of entries and of points.

Of Cloud Logging (cloud.google.com/logging/docs/view/logging-query-language) and of Cloud
Monitoring (cloud.google.com/monitoring/api/v3/filters): ``path="text"``, ``path=~"pattern"``,
``severity>=LEVEL``, ``path=("a" OR "b")``, ``path=one_of("a","b")``, joined by AND, OR and
brackets. OR binds more tightly than AND.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any

Entry = Mapping[str, Any]
Test = Callable[[Entry], bool]
LEVELS = (
    *("DEFAULT", "DEBUG", "INFO", "NOTICE", "WARNING"),
    *("ERROR", "CRITICAL", "ALERT", "EMERGENCY"),
)
_TEXT = r'"(?:[^"\\]|\\.)*"'
_SOME = rf"\({_TEXT}(?: OR {_TEXT})*\)|one_of\({_TEXT}(?:,\s*{_TEXT})*\)"
_WORD = re.compile(rf"\s*(\(|\)|AND\b|OR\b|([\w.]+)(=~|>=|=)({_TEXT}|{_SOME}|\w+))")


def matches(query: str) -> Test:
    """Return whether an entry or a point is one that *query* finds."""
    tokens: list[re.Match[str]] = []
    at = 0
    while query[at:].strip():
        token = _WORD.match(query, at)
        assert token, f"not understood: {query[at:]}"
        tokens.append(token)
        at = token.end()
    test = _every(tokens)
    assert not tokens, f"left over: {tokens[0][0]}"
    return test


def value_at(entry: Entry, path: str) -> str | None:
    """Return what is at a dotted *path*; ``metric.label.x`` and ``metric.labels.x`` are one."""
    value: Any = entry
    for step in path.replace(".label.", ".labels.").split("."):
        if not isinstance(value, Mapping) or step not in value:
            return None
        value = value[step]
    return str(value)


def _every(tokens: list[re.Match[str]]) -> Test:
    parts = [_any(tokens)]
    while tokens and tokens[0][1] == "AND":
        tokens.pop(0)
        parts.append(_any(tokens))
    return lambda entry: all(part(entry) for part in parts)


def _any(tokens: list[re.Match[str]]) -> Test:
    parts = [_one(tokens)]
    while tokens and tokens[0][1] == "OR":
        tokens.pop(0)
        parts.append(_one(tokens))
    return lambda entry: any(part(entry) for part in parts)


def _one(tokens: list[re.Match[str]]) -> Test:
    token = tokens.pop(0)
    if token[1] == "(":
        inside = _every(tokens)
        assert tokens.pop(0)[1] == ")"
        return inside
    path, operator, text = token[2], token[3], token[4]
    values = [one[1:-1] for one in re.findall(_TEXT, text)] or [text]
    if operator == ">=":
        assert path == "severity"
        return lambda entry: LEVELS.index(entry["severity"]) >= LEVELS.index(values[0])
    if operator == "=":
        return lambda entry: value_at(entry, path) in values
    return lambda entry: re.search(values[0], value_at(entry, path) or "") is not None
