"""The poll keys of one paste into Igor: made together, and shown again for as long as it is open.

Stored are their hashes, as of every poll key. What is pasted is made of the owner key and the
paste's random id, which only the browser keeps that made it. A key for another program is a paste
of one, shown once.
"""

from __future__ import annotations

import base64
import hmac
from collections.abc import Iterable
from typing import TYPE_CHECKING

from healthrelay.core.derived_keys import derive_key
from healthrelay.core.errors import HealthrelayError
from healthrelay.flows.delivery.poll import require_key, save_poll_key

if TYPE_CHECKING:
    from healthrelay.ports.store import Identities


def make_keys(
    users: Iterable[str], paste: str, owner_key: str, identities: Identities
) -> dict[str, str]:
    """Give each of *users* a new poll key, that of the *paste*; return them by name."""
    keys = {user: _key(user, paste, owner_key) for user in users}
    for user, key in keys.items():
        save_poll_key(user, key, identities)
    return keys


def open_keys(
    users: Iterable[str], paste: str, owner_key: str, identities: Identities
) -> dict[str, str]:
    """Return the keys of the *paste* that still open something, by name."""
    keys = {user: _key(user, paste, owner_key) for user in users}
    return {user: key for user, key in keys.items() if _opens(user, key, identities)}


def _key(user: str, paste: str, owner_key: str) -> str:
    proof = hmac.digest(derive_key(owner_key, "poll key"), f"{paste} {user}".encode(), "sha256")
    return base64.urlsafe_b64encode(proof[:24]).decode()


def _opens(user: str, key: str, identities: Identities) -> bool:
    try:
        require_key(user, key, identities)
    except HealthrelayError:
        return False
    return True
