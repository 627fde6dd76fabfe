"""A real nginx, from Debian's packages where the machine has none."""

from __future__ import annotations

import shutil
import socket
import ssl
import subprocess
from pathlib import Path
from typing import Self

from tests.peers import install
from tests.peers.process import Process, answers, free_port
from tests.peers.running import Running

SECONDS = 30
_MAIN = """
daemon off;
master_process off;
pid {home}/nginx.pid;
error_log stderr;
events {{}}
http {{
    access_log off;
    client_body_temp_path {home}/body;
    proxy_temp_path {home}/proxy;
    fastcgi_temp_path {home}/fastcgi;
    uwsgi_temp_path {home}/uwsgi;
    scgi_temp_path {home}/scgi;
    include {home}/site.conf;
}}
"""


class Nginx(Running):
    """An nginx that serves one site over TLS as ``localhost``; use it as a context manager."""

    def __init__(self, home: Path, certificate: Path) -> None:
        self.port = free_port()
        self.url = f"https://localhost:{self.port}"
        self.certificate = certificate
        self._home = home
        self._process: Process | None = None

    def serve(self, site: str) -> Self:
        """Set the *site*, the text of a file for ``conf.d``."""
        self._home.mkdir()
        (self._home / "site.conf").write_text(site)
        (self._home / "nginx.conf").write_text(_MAIN.format(home=self._home))
        return self

    def start(self) -> None:
        config = self._home / "nginx.conf"
        self._process = Process(
            [nginx(), "-p", self._home, "-c", config, "-e", "stderr"],
            env={},
            cwd=self._home,
            log=self._home / "nginx.out",
        )
        self._process.wait_until(lambda: answers(self.url, str(self.certificate)), SECONDS)

    def stop(self) -> None:
        if self._process is not None:
            self._process.kill()

    def ask(self, raw: bytes) -> int:
        """Send *raw* as it is, which no client library would do; the status of the answer."""
        context = ssl.create_default_context(cafile=str(self.certificate))
        with (
            socket.create_connection(("127.0.0.1", self.port), SECONDS) as plain,
            context.wrap_socket(plain, server_hostname="localhost") as sent,
        ):
            sent.sendall(raw)
            said = sent.recv(4096)
        return int(said.split(b" ", 2)[1]) if said.startswith(b"HTTP/") else 0


def nginx() -> str:
    """The program; skips where it can neither be found nor fetched."""
    found = shutil.which("nginx") or shutil.which("nginx", path="/usr/sbin:/usr/local/sbin")
    if found:
        return found
    try:
        unpacked = install.unpacked("nginx") / "usr" / "sbin" / "nginx"
        install.run([unpacked, "-v"])
    except (OSError, RuntimeError, subprocess.TimeoutExpired) as error:
        install.unavailable(f"nginx cannot be fetched: {error}")
    return str(unpacked)
