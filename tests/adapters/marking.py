"""A provider's recorded answers with a secret in every member, given again without a network."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from random import Random
from typing import Any

from healthrelay.adapters.http import Answer, Http

TEXT, DIGITS = "zq7x", "90713"
"""Every value that is marked has one of the two in it, whatever its case."""
MOST = 5
"""Elements of a list that are kept: what is asked of each is asked of five."""

_SHAPES: tuple[tuple[str, Callable[[str], str]], ...] = (
    (r"\d+", lambda text: DIGITS + text),
    (r"\d+s", lambda text: DIGITS + text),
    (r"\d{4}-\d\d-\d\dT[\d:]{8}(\.\d+)?Z", lambda text: f"{text[:19]}.{DIGITS}Z"),
    (r"\d{4}-\d\d-\d\dT.*", lambda text: f"{text[:19]}.{DIGITS}"),
    (r"[A-Z][A-Z_]+", lambda text: f"{text}_{TEXT.upper()}"),
    (r"[A-Za-z]+/[A-Za-z]+", lambda _text: f"Europe/{TEXT.title()}"),
)
_ODD: tuple[Any, ...] = (
    TEXT,
    f"{TEXT}@example.org",
    f"users/{TEXT}/dataPoints/{DIGITS}",
    f"2026-11-01T06:12:00.{DIGITS}Z",
    f"{DIGITS}{DIGITS}123",
    int(DIGITS),
    float(f"{DIGITS}.25"),
    float("nan"),
    None,
    [TEXT, [DIGITS]],
    {TEXT: DIGITS, f"{TEXT}@example.org": TEXT, DIGITS: {TEXT.upper(): int(DIGITS)}},
)


class Recording(Http):
    """The first pages of what a sandbox answers, shortened, and each request to it once."""

    def __init__(self) -> None:
        super().__init__()
        self.answers: dict[tuple[str, str, bytes | None], Answer] = {}
        self.requests: list[tuple[str, str]] = []

    def send(
        self,
        method: str,
        url: str,
        headers: Mapping[str, str],
        body: bytes | None = None,
        seconds: float = 30,
    ) -> Answer:
        answer = super().send(method, url, headers, body, seconds)
        self.requests.append((method, url))
        shortened = answer._replace(body=json.dumps(_shorten(json.loads(answer.body))).encode())
        self.answers[method, url, body] = shortened
        return shortened


class Marked(Http):
    """Gives the answers of a *recording* again, marked: every value, or every *share* of them.

    *odd* is the share that becomes something of another kind. So do members that nobody knows.
    """

    def __init__(self, recording: Recording, random: Random, share: float, odd: float) -> None:
        super().__init__()
        self._recording = recording
        self._random = random
        self._share = share
        self._odd = odd

    def send(
        self,
        method: str,
        url: str,
        headers: Mapping[str, str],
        body: bytes | None = None,
        seconds: float = 30,
    ) -> Answer:
        # What is asked for with a marked token or name is not recorded: anything like it will do.
        known = self._recording.answers
        answer = known.get((method, url, body)) or self._random.choice([*known.values()])
        return answer._replace(body=json.dumps(self._mark(json.loads(answer.body))).encode())

    def _mark(self, value: Any) -> Any:
        if self._random.random() < self._odd:
            return self._random.choice(_ODD)
        if isinstance(value, dict):
            marked = {name: self._mark(each) for name, each in value.items()}
            more = {f"{TEXT} {DIGITS}": TEXT} if self._random.random() < self._share else {}
            return marked | more
        if isinstance(value, list):
            return [self._mark(each) for each in value]
        return self._mark_leaf(value) if self._random.random() < self._share else value

    def _mark_leaf(self, value: Any) -> Any:
        if isinstance(value, str):
            shapes = (mark for shape, mark in _SHAPES if re.fullmatch(shape, value))
            return next(shapes, lambda text: f"{text} {TEXT}")(value)
        return value if isinstance(value, bool | None) else int(DIGITS)


def _shorten(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _shorten(each) for name, each in value.items()}
    return [_shorten(each) for each in value[:MOST]] if isinstance(value, list) else value
