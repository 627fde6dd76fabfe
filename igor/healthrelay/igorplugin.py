"""A plugin for Igor that fetches a household's measurements from healthrelay.

Beside stock ``copytree`` it keeps the poll key out of addresses, logs and ``/data/status``, waits
no longer than it must, and replaces what Igor has of a person by a good answer only. It reads
``plugindata/healthrelay``: ``url`` (where healthrelay answers), ``keys/<user>`` (the poll keys),
and ``ca`` (a file with the authority's certificate, if no public one signed). Made for Igor 0.99
on Python 3.9 to 3.11, with what Igor has installed itself.
"""

from __future__ import annotations

import json
import re
import time
from typing import Any

import requests

TIMEOUT = (5, 20)
"""Seconds to connect, and to wait for each part: Igor runs nothing else meanwhile."""
SECONDS = 60
MAX_BYTES = 32_000_000
PART = 65_536
DEPTH = 60

# What Igor can store under its own name; other names cost it changes, or its whole database.
NAME = re.compile(r"(?!_e\Z)[A-Za-z_][-_.A-Za-z0-9]{0,63}\Z")


class Healthrelay:
    """Igor lets everybody call each method of this object, so it has only the one."""

    def __init__(self, igor: Any, name: str, data: dict[str, Any]) -> None:
        self.igor = igor
        self.name = name
        self.data = data

    def index(self, user: str | None = None, token: Any = None, **_: Any) -> str:
        """``/plugin/healthrelay``: fetch everybody who has a key, or only *user*."""
        keys = self.data.get("keys") or {}
        url = self.data.get("url")
        if not url or not keys or (user is not None and user not in keys):
            missing = f"the key of {user}" if url and user and NAME.match(user) else "url or keys"
            _fail(self.igor, f"404 {self.name}: {missing} missing; see page/setup.html")
        wrong = []
        for person in [user] if user else sorted(keys):
            try:
                found = _ask(str(url), person, str(keys[person]), self.data.get("ca") or True)
            except _Refused as error:
                wrong.append(f"{person}: {error}")
            else:
                _store(self.igor, person, found, token)
        if wrong:
            _fail(self.igor, f"502 {self.name}: {'; '.join(wrong)}")
        return "ok\n"


class _Refused(Exception):
    """An answer that must not replace what Igor has; says why, and never with which key."""


def _store(igor: Any, person: str, found: dict[str, Any], token: Any) -> None:
    path, body = f"sensors/fitbit/{person}", json.dumps(found)
    put = igor.databaseAccessor.put_key
    put(path, "text/plain", None, body, "application/json", token, replace=True)


def _fail(igor: Any, sentence: str) -> None:
    """Raise. The sentence ends in ``/data/status``, which everybody may read."""
    igor.app.raiseHTTPError(sentence)


def _ask(url: str, person: str, key: str, verify: Any) -> dict[str, Any]:
    """``{"jack": {"body-weight": […]}}`` from healthrelay, whole and fit for Igor."""
    if not NAME.match(person):
        raise _Refused("no name that Igor can store")
    try:
        with requests.get(
            f"{url.rstrip('/')}/relay",
            params={"user": person},
            headers={"Authorization": f"Bearer {key}", "Accept": "application/json"},
            timeout=TIMEOUT,
            verify=verify,
            allow_redirects=False,  # the key is for this address alone
            stream=True,
        ) as answer:
            if answer.status_code != 200:
                raise _Refused(f"healthrelay answered {answer.status_code}")
            body = _whole(answer)
    except (requests.RequestException, UnicodeError, OSError) as error:
        # Their texts may hold the address or the key; their names cannot.
        raise _Refused(type(error).__name__) from None
    return _good(body, person)


def _whole(answer: requests.Response) -> bytes:
    until = time.monotonic() + SECONDS
    body = b""
    for part in answer.iter_content(PART):
        body += part
        if len(body) > MAX_BYTES or time.monotonic() > until:
            raise _Refused("the answer is too long or too slow")
    return body


def _good(body: bytes, person: str) -> dict[str, Any]:
    try:
        told = json.loads(body)
    except (ValueError, RecursionError):
        raise _Refused("the answer is not JSON") from None
    if not isinstance(told, dict) or set(told) != {person}:
        raise _Refused("the answer is for somebody else")
    if not isinstance(told[person], dict) or not any(told[person].values()):
        raise _Refused("the answer is empty")
    if not _storable(told, DEPTH):
        raise _Refused("the answer holds what Igor cannot store")
    return told


def _storable(value: Any, depth: int) -> bool:
    if isinstance(value, (dict, list)) and not depth:
        return False
    if isinstance(value, dict):
        return all(NAME.match(name) and _storable(one, depth - 1) for name, one in value.items())
    if isinstance(value, list):
        return all(_storable(one, depth - 1) for one in value)
    return True


def igorPlugin(igor: Any, name: str, data: dict[str, Any]) -> Healthrelay:  # noqa: N802
    """Igor's way to a plugin."""
    return Healthrelay(igor, name, data)
