"""Our registration with the provider where the environment does not tell it: from the store."""

from __future__ import annotations

from typing import TYPE_CHECKING

from healthrelay.core.errors import NO_STORE_CLIENT, NotConfigured
from healthrelay.flows import registration

if TYPE_CHECKING:
    from healthrelay.assembly.services import Services


def client_id(built: Services) -> str:
    """The kept client id. Raises `NotConfigured` without one, also where no store can be opened."""
    try:
        found = registration.client_id(built.store.identities)
    except NotConfigured as error:
        if error.cause != NO_STORE_CLIENT:
            raise
        found = ""
    if not found:
        raise NotConfigured(
            f"healthrelay is not registered with {built.consent.label} yet.",
            ("HEALTHRELAY_CLIENT_ID", "HEALTHRELAY_CLIENT_SECRET"),
        )
    return found
