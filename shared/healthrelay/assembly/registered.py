"""Our registration with the provider where the environment does not name it: from the store."""

from __future__ import annotations

from typing import TYPE_CHECKING

from healthrelay.core.errors import NO_STORE_CLIENT, NotConfigured
from healthrelay.flows.household import application

if TYPE_CHECKING:
    from collections.abc import Callable

    from healthrelay.ports.store import Identities


def client_id(identities: Callable[[], Identities], provider: str) -> str:
    """Return the stored client id. Raises `NotConfigured`, also where no store can be opened."""
    try:
        stored = application.client_id(identities())
    except NotConfigured as error:
        if error.cause != NO_STORE_CLIENT:
            raise
        stored = ""
    if not stored:
        raise NotConfigured(
            f"healthrelay is not registered with {provider} yet.",
            ("HEALTHRELAY_CLIENT_ID", "HEALTHRELAY_CLIENT_SECRET"),
        )
    return stored
