"""Two stores at once, each named as HEALTHRELAY_STORE would name it, and the keys of the second."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

from healthrelay.config import PREFIX, SETTINGS
from healthrelay.config.keys import MEMORY, kept_keys, keys_file
from healthrelay.config.stores import parse_store
from healthrelay.core.errors import BadRequest

if TYPE_CHECKING:
    from healthrelay.ports.peers import Vault
    from healthrelay.ports.store import Store


def source(name: str) -> Store:
    """The store *name*, which must be there."""
    path = _file(name)
    if path is not None and not Path(path).is_file():
        raise BadRequest(f"There is no store at {path}.")
    return target(name)


def target(name: str) -> Store:
    """The store *name*; a file is made where there is none."""
    path = _file(name)
    if path is not None:
        from healthrelay.adapters.sqlite import SqliteStore

        return SqliteStore(path)
    from healthrelay.adapters.firestore import FirestoreStore

    return FirestoreStore(database=name.partition(":")[2] or None)


def same(one: str, other: str) -> bool:
    """Whether both names lead to the same store."""
    first, second = _file(one), _file(other)
    if first is None or second is None:
        return one == other
    return Path(first).resolve() == Path(second).resolve()


def keys_of(name: str) -> Vault | None:
    """What opens in the store *name*: the keys of the environment, or those kept beside its file.

    None where there are none yet. Nothing is made, for new keys would open nothing.
    """
    from healthrelay.assembly.sealing import vault

    path = _file(name)
    text = os.environ.get(f"{PREFIX}SEALING_KEYS", "").strip()
    if not text and path is not None:
        text = kept_keys(path).get("sealing_keys", "")
    if not text:
        return None
    return vault(_read("sealing_keys", text))  # type: ignore[arg-type]


def keys_beside(name: str) -> Path | None:
    """The file of keys that belongs to the store *name*, if it has one."""
    path = _file(name)
    return keys_file(path) if path is not None and keys_file(path).exists() else None


def _file(name: str) -> str | None:
    """The file of an embedded store; None for Firestore."""
    path = parse_store(str(_read("store", name))).path
    if path == MEMORY:
        raise BadRequest("A store in memory holds nothing that could be copied.")
    return path


def _read(setting: str, text: str) -> object:
    try:
        return SETTINGS[setting].read(text)
    except ValueError as error:
        raise BadRequest(f"{text if setting == 'store' else setting} {error}.") from error
