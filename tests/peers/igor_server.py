"""A real Igor as a program: made, started, asked and ended by a test.

It runs on 127.0.0.1 with a database of its own. Its administrator has no password, as in
every Igor fresh from the box.
"""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Mapping
from contextlib import suppress
from datetime import date
from pathlib import Path
from typing import Any

import requests

from tests.peers import install
from tests.peers.fork_server import fork_server
from tests.peers.igor_venv import LOAD, RUN, igor_bin
from tests.peers.process import Process, answers, by_our_clock, free_port
from tests.peers.running import Running

ADMIN = ("admin", "")
SECONDS = 60


class IgorServer(Running):
    """One Igor with the plugin `copytree`; use it as a context manager.

    *home* is an empty folder for its database. *env* adds to Igor's environment, for
    instance HTTPLIB2_CA_CERTS, the authorities it trusts when it polls.
    """

    def __init__(
        self,
        home: Path,
        *,
        capabilities: bool = True,
        tls: bool = False,
        env: Mapping[str, str] | None = None,
    ) -> None:
        self.capabilities = capabilities
        self.tls = tls
        self.port = free_port()
        self.database = home / "igor"
        self._env = dict(env or {})
        self._bin = igor_bin()
        self._process: Process | None = None

    @property
    def url(self) -> str:
        """Where it answers, without a path: `http://localhost:23456`."""
        return f"{'https' if self.tls else 'http'}://localhost:{self.port}"

    @property
    def verify(self) -> str | bool:
        """What requests needs as `verify`: the certificate's file when Igor speaks TLS."""
        return str(self.database / "igor.crt") if self.tls else True

    @property
    def running(self) -> bool:
        """Whether the process is there."""
        return self._process is not None and self._process.running

    def start(self) -> None:
        """Start it, making the database first when there is none.

        A database's first run believes that Igor is called `/`; keys and tokens made then
        are dead after the next start. Hence a new database has had its first run already.
        """
        if not self.database.exists():
            self._take()
        self._launch()

    def stop(self) -> None:
        """End it through its own command, the only way that saves the database."""
        process, self._process = self._process, None
        if process is None:
            return
        with suppress(requests.RequestException):  # it may be gone before it has answered
            self.get("/internal/stop", auth=ADMIN, timeout=10)
        process.wait(10)

    def restart(self) -> None:
        """Stop it properly and start it again at the same address."""
        self.stop()
        self._launch()

    def kill(self) -> None:
        """End it as a power cut would: nothing since the last save is kept."""
        process, self._process = self._process, None
        if process is not None:
            process.kill()

    def output(self) -> str:
        """All it has printed since the database was made."""
        return self._log.read_text(errors="replace")

    def setup(self, *args: str) -> None:
        """Run `igorSetup`; only while Igor is stopped, its changes are merged at the start."""
        script = (self._bin / "python", "-I", self._bin / "igorSetup")
        done = subprocess.run(
            [*map(str, script), "-d", str(self.database), *args],
            env=self._environment(),
            cwd=self.database.parent,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=SECONDS,
            check=False,
        )
        if done.returncode != 0:
            raise RuntimeError(f"igorSetup {args}: {done.returncode}\n{done.stdout}{done.stderr}")

    def install_plugin(self, folder: Path) -> None:
        """Put a plugin's *folder* into the home as its owner would, and restart."""
        self.stop()
        shutil.copytree(folder, self.database / "plugins" / folder.name)
        fragment = folder / "database-fragment.xml"
        if fragment.exists():
            text = fragment.read_text().replace("{plugin}", folder.name)
            (self.database / "plugins" / f"{folder.name}.xml").write_text(text)
        self._launch()

    def get(self, path: str, **options: Any) -> requests.Response:
        """GET *path* with options of requests, as whoever `auth` or `headers` say."""
        return self._send("GET", path, options)

    def put(self, path: str, **options: Any) -> requests.Response:
        """PUT to *path* with options of requests (`json`, `data`, `headers`, `auth`)."""
        return self._send("PUT", path, options)

    def post(self, path: str, **options: Any) -> requests.Response:
        """POST to *path* with options of requests."""
        return self._send("POST", path, options)

    def delete(self, path: str, **options: Any) -> requests.Response:
        """DELETE *path* with options of requests."""
        return self._send("DELETE", path, options)

    @property
    def _log(self) -> Path:
        return self.database.parent / "igor.out"

    def _send(self, method: str, path: str, options: dict[str, Any]) -> requests.Response:
        sent = {"timeout": SECONDS, "verify": self.verify, "allow_redirects": False, **options}
        return requests.request(method, self.url + path, **sent)

    def _environment(self) -> dict[str, str]:
        path = f"{self._bin}{os.pathsep}{os.environ.get('PATH', os.defpath)}"
        home = str(self.database.parent)
        return by_our_clock({"PATH": path, "HOME": home, "LANG": "C.UTF-8", **self._env})

    def _take(self) -> None:
        """A database that was made, and run once, for all Igors of this kind."""
        kind = f"igor-home{'-tls' * self.tls}{'-open' * (not self.capabilities)}"
        made = install.once(install.cache() / kind, self._stamp(), self._make)
        port, home = (made / "port").read_text(), self.database
        home.parent.mkdir(parents=True, exist_ok=True)
        shutil.copytree(made / "igor", home, symlinks=True)
        told = (home / "database.xml").read_text()
        (home / "database.xml").write_text(told.replace(port, str(self.port)))

    def _stamp(self) -> str:
        # Its certificate is good for a year.
        return f"{(self._bin.parent / '.stamp').read_text()}\n{date.today():%Y-%m}"

    def _make(self, folder: Path) -> None:
        first = IgorServer(folder, capabilities=self.capabilities, tls=self.tls)
        first._create()
        first._launch()
        first.stop()
        (folder / "port").write_text(str(first.port))

    def _create(self) -> None:
        self.database.parent.mkdir(parents=True, exist_ok=True)
        self.setup("initialize")
        self.setup("addstd", "copytree")
        if self.tls:
            self.setup("-r", "certificateSelfsigned", "/CN=localhost", "localhost")

    def _launch(self) -> None:
        if self.running:
            raise RuntimeError("this Igor is running already")
        rights = "--capabilities" if self.capabilities else "--noCapabilities"
        options = ["-d", str(self.database), "-p", str(self.port), "--nologfile", rights]
        if not self.tls:
            options.append("--nossl")
        # Its libraries read some of this when they are loaded.
        env = frozenset({**self._env, "PATH": os.defpath, "LANG": "C.UTF-8"}.items())
        self._process = Process(
            options,
            env=self._environment(),
            cwd=self.database.parent,
            log=self._log,
            start=fork_server(str(self._bin / "python"), env, LOAD, RUN).fork,
        )
        probe = f"{self.url}/data/services/igor/version"
        self._process.wait_until(lambda: answers(probe, self.verify), SECONDS)
