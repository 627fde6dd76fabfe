"""Random requests to the functions, byte for byte, with the right key and without one."""

from __future__ import annotations

import json
from random import Random
from typing import NamedTuple
from urllib.parse import quote, quote_from_bytes

from tests.fuzz import odd

PATHS = {
    "auth1": ("/auth1",),
    "auth2": ("/auth2",),
    "fetch": ("/fetch",),
    "deliver": ("/deliver",),
    "events": ("/events",),
    "relay": ("/relay", "/relay", "/relay/events", "/relay/ack", "/relay/other"),
}
NAMES = {
    "auth1": ("user", "invitation", "at", "owner_key"),
    "auth2": ("code", "state", "error", "scope"),
    "fetch": ("user", "methods", "resource", "base_date", "date", "period", "end_date",
              "start_time", "end_time", "detail_level", "collection"),
    "deliver": ("user", "now", "everything", "reader", "cursor"),
    "events": ("user", "key", "after", "limit", "reader", "wait"),
    "relay": ("user", "key", "days", "format", "cursor", "after", "limit", "reader", "wait"),
}  # fmt: skip
GOOD = {
    "methods": ("sleep", "time_series", "get_bodyweight,body"), "days": ("7",), "after": ("0",),
    "resource": ("body/weight", "activities/steps"), "period": ("1d", "1w"), "now": ("1",),
    "date": ("today", "2026-11-20"), "base_date": ("2026-11-20",), "end_date": ("today",),
    "format": ("xml", "json"), "cursor": ("1",),
}  # fmt: skip
FORM = "application/x-www-form-urlencoded"
TYPES = (
    "application/json", FORM, FORM, "application/octet-stream", "text/plain", "a/b; charset=\xff",
    "multipart/form-data; boundary=x", "multipart/form-data", ";;;", "x" * 500, "",
)  # fmt: skip
HOSTS = ("127.0.0.1", "127.0.0.1", "[::1", "a b", "", "evil.example:99999", "ä")
SIZES = ("-1", "abc", "+1", "\xb2", "0", "1")
"""Nothing longer than the body: whoever stands before us waits for the rest."""
MORE = (
    "Cookie", "Content-Encoding", "Accept-Encoding", "X-Forwarded-Proto", "X-CloudTasks-TaskName",
    "X-Cloud-Trace-Context", "Accept", "Range", "If-None-Match",
)  # fmt: skip
METHODS = ("GET",) * 6 + ("POST",) * 6 + ("HEAD", "PUT", "DELETE", "OPTIONS", "BREW", "get")


class Keys(NamedTuple):
    """What opens doors, put into some of the requests; none where nobody has any."""

    owner: str = ""
    poll: str = ""


def request(function: str, random: Random, keys: Keys) -> bytes:
    """Return one request to *function* as it goes over the wire."""
    method = random.choice(METHODS)
    pairs = [_pair(function, random, keys) for _ in range(random.choice((0, 1, 1, 2, 3, 6)))]
    if random.random() < 0.5:
        pairs += [
            ("user", "jack"),
            *([("key", keys.poll)] if function in ("events", "relay") else []),
        ]
    in_body = method != "GET" and random.random() < 0.6
    body = _body(pairs, random) if in_body or random.random() < 0.05 else b""
    target = random.choice(PATHS[function])
    if not in_body or random.random() < 0.2:
        target += "?" + _query(pairs, random)
    if random.random() < 0.03:
        target += random.choice(("&health", "?health", "/../fetch", "%00", "//", "#", "%ff%fe"))
    head = [f"{method} {target} HTTP/1.1", "Connection: close", *_headers(random, keys, len(body))]
    return "\r\n".join(head).encode("latin-1", "replace") + b"\r\n\r\n" + body


def _pair(function: str, random: Random, keys: Keys) -> tuple[str, str]:
    name = random.choice(NAMES[function]) if random.random() < 0.95 else odd.text(random)
    if name == "user" and random.random() < 0.7:
        return name, "jack"
    if name == "key" and keys.poll and random.random() < 0.8:
        return name, keys.poll
    if name == "wait":
        return name, random.choice(("0", "-1", odd.DIGITS, "x"))  # a good one would wait
    if name in GOOD and random.random() < 0.6:
        return name, random.choice(GOOD[name])
    return name, odd.text(random)


def _query(pairs: list[tuple[str, str]], random: Random) -> str:
    if random.random() < 0.03:
        return quote_from_bytes(random.randbytes(30), safe="&=%;+?/")
    encoded = (f"{_quoted(name)}={_quoted(value)}" for name, value in pairs)
    return random.choice(("&", "&", "&", ";", "&&", "&%zz&")).join(encoded)


def _quoted(text: str) -> str:
    return quote(text.encode("utf-8", "surrogatepass"))


def _body(pairs: list[tuple[str, str]], random: Random) -> bytes:
    draw = random.random()
    if draw < 0.1:
        return odd.deep(random)
    if draw < 0.2:
        return odd.spoiled(_query(pairs, random).encode(), random)
    if draw < 0.5:
        return _query(pairs, random).encode()
    if draw < 0.6:
        members = (f"{json.dumps(name)}: {json.dumps(each)}" for name, each in pairs)
        return f"{{{', '.join(members)}}}".encode()
    return odd.json_bytes(odd.mutated(dict(pairs), random, 0.15), random)


def _headers(random: Random, keys: Keys, length: int) -> list[str]:
    lines = [f"Host: {random.choice(HOSTS)}"]
    if keys.owner and random.random() < 0.9:
        lines.append(f"Authorization: Bearer {keys.owner}")
    elif random.random() < 0.5:
        scheme = random.choice(("Bearer", "Basic", "bearer  "))
        lines.append(f"Authorization: {scheme} {_line(random)}")
    if length or random.random() < 0.1:
        size = random.choice(SIZES) if length and random.random() < 0.2 else str(length)
        lines += [f"Content-Type: {random.choice(TYPES)}", f"Content-Length: {size}"]
    lines += [f"{name}: {_line(random)}" for name in MORE if random.random() < 0.04]
    return lines


def _line(random: Random) -> str:
    return odd.text(random).replace("\r", "").replace("\n", "")[:2_000]
