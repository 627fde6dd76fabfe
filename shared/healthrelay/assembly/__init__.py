"""The only place where adapters are chosen. Each is imported when it is first needed: a heavy
client must cost no cold start but that of the function which uses it."""

from __future__ import annotations

import gc
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from functools import cache
from threading import Lock
from typing import TYPE_CHECKING

from healthrelay import config, log
from healthrelay.assembly.services import Services
from healthrelay.core.errors import NotConfigured

if TYPE_CHECKING:
    from flask import Request, Response

    from healthrelay.web.endpoint import View

HEALTH = b"health"
_FIRST = Lock()
"""Of the requests that come first at the same time, one builds the services."""


opening: ContextVar[Callable[[], None]] = ContextVar("opening")
"""Called before the settings are read: a command that only reads refuses there to make a store."""


@cache
def services() -> Services:
    """Built at the first request and kept for the life of the process."""
    if check := opening.get(None):
        check()
    return Services(config.load(os.environ))


def answer(view: View, request: Request) -> Response:
    """Return the answer of *view* to *request*, or which settings are missing.

    To ``?health`` the answer says how the function is.
    """
    project = os.environ.get("GOOGLE_CLOUD_PROJECT", "")
    name = view.__module__.rpartition(".")[2]
    log.set_function(name)
    log.follow(request.headers.get("X-Cloud-Trace-Context", ""), project)
    if request.query_string == HEALTH:
        view = _healthcheck(name)
    if services.cache_info().currsize:
        return view(request, services())
    with loading():
        return _first_answer(view, request)


def _healthcheck(name: str) -> View:
    from healthrelay.web.healthcheck import healthcheck

    row = config.functions()[name]
    return healthcheck(
        name,
        public=row.public,
        provider=row.provider,
        store=row.database != "none",
        runs=row.enqueues,
    )


def _first_answer(view: View, request: Request) -> Response:
    try:
        with _FIRST:
            built = services()
    except NotConfigured as error:
        from healthrelay.web.healthcheck import as_failure
        from healthrelay.web.responses import as_json

        log.log_event("CRITICAL", "settings", cause=error.sentence)
        return as_failure(error) if request.query_string == HEALTH else as_json(error)
    return view(request, built)


@contextmanager
def loading() -> Iterator[None]:
    """Rest the garbage collector while the process loads what it will keep for life.

    It would walk through the new modules time and again and find nothing to throw away.
    In the end they are set aside for good, and the collector is on again if it was before;
    of two that load at once, the one that stopped it starts it.
    """
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        gc.freeze()
        if was_on:
            gc.enable()
