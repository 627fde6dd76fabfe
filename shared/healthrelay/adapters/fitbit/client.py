"""python-fitbit, tamed: it reads only, waits only so long, and never refreshes by itself.

Left alone, python-fitbit hangs without a time limit, spends a single-use refresh token on
its own, and turns many an error into a KeyError. So every answer is judged in a hook of
its session, before python-fitbit sees it, and what is not a good one is raised from there.
"""

import json
from collections.abc import Callable
from functools import partial
from typing import Any

import fitbit
import requests
import urllib3
from requests.adapters import HTTPAdapter

from healthrelay.adapters.fitbit.errors import trouble
from healthrelay.adapters.http import CONNECT_TIMEOUT_SECONDS, POOLS, to_answer, whole, within
from healthrelay.core.errors import TryLater

SECONDS = 30
METRIC = "en_UK"
"""python-fitbit's own word for it: the server takes a locale it does not know as metric."""
_NEVER = "not-known-here"
"""python-fitbit sends no Authorization header unless it also has some refresh token."""


class BoundedAdapter(HTTPAdapter):
    """Connections of one process, and a limit of *seconds* to the whole of each call."""

    def __init__(self, seconds: float = SECONDS) -> None:
        super().__init__(pool_maxsize=8)
        self._seconds = seconds

    def init_poolmanager(self, *args: Any, **kwargs: Any) -> None:
        super().init_poolmanager(*args, **kwargs)
        self.poolmanager.pool_classes_by_scheme = POOLS

    def send(self, request: Any, *args: Any, **kwargs: Any) -> requests.Response:
        kwargs |= {"timeout": (CONNECT_TIMEOUT_SECONDS, self._seconds), "stream": True}
        with within(self._seconds) as deadline:
            response = super().send(request, **kwargs)
            try:
                # requests reads the body without an end in sight; read first, it only looks here.
                response._content = whole(response.raw, deadline)
            except (urllib3.exceptions.HTTPError, TimeoutError) as error:
                raise requests.ConnectionError(type(error).__name__) from error
        return response


class FitbitClient:
    """Makes one python-fitbit object a call: its headers and session are not for sharing."""

    def __init__(self, url: str, client_id: str, adapter: BoundedAdapter) -> None:
        self._client_id = client_id
        self._adapter = adapter

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
        session.mount("https://", self._adapter)
        session.mount("http://", self._adapter)
        session.hooks["response"].append(partial(_judge, kind))
        try:
            payload = send(api)
        except requests.RequestException as error:
            raise TryLater(f"Fitbit gave no whole answer ({type(error).__name__}).") from error
        except fitbit.exceptions.Timeout as error:
            raise TryLater("Fitbit gave no answer in time.") from error
        return _of(kind, payload)


def _judge(kind: type, response: requests.Response, **_: Any) -> None:
    if response.status_code != 200:
        raise trouble(to_answer(response.status_code, response.headers, response.content))
    try:
        _of(kind, json.loads(response.content))
    except ValueError as error:
        raise TryLater("Fitbit answered something that is not JSON.") from error


def _of(kind: type, payload: Any) -> Any:
    if not isinstance(payload, kind):
        raise TryLater("Fitbit answered something that is not its JSON.")
    return payload


def _refuse_refresh(_: Any) -> None:
    raise AssertionError("python-fitbit must not refresh tokens here")
