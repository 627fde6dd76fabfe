"""The part of Cloud Logging's query language that monitoring.tf uses, asked of our own lines.

``field="text"``, ``field=~"pattern"``, ``severity>=LEVEL``, joined by AND, OR and brackets
(cloud.google.com/logging/docs/view/logging-query-language): OR binds more tightly than AND there.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any

Line = Mapping[str, Any]
LEVELS = (
    *("DEFAULT", "DEBUG", "INFO", "NOTICE", "WARNING"),
    *("ERROR", "CRITICAL", "ALERT", "EMERGENCY"),
)
_WORD = re.compile(r'\s*(\(|\)|AND\b|OR\b|([\w.]+)(=~|>=|=)("(?:[^"\\]|\\.)*"|\w+))')


def counts(query: str) -> Callable[[Line], bool]:
    """Whether a line of ours, as it was printed, is one that *query* finds."""
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


def _every(tokens: list[re.Match[str]]) -> Callable[[Line], bool]:
    parts = [_any(tokens)]
    while tokens and tokens[0][1] == "AND":
        tokens.pop(0)
        parts.append(_any(tokens))
    return lambda line: all(part(line) for part in parts)


def _any(tokens: list[re.Match[str]]) -> Callable[[Line], bool]:
    parts = [_one(tokens)]
    while tokens and tokens[0][1] == "OR":
        tokens.pop(0)
        parts.append(_one(tokens))
    return lambda line: any(part(line) for part in parts)


def _one(tokens: list[re.Match[str]]) -> Callable[[Line], bool]:
    token = tokens.pop(0)
    if token[1] == "(":
        inside = _every(tokens)
        assert tokens.pop(0)[1] == ")"
        return inside
    field, operator, value = token[2].removeprefix("jsonPayload."), token[3], token[4].strip('"')
    if operator == ">=":
        assert field == "severity"
        return lambda line: LEVELS.index(line["severity"]) >= LEVELS.index(value)
    if operator == "=":
        return lambda line: str(line.get(field, "")) == value
    return lambda line: field in line and re.search(value, str(line[field])) is not None
