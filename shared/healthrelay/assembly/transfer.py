"""A store by its name, and the keys that open what it holds.

No other setting is read, and no key is made: a new one would open nothing.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

from healthrelay.adapters.vault import SealingVault
from healthrelay.config import PREFIX, SETTINGS
from healthrelay.config.home import store_text
from healthrelay.config.load import MEMORY, kept_keys
from healthrelay.config.readers import settings_in
from healthrelay.config.store_name import StoreName, read_store
from healthrelay.core.errors import BadRequest

if TYPE_CHECKING:
    from healthrelay.ports.peers import Vault


def find_store(name: str | None) -> StoreName:
    """Return what *name* names, or without one HEALTHRELAY_STORE. Raises `BadRequest`."""
    text = name or store_text(settings_in(os.environ))
    try:
        found = read_store(text)
    except ValueError as error:
        raise BadRequest(f"{text} {error}.") from error
    if found.path == MEMORY:
        raise BadRequest("A store in memory ends with its process: name another.")
    return found


def vault_of(store: StoreName) -> Vault:
    """Return what opens with the keys of the environment, or those beside the store's file."""
    text = settings_in(os.environ).get("sealing_keys", "")
    if not text and store.path is not None:
        text = kept_keys(store.path).get("sealing_keys", "")
    try:
        keys: Any = SETTINGS["sealing_keys"].read(text) if text else {}
    except ValueError as error:
        raise BadRequest(f"{PREFIX}SEALING_KEYS {error}.") from error
    return SealingVault({name: key.content for name, key in keys.items()})
