"""The Igor that we push to, when the owner keeps its address in the store."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from healthrelay.core.errors import BadRequest
from healthrelay.flows.household.application import amend, place

if TYPE_CHECKING:
    from healthrelay.ports.peers import Vault
    from healthrelay.ports.store import Identities

_NAMES = ("igor_url", "igor_user", "igor_token", "igor_password")


class IgorHome(NamedTuple):
    """Where Igor listens, and what opens it: a capability, or a user and password."""

    url: str
    user: str = ""
    token: str = ""
    password: str = ""

    def __repr__(self) -> str:
        return f"IgorHome({self.url})"


def keep(home: IgorHome, identities: Identities, vault: Vault) -> None:
    """Keep *home* in place of another; token and password are sealed."""
    if home.user and (not home.password or ":" in home.user + home.password):
        raise BadRequest("Igor takes a user and a password, both without a colon.")
    told = {"igor_url": home.url, "igor_user": home.user}
    for name, secret in (("igor_token", home.token), ("igor_password", home.password)):
        told[name] = vault.seal(secret, place(name)) if secret else ""
    amend(identities, lambda before: {**before, **told})


def forget(identities: Identities) -> None:
    """Push no more; Igor may go on to poll."""
    amend(identities, lambda before: {n: v for n, v in before.items() if n not in _NAMES})


def kept_home(identities: Identities, vault: Vault) -> IgorHome | None:
    """The stored home, opened; None when there is none."""
    stored = identities.application()
    if not stored.get("igor_url"):
        return None

    def opened(name: str) -> str:
        sealed = stored.get(name, "")
        return vault.open(sealed, place(name)) if sealed else ""

    return IgorHome(
        stored["igor_url"],
        stored.get("igor_user", ""),
        opened("igor_token"),
        opened("igor_password"),
    )
