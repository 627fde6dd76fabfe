"""Odd values, all drawn from one seed: texts, numbers, JSON, headers and bytes."""

from __future__ import annotations

import gzip
import json
from random import Random
from typing import Any

DIGITS = "9" * 5_000
TEXTS = (
    "", " ", "\x00", "a\r\nX-Added: 1", "\ud800", "\udfff", "x" * 3_000, DIGITS, "-1", "0", "1.5",
    "NaN", "null", "[]", "{}", "../../etc/passwd", "jack", "Jack", "mia,jack", "%s%n", "{{7*7}}",
    "<b>", "'--", "\N{RIGHT-TO-LEFT OVERRIDE}", "\N{PILE OF POO}", "e\u0301", "\uffff", "١٢", "２",
    "today", "2026-02-30", "0000-00-00", "9999-12-31", "10000-01-01", "2026-11-01T25:61:61Z",
    "24:00", "PT1S", "1e999", "-0", "+1", "0x10", "1_000", "3599s", "-3600s", "999999999s", "1e9s",
)  # fmt: skip
NUMBERS = (0, -1, 1, 0.5, -0.0, 10**18, 10**40, -(10**90), 1e308, float("inf"), float("nan"))
WAITS = (
    DIGITS, "-5", "0.493", "\xb2", "nonsense", "", "99999999", "Fri, 31 Dec 9999 23:59:59 GMT",
    "Wed, 21 Oct 2015 07:28:00 GMT", "Mon, 99 Nov 2026 25:00:00 GMT", "1, 2",
    "Sat, 01 Jan 0000 00:00:00 -9999", "Sun, 29 Nov 2026 15:00:00 +99999999999999",
)  # fmt: skip


def text(random: Random) -> str:
    """Return a text that somebody may send, or nobody."""
    if random.random() < 0.8:
        return random.choice(TEXTS)
    codes = (random.randrange(random.choice((0x80, 0x3000))) for _ in range(8))
    return "".join(map(chr, codes))


def value(random: Random) -> Any:
    """Return any value of JSON, most of them small."""
    return random.choice((
        None, True, False, [], {}, [None] * 3, {"": {}}, random.choice(NUMBERS), text(random),
        text(random), nested(random.choice((5, 60, 200))),
    ))  # fmt: skip


def nested(depth: int) -> Any:
    """Return objects and lists in each other."""
    inner: Any = 1
    for _ in range(depth):
        inner = [{"a": inner}]
    return inner


def deep(random: Random) -> bytes:
    """Return JSON too deep for a stack, closed or not."""
    opening, closing = random.choice(((b"[", b"]"), (b'{"a":', b"}"), (b'[{"user":', b"}]")))
    depth = random.choice((90, 150, 1_200, 3_000))
    return opening * depth + b"1" + closing * random.choice((0, depth))


def json_bytes(payload: Any, random: Random) -> bytes:
    """Return *payload* as JSON, escaped or not, now and then with what JSON does not allow."""
    body = json.dumps(payload, ensure_ascii=random.random() < 0.5).encode("utf-8", "surrogatepass")
    marked, long = b"\xef\xbb\xbf" + body, body.replace(b"1", b"1" * 4_500, 1)
    return random.choice((body, body, body, marked, long))


def mutated(payload: Any, random: Random, share: float = 0.05) -> Any:
    """Return *payload* with values of it, now and then, odd, gone or of another name."""
    if random.random() < share:
        return value(random)
    if isinstance(payload, dict):
        kept = {
            (text(random) if random.random() < share / 4 else name): mutated(each, random, share)
            for name, each in payload.items()
            if random.random() > share / 2
        }
        return kept | ({text(random): value(random)} if random.random() < share else {})
    if isinstance(payload, list):
        return [mutated(each, random, share) for each in payload if random.random() > share / 2]
    return payload


def spoiled(body: bytes, random: Random) -> bytes:
    """Return *body* as a bad line or a bad cache would: cut, mixed, or another's."""
    place = random.randrange(len(body) + 1)
    return random.choice((
        body[:place],
        body[:place] + b"\xff" + random.randbytes(8) + body[place:],
        random.randbytes(200),
        b"",
        b"<html>Sign in to the hotel</html>",
        gzip.compress(body),
        body + body,
        b"\xff\xfe" + body,
        deep(random),
    ))  # fmt: skip
