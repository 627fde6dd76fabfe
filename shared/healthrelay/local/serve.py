"""All functions behind one port, at the paths they have when deployed."""

from __future__ import annotations

import threading
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from functools import cache
from typing import TYPE_CHECKING, Any

import functions_framework
from flask import Flask
from werkzeug.middleware.dispatcher import DispatcherMiddleware
from werkzeug.serving import WSGIRequestHandler, make_server

from healthrelay.config import functions
from healthrelay.local.paths import function_file

if TYPE_CHECKING:
    from wsgiref.types import StartResponse, WSGIApplication

HOST = "127.0.0.1"
POLL_SECONDS = 0.02
"""How soon the server notices that it shall stop."""


class _Quiet(WSGIRequestHandler):
    """Werkzeug would log every address, and ours carry poll keys, codes and states."""

    def log_request(self, code: int | str = "-", size: int | str = "-") -> None:
        """Say nothing; each function writes a line of its own."""


@contextmanager
def serving(port: int) -> Iterator[str]:
    """Serve the functions in the background while the block runs; yields the base address."""
    apps: dict[str, WSGIApplication] = {f"/{name}": _app(name) for name in functions()}
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


@cache
def _app(name: str) -> WSGIApplication:
    """The function *name*; it keeps nothing, so that it can be served any number of times."""
    app: Flask = functions_framework.create_app(name, str(function_file(name)))  # type: ignore[no-untyped-call]

    def at_root(environ: dict[str, Any], start_response: StartResponse) -> Iterable[bytes]:
        # A deployed function sees "/" where the dispatcher leaves nothing, which Flask redirects.
        environ["PATH_INFO"] = environ["PATH_INFO"] or "/"
        return app(environ, start_response)

    return at_root
