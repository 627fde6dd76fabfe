"""The library requests, for libraries that need it: what it sends goes by `Http` like all else."""

from typing import Any

import requests
from requests.adapters import BaseAdapter

from healthrelay.adapters.http import Http, ReadBody, whole


class HttpAdapter(BaseAdapter):
    """Sends by *http*; *seconds* bound the whole of each call. Raises as `Http.send`."""

    def __init__(self, http: Http, seconds: float, read: ReadBody) -> None:
        super().__init__()
        self._http = http
        self._seconds = seconds
        self._read = read

    def send(self, request: requests.PreparedRequest, *_: Any, **__: Any) -> requests.Response:
        body = request.body.encode() if isinstance(request.body, str) else request.body
        headers = dict(request.headers)
        method, url = str(request.method), str(request.url)
        answer = self._http.send(method, url, headers, body, self._seconds, read=self._read)
        response = requests.Response()
        response.status_code = answer.status
        response.headers.update(answer.headers)
        response.request, response.url = request, url
        response._content = answer.body
        return response

    def close(self) -> None:
        """Do nothing: the connections are everybody's."""


def bind(session: requests.Session, http: Http, seconds: float, read: ReadBody = whole) -> None:
    """Have *session* send by *http*, and take no proxy, certificate or password from elsewhere."""
    session.trust_env = False
    for scheme in ("https://", "http://"):
        session.mount(scheme, HttpAdapter(http, seconds, read))
