"""A plugin for Igor that fetches a household's measurements from healthrelay.

Unlike Igor's ``copytree`` it keeps the poll key out of addresses, logs and ``/data/status``, limits
how long it waits, and replaces a person's data by a good answer only. It reads
``plugindata/healthrelay``: ``url`` (the address of healthrelay), ``keys/<user>`` (the poll keys),
and ``ca`` (a file with the certificate of a private authority). It runs in Igor 0.99
on Python 3.9 to 3.11, with the packages that Igor installs.
"""

from __future__ import annotations

import json
import re
import time
from typing import Any

import requests

REQUEST_TIMEOUT_SECONDS = (5, 20)
"""To connect, and to wait for each part: Igor runs nothing else in the meantime."""
ANSWER_TIMEOUT_SECONDS = 60
MAX_BYTES = 32_000_000
PART_BYTES = 65_536
MAX_DEPTH = 60

# Names that Igor can store; others lose changes, or its whole database.
NAME = re.compile(r"(?!_e\Z)[A-Za-z_][-_.A-Za-z0-9]{0,63}\Z")


class Healthrelay:
    """Igor lets everybody call every method of this object, so it has only one."""

    def __init__(self, igor: Any, name: str, data: dict[str, Any]) -> None:
        self.igor = igor
        self.name = name
        self.data = data

    def index(self, user: str | None = None, token: Any = None, **_: Any) -> str:
        """Fetch everybody who has a key, or only *user*, for ``/plugin/healthrelay``."""
        keys = self.data.get("keys") or {}
        url = self.data.get("url")
        if not url or not keys or (user is not None and user not in keys):
            missing = f"the key of {user}" if url and user and NAME.match(user) else "url or keys"
            _fail(self.igor, f"404 {self.name}: {missing} missing; see page/setup.html")
        failures = []
        for person in [user] if user else sorted(keys):
            try:
                measurements = _fetch(
                    str(url), person, str(keys[person]), self.data.get("ca") or True
                )
            except _BadAnswer as error:
                failures.append(f"{person}: {error}")
            else:
                _store(self.igor, person, measurements, token)
        if failures:
            _fail(self.igor, f"502 {self.name}: {'; '.join(failures)}")
        return "ok\n"


class _BadAnswer(Exception):
    """An answer that must not replace what Igor has; the text never contains the key."""


def _store(igor: Any, person: str, measurements: dict[str, Any], token: Any) -> None:
    path, body = f"sensors/fitbit/{person}", json.dumps(measurements)
    put = igor.databaseAccessor.put_key
    put(path, "text/plain", None, body, "application/json", token, replace=True)


def _fail(igor: Any, sentence: str) -> None:
    """Raise an error. Its text is shown in ``/data/status``, which everybody may read."""
    igor.app.raiseHTTPError(sentence)


def _fetch(url: str, person: str, key: str, verify: Any) -> dict[str, Any]:
    """Return ``{"jack": {"body-weight": […]}}`` from healthrelay, complete and storable."""
    if not NAME.match(person):
        raise _BadAnswer("not a name that Igor can store")
    try:
        with requests.get(
            f"{url.rstrip('/')}/relay",
            params={"user": person},
            headers={"Authorization": f"Bearer {key}", "Accept": "application/json"},
            timeout=REQUEST_TIMEOUT_SECONDS,
            verify=verify,
            allow_redirects=False,  # the key is for this address only
            stream=True,
        ) as answer:
            if answer.status_code != 200:
                raise _BadAnswer(f"healthrelay answered {answer.status_code}")
            body = _read_body(answer)
    except (requests.RequestException, UnicodeError, OSError) as error:
        # Their texts may hold the address or the key; their names cannot.
        raise _BadAnswer(type(error).__name__) from None
    return _check_body(body, person)


def _read_body(answer: requests.Response) -> bytes:
    until = time.monotonic() + ANSWER_TIMEOUT_SECONDS
    body = b""
    for part in answer.iter_content(PART_BYTES):
        body += part
        if len(body) > MAX_BYTES or time.monotonic() > until:
            raise _BadAnswer("the answer is too long or too slow")
    return body


def _check_body(body: bytes, person: str) -> dict[str, Any]:
    try:
        payload = json.loads(body)
    except (ValueError, RecursionError):
        raise _BadAnswer("the answer is not JSON") from None
    if not isinstance(payload, dict) or set(payload) != {person}:
        raise _BadAnswer("the answer is for somebody else")
    if not isinstance(payload[person], dict) or not any(payload[person].values()):
        raise _BadAnswer("the answer is empty")
    if not _storable(payload, MAX_DEPTH):
        raise _BadAnswer("the answer contains what Igor cannot store")
    return payload


def _storable(value: Any, depth: int) -> bool:
    if isinstance(value, (dict, list)) and not depth:
        return False
    if isinstance(value, dict):
        return all(NAME.match(name) and _storable(one, depth - 1) for name, one in value.items())
    if isinstance(value, list):
        return all(_storable(one, depth - 1) for one in value)
    return True


def igorPlugin(igor: Any, name: str, data: dict[str, Any]) -> Healthrelay:  # noqa: N802
    """Return the plugin for Igor."""
    return Healthrelay(igor, name, data)
