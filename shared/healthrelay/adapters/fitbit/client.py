"""python-fitbit, tamed: it reads only, waits only so long, and never refreshes by itself.

Left alone, python-fitbit hangs without a time limit, spends a single-use refresh token on
its own, and turns many an error into a KeyError. So every answer is judged in a hook of
its session, before python-fitbit sees it, and what is not a good one is raised from there.
"""

import json
import math
from collections.abc import Callable
from functools import partial
from typing import Any

import fitbit
import requests

from healthrelay.adapters.fitbit.errors import trouble
from healthrelay.adapters.http import Http, to_answer
from healthrelay.adapters.requests_session import bind
from healthrelay.core.errors import TryLater
from healthrelay.core.json_body import parse_json

METRIC = "en_UK"
"""python-fitbit's own word for it: the server takes a locale it does not know as metric."""
_NEVER = "not-known-here"
"""python-fitbit sends no Authorization header unless it also has some refresh token."""


class FitbitClient:
    """Makes one python-fitbit object a call: its headers and session are not for sharing."""

    def __init__(self, url: str, client_id: str, http: Http, seconds: float) -> None:
        self._client_id = client_id
        self._http = http
        self._seconds = seconds

        class Api(fitbit.Fitbit):  # type: ignore[misc]
            API_ENDPOINT = url

        self._api = Api

    def call(self, access: str, send: Callable[[Any], Any], *, bare: bool = False) -> Any:
        """Return the JSON that *send* gets of a `fitbit.Fitbit`: an object, or a *bare* list."""
        kind = list if bare else dict
        api = self._api(
            self._client_id,
            "",
            access_token=access,
            refresh_token=_NEVER,
            refresh_cb=_refuse_refresh,
            system=METRIC,
        )
        session = api.client.session
        bind(session, self._http, self._seconds)
        session.hooks["response"].append(partial(_judge, kind))
        return _of(kind, send(api))


def _judge(kind: type, response: requests.Response, **_: Any) -> None:
    if response.status_code != 200:
        raise trouble(to_answer(response.status_code, response.headers, response.content))
    payload = _of(kind, parse_json(response.content, decimal=_finite))
    # python-fitbit reads it again, without a bound.
    response._content = json.dumps(payload).encode()


def _finite(text: str) -> float | None:
    value = float(text)
    return value if math.isfinite(value) else None


def _of(kind: type, payload: Any) -> Any:
    if not isinstance(payload, kind):
        raise TryLater("Fitbit answered something that is not its JSON.")
    return payload


def _refuse_refresh(_: Any) -> None:
    raise AssertionError("python-fitbit must not refresh tokens here")
