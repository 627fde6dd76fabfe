"""Faults on demand: what can go wrong between two computers, ordered in advance."""

from __future__ import annotations

import json
import re
import socket
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from threading import Lock
from typing import Literal, TypedDict, get_args

from flask import Response, request

Mode = Literal["answer", "drop", "half", "slow"]


class FaultOptions(TypedDict, total=False):
    """Everything about a fault but the path it waits for."""

    status: int | None
    headers: dict[str, str]
    body: str | dict[str, object] | list[object] | None
    times: int
    mode: Mode
    pause: float


@dataclass(kw_only=True)
class Fault:
    """What happens to the next *times* requests whose path matches *path* (a regular expression).

    answer: they get *status*, *headers*, *body* (500 and empty unless given).
    drop: the connection closes before the request is handled.
    half: the request is handled, half of the answer arrives, the connection closes.
    slow: the request is handled, the answer drips in, a byte every *pause* seconds.
    For half and slow, *status* and *body* replace those of the real answer when given.
    """

    path: str
    status: int | None = None
    headers: dict[str, str] = field(default_factory=dict)
    body: str | dict[str, object] | list[object] | None = None
    times: int = 1
    mode: Mode = "answer"
    pause: float = 0.05

    def __post_init__(self) -> None:
        if self.mode not in get_args(Mode):
            raise ValueError(f"mode is one of {', '.join(get_args(Mode))}")
        if not isinstance(self.times, int):
            raise TypeError("times is a whole number")
        try:
            re.compile(self.path)
        except re.error as error:
            raise ValueError(f"path is not a regular expression: {error}") from None

    def answer(self) -> Response:
        """Return the answer that replaces the real one."""
        return self._with_fault_headers(Response(status=500))

    def disturb(self, response: Response) -> Response:
        """Return the real answer, broken in transport."""
        whole = self._with_fault_headers(response).get_data()
        sent = whole[: len(whole) // 2] if self.mode == "half" else whole
        response.headers["Content-Length"] = str(len(whole))
        response.response = self._drip(sent) if self.mode == "slow" else iter([sent])
        return response

    def _with_fault_headers(self, response: Response) -> Response:
        if self.status is not None:
            response.status_code = self.status
        if isinstance(self.body, str):
            response.set_data(self.body)
        elif self.body is not None:
            response.set_data(json.dumps(self.body))
            response.content_type = "application/json"
        response.headers.update(self.headers)
        return response

    def _drip(self, data: bytes) -> Iterator[bytes]:
        for place in range(len(data)):
            time.sleep(self.pause)
            yield data[place : place + 1]


class Faults:
    """The faults that still wait for their request, oldest first."""

    def __init__(self) -> None:
        self._waiting: list[Fault] = []
        self._lock = Lock()

    def add(self, fault: Fault) -> None:
        """Order a fault."""
        with self._lock:
            self._waiting.append(fault)

    def clear(self) -> None:
        """Clear all faults that have not happened yet."""
        with self._lock:
            self._waiting.clear()

    def take(self, path: str) -> Fault | None:
        """Return the fault for a request for *path*, and count it as used."""
        with self._lock:
            for fault in self._waiting:
                if fault.times > 0 and re.search(fault.path, path):
                    fault.times -= 1
                    return fault
        return None


def hang_up() -> Response:
    """Close the connection of the current request; nothing written afterwards arrives."""
    connection = request.environ["werkzeug.socket"]
    connection.shutdown(socket.SHUT_RDWR)
    return Response(status=500)
