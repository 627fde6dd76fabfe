"""Our registration with the provider, when the owner keeps it in the store."""

from __future__ import annotations

from typing import TYPE_CHECKING

from healthrelay.core.errors import BadRequest
from healthrelay.flows.household.application import amend, place

if TYPE_CHECKING:
    from healthrelay.ports.peers import Vault
    from healthrelay.ports.store import Identities

_SECRET = "client_secret"  # noqa: S105 - the name of a value, not the value


def register(client_id: str, client_secret: str, identities: Identities, vault: Vault) -> None:
    """Keep both among the application's values; the secret is sealed."""
    if not client_id or not client_secret:
        raise BadRequest("Give both the client id and the client secret.")
    sealed = vault.seal(client_secret, place(_SECRET))
    amend(identities, lambda before: {**before, "client_id": client_id, _SECRET: sealed})


def client_id(identities: Identities) -> str:
    """The stored client id, or nothing."""
    return identities.application().get("client_id", "")


def client_secret(identities: Identities, vault: Vault) -> str:
    """The stored client secret, or nothing."""
    sealed = identities.application().get(_SECRET, "")
    return vault.open(sealed, place(_SECRET)) if sealed else ""
