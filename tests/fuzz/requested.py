"""Random requests to the functions, byte for byte, with the right key and without one."""

from __future__ import annotations

import json
from collections.abc import Callable
from random import Random
from typing import NamedTuple
from urllib.parse import quote, quote_from_bytes

from healthrelay.web.setup.routes import ROUTES
from tests.fuzz import odd

PATHS = {
    "auth1": ("/auth1",),
    "auth2": ("/auth2",),
    "fetch": ("/fetch",),
    "deliver": ("/deliver",),
    "events": ("/events",),
    "relay": ("/relay", "/relay", "/relay/events", "/relay/ack", "/relay/other"),
    "setup": tuple(f"/setup/{route.path}" for route in ROUTES),
}
PLACES = {
    "<user>": ("jack",) * 6 + ("mia", "emma"),
    "<chart>": ("weight", "steps.csv", "sleep", "sleep.json", "fat.json", "heart.", ".csv"),
    "<name>": ("style.css", "page.0123456789.js", "favicon.svg"),
}
"""What stands in an address in place of a name."""
NAMES = {
    "auth1": ("user", "invitation", "at", "owner_key"),
    "auth2": ("code", "state", "error", "scope"),
    "fetch": ("user", "methods", "resource", "base_date", "date", "period", "end_date",
              "start_time", "end_time", "detail_level", "collection"),
    "deliver": ("user", "now", "everything", "reader", "cursor"),
    "events": ("user", "key", "after", "limit", "reader", "wait"),
    "relay": ("user", "key", "days", "format", "cursor", "after", "limit", "reader", "wait"),
    "setup": ("csrf", "owner_key", "next", "base_date", "end_date", "key", "lang", "show", "days",
              "year", "reading", "user", "project", "client_id", "client_secret", "where", "igor",
              "read", "reads", "name", "value", "interval", "timezone", "period", "methods",
              "system", "_newName", "_newValue"),
}  # fmt: skip
GOOD = {
    "methods": ("sleep", "time_series", "get_bodyweight,body"), "days": ("7", "weight", "all"),
    "resource": ("body/weight", "activities/steps"), "period": ("1d", "1w"), "now": ("1",),
    "date": ("today", "2026-11-20"), "base_date": ("2026-11-20",), "end_date": ("today",),
    "format": ("xml", "json"), "cursor": ("1",), "lang": ("en", "nl"),
    "after": ("0",), "next": ("people/jack", "/setup/people/jack?show=all"), "show": ("90d", "all"),
    "system": ("metric", "en_US"), "interval": ("900",), "timezone": ("Europe/Amsterdam",),
    "name": ("period", "base_date"), "value": ("1w", "today"), "reads": ("1",),
    "_newName": ("period",), "_newValue": ("1m",), "read": ("weight", "sleep"),
    "year": ("2025", "2026"), "reading": ("29931300",),
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
    "Cookie", "Content-Encoding", "Accept-Encoding", "X-Forwarded-Proto", "X-Forwarded-For",
    "X-CloudTasks-TaskName", "X-Cloud-Trace-Context", "Accept", "Range", "If-None-Match",
)  # fmt: skip
METHODS = ("GET",) * 6 + ("POST",) * 6 + ("HEAD", "PUT", "DELETE", "OPTIONS", "BREW", "get")


class Browser(NamedTuple):
    """What a browser holds: its cookie, the token of its forms, and what it was sent."""

    cookie: str = ""
    token: str = ""
    link: str = ""
    invitation: str = ""
    letters: str = ""


class Keys(NamedTuple):
    """What opens doors, put into some of the requests; none where nobody has any."""

    owner: str = ""
    poll: str = ""
    browser: Callable[[Random], Browser] = lambda _: Browser()


def request(function: str, random: Random, keys: Keys) -> bytes:
    """Return one request to *function* as it goes over the wire."""
    method = random.choice(METHODS)
    browser = keys.browser(random) if function in ("setup", "auth1") else Browser()
    pairs = [
        _pair(function, random, keys, browser) for _ in range(random.choice((0, 1, 1, 2, 3, 6)))
    ]
    if random.random() < 0.5:
        pairs += [
            ("user", "jack"),
            *([("key", keys.poll)] if function in ("events", "relay") else []),
        ]
    target = _address(random.choice(PATHS[function]), random, browser)
    if function == "setup" and random.random() < 0.3:
        return _form(target, pairs, random, browser)
    in_body = method != "GET" and random.random() < 0.6
    body = _body(pairs, random) if in_body or random.random() < 0.05 else b""
    if not in_body or random.random() < 0.2:
        target += "?" + _query(pairs, random)
    if random.random() < 0.03:
        target += random.choice(("&health", "?health", "/../fetch", "%00", "//", "#", "%ff%fe"))
    head = [f"{method} {target} HTTP/1.1", "Connection: close", *_headers(random, keys, len(body))]
    if browser.cookie and random.random() < 0.9:
        head.append(f"Cookie: {browser.cookie}")
    return _wire(head, body)


def _form(target: str, pairs: list[tuple[str, str]], random: Random, browser: Browser) -> bytes:
    """Return a form as a browser sends it; only what is in its fields may be odd."""
    body = _query([*pairs, ("csrf", browser.token)], random).encode()
    head = [f"POST {target} HTTP/1.1", "Host: 127.0.0.1", "Connection: close"]
    head += [f"Content-Type: {FORM}", f"Content-Length: {len(body)}", f"Cookie: {browser.cookie}"]
    head.append(f"X-Forwarded-For: 192.0.2.{random.randrange(256)}")  # each has tries of its own
    return _wire(head, body)


def _wire(head: list[str], body: bytes) -> bytes:
    return "\r\n".join(head).encode("latin-1", "replace") + b"\r\n\r\n" + body


def _address(pattern: str, random: Random, browser: Browser) -> str:
    """Return the address with something in the place of each name, now and then odd."""
    for name, values in (PLACES | {"<letters>": (browser.letters or "a" * 22, "cut")}).items():
        chosen = odd.text(random) if random.random() < 0.1 else random.choice(values)
        pattern = pattern.replace(name, quote(chosen.encode("utf-8", "surrogatepass"), safe=""))
    return pattern


def _pair(function: str, random: Random, keys: Keys, browser: Browser) -> tuple[str, str]:
    name = random.choice(NAMES[function]) if random.random() < 0.95 else odd.text(random)
    if name == "user" and random.random() < 0.7:
        return name, "jack"
    held = {
        "csrf": browser.token, "key": browser.link, "invitation": browser.invitation,
        "owner_key": keys.owner,
    }  # fmt: skip
    if held.get(name) and random.random() < 0.8:
        return name, held[name]
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
