"""The way to hosts by their names: a proxy that leads each name to a port of this machine.

    with Internet({"functions.example": 20001}) as internet:
        requests.get("https://functions.example/relay", proxies=…, verify=internet.authority)

It opens tunnels (CONNECT) and passes bytes on; who answers behind the port speaks TLS itself.
"""

from __future__ import annotations

import socket
import socketserver
import threading
from collections.abc import Mapping
from contextlib import suppress

from tests.peers.listening import Listening

_HEAD = 8192


class Internet(Listening):
    """Knows *hosts* (name → port) and nobody else; all else is out of reach."""

    def __init__(self, hosts: Mapping[str, int]) -> None:
        self._server = socketserver.ThreadingTCPServer(("127.0.0.1", 0), _handler(hosts))
        self._server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self._server.server_address[1]}"


def _handler(hosts: Mapping[str, int]) -> type[socketserver.BaseRequestHandler]:
    class Handler(socketserver.BaseRequestHandler):
        def handle(self) -> None:
            caller: socket.socket = self.request
            head = b""
            while not head.endswith(b"\r\n\r\n") and len(head) < _HEAD:
                # Byte by byte: what follows the head belongs to whoever answers.
                byte = caller.recv(1)
                if not byte:
                    return
                head += byte
            method, target, *_ = [*head.decode("latin-1").split(), "", ""]
            name = target.rpartition(":")[0]
            if method != "CONNECT" or name not in hosts:
                caller.sendall(b"HTTP/1.1 502 Nobody of that name\r\nContent-Length: 0\r\n\r\n")
                return
            with socket.create_connection(("127.0.0.1", hosts[name])) as called:
                caller.sendall(b"HTTP/1.1 200 OK\r\n\r\n")
                back = threading.Thread(target=_pass_on, args=(called, caller), daemon=True)
                back.start()
                _pass_on(caller, called)
                back.join()

    return Handler


def _pass_on(one: socket.socket, other: socket.socket) -> None:
    with suppress(OSError):
        while chunk := one.recv(65_536):
            other.sendall(chunk)
    with suppress(OSError):
        other.shutdown(socket.SHUT_WR)
