"""The outline of a page: its landmarks, headings and buttons, in order; a picture carries it.

Dates, times and numbers are left out of it, because they are others each day.
"""

from __future__ import annotations

import re
import struct
import zlib
from collections.abc import Iterator
from html.parser import HTMLParser

_LANDMARKS = {"header", "nav", "main", "footer", "section"}
_SPOKEN = {"h1", "h2", "h3", "button", "summary"}
_DAYS = "Mon|Tues|Wednes|Thurs|Fri|Satur|Sun"
_MONTHS = "January|February|March|April|May|June|July|August|September|October|November|December"
_CHANGING = re.compile(
    rf"(?:(?:{_DAYS})day )?\d+ (?:{_MONTHS})|\d[\d,.:]*(?: h)?(?: \d+ min| min)?"
)
_SIGNATURE, _CHUNK = 8, b"iTXt"
_KEYWORD = b"outline\0\0\0\0\0"
"""Not compressed, in no language, not translated (https://www.w3.org/TR/png/#11iTXt)."""


class _Outline(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.lines: list[str] = []
        self._open: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        is_button = tag == "a" and "button" in (given.get("class") or "").split()
        if tag in _LANDMARKS:
            self.lines.append(f"{tag} {given.get('aria-label') or ''}".strip())
        elif tag in _SPOKEN or is_button:
            self._open.append(tag)
            self.lines.append(f"{tag} ")

    def handle_endtag(self, tag: str) -> None:
        if self._open and self._open[-1] == tag:
            self._open.pop()

    def handle_data(self, data: str) -> None:
        if self._open:
            self.lines[-1] += data


def outline(page: str) -> str:
    """Return the outline of *page*, an HTML document, a line each."""
    parser = _Outline()
    parser.feed(page)
    lines = (" ".join(line.split()) for line in parser.lines)
    parts = (line.partition(" ") for line in lines)
    return "\n".join(f"{tag}{space}{_CHANGING.sub('#', text)}" for tag, space, text in parts)


def with_outline(image: bytes, text: str) -> bytes:
    """Return the PNG *image* with *text* in it."""
    body = _CHUNK + _KEYWORD + text.encode()
    chunk = struct.pack(">I", len(body) - 4) + body + struct.pack(">I", zlib.crc32(body))
    end = image.rindex(b"IEND") - 4
    return image[:end] + chunk + image[end:]


def outline_in(image: bytes) -> str:
    """Return the text that `with_outline` was given; nothing of another picture."""
    for kind, body in _chunks(image):
        if kind == _CHUNK and body.startswith(_KEYWORD):
            return body.removeprefix(_KEYWORD).decode()
    return ""


def _chunks(image: bytes) -> Iterator[tuple[bytes, bytes]]:
    at = _SIGNATURE
    while at < len(image):
        (length,) = struct.unpack(">I", image[at : at + 4])
        yield image[at + 4 : at + 8], image[at + 8 : at + 8 + length]
        at += 12 + length
