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
from healthrelay.assembly.services import Services
from healthrelay.core.household.move import Move
from healthrelay.core.measurements.query import parse_request
from healthrelay.flows.delivery.deliver import deliver
from healthrelay.flows.delivery.poll import poll
from healthrelay.flows.delivery.snapshots import Form, Snapshots
from healthrelay.flows.grants import connect, rounds
from healthrelay.flows.household.erase import erase
from healthrelay.flows.measurements.fetch import fetch
from healthrelay.flows.transfer.move import move_account
from tests.crash.steps import Steps, WatchedServices


def connecting(built: Services, said: dict[str, Any], now: datetime) -> None:
    connect.finish(
        rounds.Return(said["query"], said["cookies"]),
        owner_key=built.owner_key,
        consent=built.consent,
        store=built.store,
        grants=built.grants,
        token_endpoint=built.token_endpoint,
        provider=built.provider,
        now=now,
    )


def fetching(built: Services, said: dict[str, Any], now: datetime) -> None:
    context = built.delivery._replace(now=lambda: now)
    fetch(
        parse_request(said.get("user", "jack"), said["query"]),
        now,
        store=built.store,
        grants=built.grants,
        provider=built.provider,
        consent=built.consent,
        deliver=lambda user: deliver(user, context),
        log_event=built.log_event,
        system=built.system,
    )


def polling(built: Services, said: dict[str, Any], _now: datetime) -> None:
    poll("jack", said["key"], built.store, Form(365), Snapshots())


def disconnecting(built: Services, _said: dict[str, Any], _now: datetime) -> None:
    built.disconnect("jack")


def erasing(built: Services, _said: dict[str, Any], now: datetime) -> None:
    erase("jack", built.store, built.disconnect, now)


def moving(built: Services, said: dict[str, Any], now: datetime) -> None:
    move_account(Move("jack", **said), built.store, built.disconnect, now)


FLOWS: dict[str, Callable[[Services, dict[str, Any], datetime], None]] = {
    "connect": connecting,
    "fetch": fetching,
    "relay": polling,
    "disconnect": disconnecting,
    "erase": erasing,
    "move": moving,
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
    "healthrelay.adapters.firestore.client",
    "healthrelay.adapters.fitbit",
    "healthrelay.adapters.google_health",
    "healthrelay.adapters.igor",
    "healthrelay.adapters.oauth2",
    "healthrelay.adapters.sqlite",
    "healthrelay.adapters.vault",
    "healthrelay.assembly.providers",
    "healthrelay.assembly.queues",
    "healthrelay.assembly.stores",
    "healthrelay.assembly.targets",
)
"""What the assembly loads when it is first needed."""
_NURSERY = multiprocessing.get_context("forkserver")
_NURSERY.set_forkserver_preload([__name__, *LOADED])
