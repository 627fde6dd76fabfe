"""The application's own values, some of them sealed, changed without losing anybody's change."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, NamedTuple

from healthrelay.core.errors import BadRequest, Conflict

if TYPE_CHECKING:
    from healthrelay.ports.peers import Vault
    from healthrelay.ports.store import Identities

SEALED = ("client_secret", "igor_token", "igor_password")
"""The values that lie sealed, each at its own `place`."""


_IGOR = ("igor_url", "igor_user", "igor_token", "igor_password")


def place(name: str) -> str:
    """Where the sealed value *name* belongs; moved anywhere else it does not open."""
    return f"plugindata/fitbit {name}"


def amend(
    identities: Identities, change: Callable[[Mapping[str, str]], Mapping[str, str]]
) -> dict[str, str]:
    """Store what *change* makes of the stored values, empty ones left out; returns them.

    It is asked again when somebody else wrote meanwhile.
    """
    while True:
        before = identities.application()
        after = {name: value for name, value in change(before).items() if value}
        if after == before:
            return after
        try:
            identities.save_application(after, before)
        except Conflict:
            continue
        return after


class StoredIgor(NamedTuple):
    """Where the stored Igor listens, and what opens it: a capability, or a user and password."""

    url: str
    user: str = ""
    token: str = ""
    password: str = ""

    def __repr__(self) -> str:
        return f"StoredIgor({self.url})"


def save_igor(igor: StoredIgor, identities: Identities, vault: Vault) -> None:
    """Store *igor* in place of another; token and password are sealed."""
    if igor.user and (not igor.password or ":" in igor.user + igor.password):
        raise BadRequest("Igor takes a user and a password, both without a colon.")
    values = {"igor_url": igor.url, "igor_user": igor.user}
    for name, secret in (("igor_token", igor.token), ("igor_password", igor.password)):
        values[name] = vault.seal(secret, place(name)) if secret else ""
    amend(identities, lambda before: {**before, **values})


def forget_igor(identities: Identities) -> None:
    """Push no more; Igor may go on to poll."""
    amend(
        identities,
        lambda before: {n: v for n, v in before.items() if n not in _IGOR},
    )


def open_igor(values: Mapping[str, str], vault: Vault) -> StoredIgor:
    """Return the Igor among the application's *values*. Raises `Misconfigured`."""

    def opened(name: str) -> str:
        sealed = values.get(name, "")
        return vault.open(sealed, place(name)) if sealed else ""

    return StoredIgor(
        values["igor_url"],
        values.get("igor_user", ""),
        opened("igor_token"),
        opened("igor_password"),
    )
