"""The stand-in cloud on a port of this machine: for the provider, gcloud, Terraform's backend."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Lock, Thread
from typing import Any

from tests.deploy.cloud.gcloud import Gcloud
from tests.deploy.cloud.model import Model, Refused
from tests.deploy.cloud.storage import Storage


class Cloud:
    """The model, the storage, and what may be asked of them."""

    def __init__(self) -> None:
        self.model = Model()
        self.storage = Storage()
        self.lacking: set[str] = set()
        self.quota_projects: set[str] = set()
        """To which projects calls of the provider were charged."""
        self.url = ""
        self._gcloud = Gcloud(self.model, self.storage)
        self._lock = Lock()

    def answer(self, method: str, path: str, body: bytes, kind: str) -> tuple[int, bytes]:
        """Answer one request: status and body."""
        with self._lock:
            if path == "/provider":
                return 200, json.dumps(self._provider(json.loads(body))).encode()
            if path == "/gcloud":
                return 200, json.dumps(self._command(json.loads(body))).encode()
            if path.endswith(":testIamPermissions"):
                asked = json.loads(body)["permissions"]
                granted = [one for one in asked if one not in self.lacking]
                return 200, json.dumps({"permissions": granted}).encode()
            return self.storage.answer(method, path, body, kind)

    def _provider(self, asked: dict[str, Any]) -> dict[str, Any]:
        self.quota_projects.add(asked.pop("quota_project"))
        try:
            return {"values": self.model.provider(**asked)}
        except Refused as refused:
            return {"error": str(refused), "tainted": refused.tainted}

    def _command(self, asked: dict[str, Any]) -> dict[str, Any]:
        try:
            return {"stdout": self._gcloud.answer(asked["words"], asked["stdin"]), "status": 0}
        except Refused as refused:
            return {"stderr": str(refused), "status": 1}


@contextmanager
def running() -> Iterator[Cloud]:
    """A cloud that answers at its url."""
    cloud = Cloud()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def _answer(self) -> None:
            kind = self.headers.get("Content-Type", "")
            status, body = cloud.answer(self.command, self.path, self._body(), kind)
            self.send_response(status)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def _body(self) -> bytes:
            if self.headers.get("Transfer-Encoding") != "chunked":
                return self.rfile.read(int(self.headers.get("Content-Length") or 0))
            body = b""
            while size := int(self.rfile.readline(), 16):
                body += self.rfile.read(size)
                self.rfile.readline()
            self.rfile.readline()
            return body

        do_GET = do_POST = do_PUT = do_DELETE = _answer  # noqa: N815 - the server's names

        def log_message(self, *_: Any) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    Thread(target=server.serve_forever, daemon=True).start()
    cloud.url = f"http://127.0.0.1:{server.server_port}"
    try:
        yield cloud
    finally:
        server.shutdown()
        server.server_close()
