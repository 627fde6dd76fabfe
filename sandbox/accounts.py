"""Everybody who may sign in at the two providers: each name is an account of its own."""

from __future__ import annotations

from collections.abc import Callable
from threading import Lock
from typing import cast

from flask import g
from werkzeug.local import LocalProxy

from sandbox.wearer import Wearer

MAX_LENGTH = 64


class Accounts:
    """The wearers by name; *first* is the one who signs in when nobody else is named.

    Another one is made by *create* when they are named for the first time.
    """

    def __init__(self, first: Wearer, create: Callable[[str], Wearer]) -> None:
        self.first = first
        self._create = create
        self._lock = Lock()
        self._wearers = {first.name: first}

    def find(self, name: str) -> Wearer:
        """Return the wearer *name*."""
        with self._lock:
            if name not in self._wearers:
                self._wearers[name] = self._create(name)
            return self._wearers[name]

    def chosen(self, text: str) -> str:
        """Return the name that a consent form's *text* means."""
        return text.strip()[:MAX_LENGTH] or self.first.name

    def enter(self, name: str) -> None:
        """Let *name* be whose measurements the rest of this request is about."""
        g.wearer = self.find(name)

    @property
    def current(self) -> Wearer:
        """Whose measurements a request is about, behind one face for all requests."""
        return cast(Wearer, LocalProxy(lambda: g.wearer))
