"""One flow in a process of its own, killed before a step of it or run to its end.

Processes are forked from one that has loaded what all of them need and done nothing else, so
that killing hundreds costs no hundred starts.
"""

from __future__ import annotations

import multiprocessing
import os
import traceback
from collections.abc import Callable, Mapping
from contextlib import suppress
from datetime import datetime
from multiprocessing.connection import Connection
from typing import Any, NamedTuple

from healthrelay import config
from healthrelay.assembly import Services
from healthrelay.flows import connect
from healthrelay.flows.disconnect import Desk, disconnect
from healthrelay.flows.erase import erase
from healthrelay.flows.fetch import Desk as FetchDesk
from healthrelay.flows.fetch import fetch
from healthrelay.flows.relay import Form, poll
from tests.kills.steps import Steps, WatchedServices


def connecting(built: Services, said: dict[str, Any], now: datetime) -> None:
    """The way back from a consent."""
    desk = connect.Desk(
        built.owner_key, built.consent, built.store, built.grants, built.consents, built.provider
    )
    connect.finish(connect.Return(said["query"], said["cookies"]), desk, now)


def fetching(built: Services, said: dict[str, Any], now: datetime) -> None:
    """Refresh, read, store, relay."""
    courier = built.courier._replace(now=lambda: now)
    desk = FetchDesk(built.store, built.grants, built.provider, built.consent, courier)
    fetch("jack", said["query"], desk, now)


def polling(built: Services, said: dict[str, Any], _now: datetime) -> None:
    """Igor's question."""
    poll("jack", said["key"], built.store, Form(365))


def disconnecting(built: Services, _said: dict[str, Any], now: datetime) -> None:
    """Revoke, forget."""
    disconnect("jack", leaving(built), now)


def erasing(built: Services, _said: dict[str, Any], now: datetime) -> None:
    """Revoke, forget, remove."""
    erase("jack", leaving(built), now)


def leaving(built: Services) -> Desk:
    """What both need."""
    return Desk(built.store, built.vault, built.settings.provider, built.consents.revoke)


FLOWS: dict[str, Callable[[Services, dict[str, Any], datetime], None]] = {
    "connect": connecting,
    "fetch": fetching,
    "relay": polling,
    "disconnect": disconnecting,
    "erase": erasing,
}


class Task(NamedTuple):
    """*flow*, with what is *said* to it, at *now*, in *environment*, up to the step *last*."""

    flow: str
    said: dict[str, Any]
    now: datetime
    environment: Mapping[str, str]
    last: int | None


class Ended(NamedTuple):
    """How a process ended: the *steps* it took if it was not killed, or what it raised."""

    exitcode: int | None
    steps: list[str]
    trouble: str


def run(task: Task, seconds: float) -> Ended:
    """Do *task* in a process of its own."""
    ours, theirs = _NURSERY.Pipe(duplex=False)
    process = _NURSERY.Process(target=_live, args=(task, theirs))
    process.start()
    theirs.close()
    process.join(seconds)
    if process.exitcode is None:
        process.kill()
        return Ended(None, [], f"not done after {seconds} s")
    told: dict[str, Any] = {}
    with ours, suppress(EOFError):  # one that was killed says nothing
        told = ours.recv()
    return Ended(process.exitcode, told.get("steps", []), told.get("trouble", ""))


def _live(task: Task, report: Connection) -> None:
    os.environ.clear()
    os.environ.update(task.environment)
    try:
        built = WatchedServices(config.load(os.environ), lambda: task.now)
        built.steps = Steps(task.last)
        FLOWS[task.flow](built, task.said, task.now)
        built.steps.reach("the end")
        report.send({"steps": built.steps.taken})
    except BaseException:
        report.send({"trouble": traceback.format_exc()})
        raise


LOADED = (
    "healthrelay.adapters.firestore.wire",
    "healthrelay.adapters.fitbit",
    "healthrelay.adapters.google_health",
    "healthrelay.adapters.igor",
    "healthrelay.adapters.oauth2",
    "healthrelay.adapters.sqlite",
    "healthrelay.adapters.vault",
    "healthrelay.assembly.outbound",
    "healthrelay.assembly.sealing",
)
"""What the assembly loads when it is first needed."""
_NURSERY = multiprocessing.get_context("forkserver")
_NURSERY.set_forkserver_preload([__name__, *LOADED])
