"""A ledger in a file: several sandboxes, one after the other or at once, honour the same tokens."""

from __future__ import annotations

import fcntl
import json
import os
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path
from threading import RLock
from typing import IO, Any

from sandbox.oauth.client import Client
from sandbox.oauth.ledger import Access, Code, ConsentRequest, Grant, Ledger, Refresh, TokenPrefixes


def kept_client(folder: Path) -> Client:
    """Return the application with the secret in *folder*, where one is made if there is none."""
    file = folder / "client-secret"
    if not file.exists():
        _write(file, Client().secret)
    return Client(secret=file.read_text())


class KeptLedger(Ledger):
    """A ledger whose lock lets in one process at a time, and reads and writes *file*."""

    def __init__(
        self, clock: Callable[[], float], access_lifetime: int, prefixes: TokenPrefixes, file: Path
    ) -> None:
        super().__init__(clock, access_lifetime, prefixes)
        self.lock = _FileLock(file, self._read, self._to_text)

    def _read(self, text: str) -> None:
        state = json.loads(text)
        grants = {code: Grant(**_with_scopes(grant)) for code, grant in state["grants"].items()}
        self._granted = {name: dict.fromkeys(scopes) for name, scopes in state["granted"].items()}
        self._codes = {
            code: Code(ConsentRequest(**_with_scopes(held.pop("consent"))), grants[code], **held)
            for code, held in state["codes"].items()
        }
        self._access = {
            token: Access(grant=grants[held.pop("code")], **_with_scopes(held))
            for token, held in state["access"].items()
        }
        self._refresh = {
            token: Refresh(grant=grants[held.pop("code")], **held)
            for token, held in state["refresh"].items()
        }

    def _to_text(self) -> str:
        codes = {id(held.grant): code for code, held in self._codes.items()}
        now = self.clock()

        def token(held: Access | Refresh) -> dict[str, Any]:
            return {"code": codes[id(held.grant)], **_without_grant(held)}

        state = {
            "grants": {code: asdict(held.grant) for code, held in self._codes.items()},
            "granted": {name: list(scopes) for name, scopes in self._granted.items()},
            "codes": {code: _without_grant(held) for code, held in self._codes.items()},
            "access": {t: token(held) for t, held in self._access.items() if held.expires_at > now},
            "refresh": {t: token(held) for t, held in self._refresh.items()},
        }
        return json.dumps(state)


class _FileLock:
    """A lock of all threads and processes; within it memory is as the file, and the file after."""

    def __init__(self, file: Path, read: Callable[[str], None], text: Callable[[], str]) -> None:
        self._file, self._read, self._text = file, read, text
        self._threads, self._depth = RLock(), 0
        self._handle: IO[str] | None = None
        self._known = ""

    def __enter__(self) -> None:
        self._threads.acquire()
        self._depth += 1
        if self._depth == 1:
            self._handle = self._file.with_suffix(".lock").open("w")
            fcntl.flock(self._handle, fcntl.LOCK_EX)
            text = self._file.read_text() if self._file.exists() else ""
            if text not in ("", self._known):
                self._read(text)
            self._known = text

    def __exit__(self, *_error: object) -> None:
        self._depth -= 1
        if not self._depth and self._handle:
            text = self._text()
            if text != self._known:
                _write(self._file, text)
                self._known = text
            self._handle.close()
        self._threads.release()


def _without_grant(held: Code | Access | Refresh) -> dict[str, Any]:
    return {name: value for name, value in asdict(held).items() if name != "grant"}


def _with_scopes(members: dict[str, Any]) -> dict[str, Any]:
    return members | {"scopes": tuple(members["scopes"])}


def _write(file: Path, text: str) -> None:
    """Write *text* for its owner alone, whole or not at all."""
    draft = file.with_suffix(f".{os.getpid()}")
    draft.touch(0o600)
    draft.write_text(text)
    draft.replace(file)
