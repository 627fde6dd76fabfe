"""All functions behind one port, at the paths they have when deployed."""

import signal
import threading
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import Any
from wsgiref.types import StartResponse, WSGIApplication

import functions_framework
from flask import Flask
from werkzeug.middleware.dispatcher import DispatcherMiddleware

from healthrelay.assembly.memory import RESIDENT_PLACES
from healthrelay.config import functions
from healthrelay.local.http_server import serve_http
from healthrelay.local.parts import part

HOST = "127.0.0.1"
THREADS = 2 * RESIDENT_PLACES
"""As many for whoever asks and does not wait as for readers that wait."""


@contextmanager
def serve_functions(port: int, host: str = HOST, trusted_proxy: str | None = None) -> Iterator[str]:
    """Serve the functions in the background while the block runs; yield the base address.

    Raise `Misconfigured` where nobody can listen.
    """
    apps: dict[str, WSGIApplication] = {f"/{name}": _create_app(name) for name in functions()}
    root = DispatcherMiddleware(Flask("healthrelay"), apps)
    with serve_http(root, (host, port), THREADS, trusted_proxy) as used:
        yield f"http://{f'[{host}]' if ':' in host else host}:{used}"


def function_file(name: str) -> Path:
    """Return the entry point of function *name*."""
    return part(f"functions/{name}/main.py")


def stop_event() -> threading.Event:
    """Return an event that Ctrl-C and SIGTERM set, even if the parent process ignores them."""
    event = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda _number, _frame: event.set())
    return event


@cache
def _create_app(name: str) -> WSGIApplication:
    """Return the function *name*; it has no state, so it can be served any number of times."""
    app: Flask = functions_framework.create_app(name, str(function_file(name)))  # type: ignore[no-untyped-call]

    def at_root(environ: dict[str, Any], start_response: StartResponse) -> Iterable[bytes]:
        # A deployed function sees "/" where the dispatcher leaves nothing, which Flask redirects.
        environ["PATH_INFO"] = environ["PATH_INFO"] or "/"
        return app(environ, start_response)

    return at_root
