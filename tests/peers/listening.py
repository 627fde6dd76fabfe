"""A server of the standard library that answers in a thread while a block runs."""

from __future__ import annotations

import socketserver
import threading
from types import TracebackType
from typing import Self


class Listening:
    """Whoever sets `_server` listens from the beginning of a `with` block to its end."""

    _server: socketserver.BaseServer

    def __enter__(self) -> Self:
        threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True).start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._server.shutdown()
        self._server.server_close()
