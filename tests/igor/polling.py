"""Letting a real Igor poll, and waiting for what it makes of the answer."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

from healthrelay.igor.action import igor_action
from tests.igor.expected import SENSOR
from tests.peers.igor import Igor

SECONDS = 30

Status = dict[str, Any]


class Polling:
    """The action of jack in *igor*, made by us and given its right by the owner of the home."""

    def __init__(self, igor: Igor, poll_url: str) -> None:
        self._igor = igor
        before = igor.status(SENSOR)
        self._name = igor.post_action(igor_action("jack", poll_url, SENSOR))
        # Igor runs a new action at once, before anybody can have given it a right.
        self._until(before, _failed)
        igor.grant_action(self._name)

    def succeed(self) -> Status:
        """Poll now, and wait until Igor has noted a success."""
        return self._poll(_succeeded)

    def fail(self, sentence: str) -> Status:
        """Poll now, and wait until Igor has noted a failure that says *sentence*."""
        return self._poll(lambda noted: _failed(noted) and sentence in str(noted["errorMessage"]))

    def _poll(self, noted: Callable[[Status], bool]) -> Status:
        before = self._igor.status(SENSOR)
        self._igor.admin_get(f"/action/{self._name}")
        return self._until(before, noted)

    def _until(self, before: Status, noted: Callable[[Status], bool]) -> Status:
        """What Igor noted after *before*; it keeps calling while we wait."""
        deadline = time.monotonic() + SECONDS
        while True:
            status = self._igor.status(SENSOR)
            if status.get("lastActivity") != before.get("lastActivity") and noted(status):
                return status
            if time.monotonic() > deadline:
                raise TimeoutError(f"Igor did not note it, but {status}")
            time.sleep(0.02)


def _succeeded(noted: Status) -> bool:
    return noted.get("alive") is True and noted.get("lastSuccess") == noted.get("lastActivity")


def _failed(noted: Status) -> bool:
    # The message is written last, a moment after the time.
    return noted.get("lastFailure") == noted.get("lastActivity") and "errorMessage" in noted
