"""A server of the standard library that answers in a thread while a block runs."""

from __future__ import annotations

import socketserver
import threading

from tests.peers.running import Running


class Listening(Running):
    """Whoever sets `_server` listens from the beginning of a `with` block to its end."""

    _server: socketserver.BaseServer

    def start(self) -> None:
        threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True).start()

    def stop(self) -> None:
        self._server.shutdown()
        self._server.server_close()
