"""Ports that count what is asked of them, and can end the process at any of it."""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from functools import cached_property
from typing import Any

from healthrelay.assembly.services import Services
from healthrelay.core.errors import TryLater
from healthrelay.flows.grants.refresh import Grants

KILLED = 9

WATCHED = {
    "store": ("restore",),
    "identities": (
        *("settings", "save", "remove", "poll_key", "save_poll_key", "save_application"),
        *("invitations", "renew_invitations", "change_invitations"),
    ),
    "tokens": ("load", "save", "forget"),
    "accounts": ("load", "change"),
    "handshakes": ("use",),
    "records": ("within", "everything", "everything_since", "ledger", "apply", "renew"),
    "token_endpoint": ("exchange", "refresh", "revoke"),
    "log": ("head", "after", "prune", "following", "followings", "save", "retell"),
    "targets": ("save",),
    "runs": ("load", "record"),
    "overview": ("person", "people"),
    "scheduler_lease": ("take", "release"),
    "provider": ("account", "read"),
    "igor": ("send",),
    "webhook": ("send",),
}


class Steps:
    """Notes every step; before the one numbered *last* the process is gone, without a word."""

    def __init__(self, last: int | None = None) -> None:
        self.taken: list[str] = []
        self.struck = False
        self._last = last

    def reach(self, name: str) -> None:
        """About to take the step *name*."""
        if len(self.taken) == self._last:
            self.fall()
        self.taken.append(name)

    def answered(self) -> None:
        """The newest step was taken."""

    def fall(self) -> None:
        """What happens at the last step."""
        os._exit(KILLED)


class Refusing(Steps):
    """At its last step the store takes nothing."""

    def fall(self) -> None:
        self.struck = True
        raise TryLater("The store took nothing.")


class Unanswered(Steps):
    """Its last step lands, but nobody hears of it."""

    def reach(self, name: str) -> None:
        self.taken.append(name)

    def answered(self) -> None:
        if len(self.taken) - 1 == self._last:
            self.struck = True
            raise TryLater("The store gave no answer.")


class Watched:
    """Stands before *port* and lets everything through, noting the steps."""

    def __init__(self, port: Any, name: str, steps: Steps) -> None:
        self._port, self._name, self._steps = port, name, steps

    def __getattr__(self, attribute: str) -> Any:
        found = getattr(self._port, attribute)
        if self._name == "store" and attribute in WATCHED:
            return Watched(found, attribute, self._steps)
        if attribute not in WATCHED.get(self._name, ()):
            return found
        return self._noted(found, f"{self._name}.{attribute}")

    def _noted(self, method: Callable[..., Any], step: str) -> Callable[..., Any]:
        def noted(*arguments: Any, **named: Any) -> Any:
            self._steps.reach(step)
            result = method(*arguments, **named)
            self._steps.answered()
            return result

        return noted


class WatchedServices(Services):
    """The real services of a process, every step of them noted."""

    steps: Steps

    @cached_property
    def store(self) -> Any:
        return Watched(super().store, "store", self.steps)

    @cached_property
    def token_endpoint(self) -> Any:
        return Watched(super().token_endpoint, "token_endpoint", self.steps)

    @cached_property
    def provider(self) -> Any:
        return Watched(super().provider, "provider", self.steps)

    @cached_property
    def shared_targets(self) -> Any:
        return [Watched(target, "igor", self.steps) for target in super().shared_targets]


class HurriedServices(WatchedServices):
    """For one worker in this process: trouble that lasts costs a test no time."""

    @cached_property
    def grants(self) -> Grants:
        """With a clock that naps put forward."""
        provider, slept = self.settings.provider, [0.0]
        return Grants(
            provider,
            self.store.tokens,
            self.vault,
            self.token_endpoint,
            log_event=self.log_event,
            sleep=slept.append,
            monotonic=lambda: time.monotonic() + sum(slept),
        )
