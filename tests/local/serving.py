"""A household on one machine, served by `healthrelay serve` in a process of its own."""

from __future__ import annotations

import sys
from contextlib import ExitStack, closing
from pathlib import Path
from typing import NamedTuple, Self

import requests

from healthrelay.adapters.sqlite.store import SqliteStore
from healthrelay.config.load import local_keys
from healthrelay.flows.delivery.poll import new_poll_key
from tests.flows.delivery.fakes import add
from tests.local.test_commands import without_settings
from tests.peers.process import Process, answers

SECONDS = 30


class Home(NamedTuple):
    """A folder with a store of jack, and his key."""

    folder: Path
    key: str

    @classmethod
    def make(cls, folder: Path) -> Self:
        """Make the store of jack, with two entries in his log, and its keys."""
        path = folder / "data" / "healthrelay.db"
        with closing(SqliteStore(str(path))) as store:
            store.identities.save("jack", {})
            add(store, 1, 2)
            key = new_poll_key("jack", store.identities)
        local_keys(str(path))
        return cls(folder, key)

    def serve(self, stack: ExitStack, port: int, *words: str, **more: str) -> Process:
        """Start the process and return it when it answers; *stack* ends it."""
        env = without_settings() | {"HEALTHRELAY_HOME": str(self.folder / "data")} | more
        argv = [sys.executable, "-m", "healthrelay", "serve", "--port", str(port), *words]
        process = Process(argv, env=env, cwd=self.folder, log=self.folder / "log")
        stack.callback(process.kill)
        process.wait_until(lambda: answers(f"http://127.0.0.1:{port}/relay?health"), SECONDS)
        return process

    def get(self, port: int, path: str, **query: str) -> requests.Response:
        everything = {"user": "jack", "key": self.key, **query}
        return requests.get(f"http://127.0.0.1:{port}/{path}", params=everything, timeout=SECONDS)
