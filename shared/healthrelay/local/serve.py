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
from werkzeug.serving import WSGIRequestHandler, make_server

from healthrelay.config import functions
from healthrelay.core.errors import NotConfigured

ROOT = Path(__file__).resolve().parents[3]
HOST = "127.0.0.1"
POLL_SECONDS = 0.02
"""How soon the server notices that it must stop."""


class _Quiet(WSGIRequestHandler):
    """Werkzeug would log every address, and ours carry poll keys, codes and states."""

    def log_request(self, code: int | str = "-", size: int | str = "-") -> None:
        """Log nothing; each function writes its own line."""


@contextmanager
def serve_functions(port: int) -> Iterator[str]:
    """Serve the functions in the background while the block runs; yield the base address."""
    apps: dict[str, WSGIApplication] = {f"/{name}": _create_app(name) for name in functions()}
    root = DispatcherMiddleware(Flask("healthrelay"), apps)
    server = make_server(HOST, port, root, threaded=True, request_handler=_Quiet)
    thread = threading.Thread(target=server.serve_forever, args=(POLL_SECONDS,), daemon=True)
    thread.start()
    try:
        yield f"http://{HOST}:{server.server_port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def function_file(name: str) -> Path:
    """Return the entry point of function *name* in this checkout.

    Raise `NotConfigured` where there is no checkout.
    """
    path = ROOT / "functions" / name / "main.py"
    if not path.is_file():
        raise NotConfigured("The local run needs a checkout of healthrelay, with functions/ in it.")
    return path


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
