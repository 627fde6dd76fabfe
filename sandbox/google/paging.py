"""Pages: sizes, and page tokens that are good for the query they came from and no other."""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import json
import secrets
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any, TypeVar

from sandbox.google.errors import invalid
from sandbox.google.switches import GoogleSwitches

T = TypeVar("T")


@dataclass(frozen=True, slots=True, kw_only=True)
class Query:
    """What is paged through: every parameter but the page token, and the wanted page size."""

    parameters: Mapping[str, Any]
    token: str
    size: int


class Pager:
    """Cuts results into pages."""

    def __init__(self, switches: GoogleSwitches) -> None:
        self._switches = switches
        self._key = secrets.token_bytes(16)

    def page(self, items: Iterable[T], query: Query) -> tuple[Sequence[T], str]:
        """Return the page of *query*, and the token of the next one (empty after the last)."""
        start = self._start(query)
        if start is None:
            if self._switches.empty_first_page:
                return (), self._token(0, query)
            start = 0
        size = min(query.size, self._switches.page_limit or query.size)
        window = list(islice(items, start, start + size + 1))
        return window[:size], self._token(start + size, query) if len(window) > size else ""

    def _token(self, start: int, query: Query) -> str:
        place = start.to_bytes(8)
        return base64.urlsafe_b64encode(place + self._seal(place, query)).decode().rstrip("=")

    def _start(self, query: Query) -> int | None:
        if not query.token:
            return None
        try:
            raw = base64.urlsafe_b64decode(query.token + "=" * (-len(query.token) % 4))
        except (binascii.Error, ValueError):
            raw = b""
        place, seal = raw[:8], raw[8:]
        if not hmac.compare_digest(seal, self._seal(place, query)):
            message = "The page token is invalid, or parameters changed while paging."
            raise invalid("pageToken", message)
        return int.from_bytes(place)

    def _seal(self, place: bytes, query: Query) -> bytes:
        parameters = json.dumps(query.parameters, sort_keys=True).encode()
        return hmac.new(self._key, place + parameters, hashlib.sha256).digest()[:12]


def page_size(value: object, default: int, maximum: int) -> int:
    """Return the page size: absent or 0 means *default*; at most *maximum*."""
    text = str(default if value is None else value)
    if isinstance(value, bool) or not text.isascii() or not text.isdigit():
        raise invalid("pageSize", f"Invalid value at 'page_size' (TYPE_INT32), {value!r}.")
    return min(int(text) or default, maximum)
