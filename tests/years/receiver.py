"""A program that is sent each change of a person, and keeps a copy by them."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any
from urllib.parse import parse_qs, urlsplit

from healthrelay.core.delivery.messages import SNAPSHOT, Message
from healthrelay.core.delivery.progress import LOG
from healthrelay.core.errors import Refused, TryLater
from healthrelay.flows.delivery.events import Page

Pull = Callable[[str, Page], Mapping[str, Any]]
"""Returns a page of a person's log."""


class Receiver:
    """Satisfies `healthrelay.ports.peers.Target`. *pull* reads what a message only links to."""

    kind = LOG

    def __init__(self, name: str, now: Callable[[], datetime], pull: Pull) -> None:
        self.name = name
        self.copy: dict[str, dict[str, Any]] = {}
        """Series → key → element."""
        self.faults: dict[str, datetime] = {}
        """What is wrong with it, until when: ``fails``, ``gone`` or ``forgets``."""
        self._now = now
        self._pull = pull

    def send(self, message: Message) -> None:
        if self._wrong("gone"):
            raise Refused(self.name, "the receiver wants no more of it (status 410)")
        if self._wrong("fails"):
            raise TryLater(f"{self.name} took nothing (status 503).")
        body = json.loads(message.body)
        self._take(message.user, body["type"], body["data"])
        if self._wrong("forgets"):
            raise TryLater(f"{self.name} gave no whole answer (TimeoutError).")

    def _wrong(self, what: str) -> bool:
        return what in self.faults and self._now() < self.faults[what]

    def _take(self, user: str, kind: str, data: Mapping[str, Any]) -> None:
        if kind == SNAPSHOT:
            self.copy = {}
            self._follow(user, Page(0, 500))
        elif "pull" in data:
            query = parse_qs(urlsplit(data["pull"]).query)
            page = Page(int(query["after"][0]), int(query["limit"][0]))
            self._apply(self._pull(user, page))
        else:
            self._apply_event(data)

    def _follow(self, user: str, page: Page) -> None:
        while True:
            answer = self._pull(user, page)
            self._apply(answer)
            if answer["next"] >= answer["head"]:
                return
            page = page._replace(after=answer["next"])

    def _apply(self, answer: Mapping[str, Any]) -> None:
        if answer["snapshot"]:
            self.copy = {series: dict(known) for series, known in answer["series"].items()}
        for event in answer.get("events", ()):
            self._apply_event(event)

    def _apply_event(self, event: Mapping[str, Any]) -> None:
        for series, elements in event.get("whole", {}).items():
            self.copy[series] = dict(elements)
        for change in ("added", "changed"):
            for series, elements in event.get(change, {}).items():
                self.copy.setdefault(series, {}).update(elements)
        for series, keys in event.get("removed", {}).items():
            for key in keys:
                self.copy.get(series, {}).pop(key, None)
