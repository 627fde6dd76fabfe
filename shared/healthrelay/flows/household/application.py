"""The application's own values: its registration with the provider, and the stored Igor."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, NamedTuple

from healthrelay.core.errors import BadRequest, Conflict
from healthrelay.core.header import is_header_value

if TYPE_CHECKING:
    from healthrelay.ports.peers import Vault
    from healthrelay.ports.store import Identities

SEALED = ("client_secret", "igor_token", "igor_password")
"""The values that are sealed, each with its own associated data."""
_IGOR = ("igor_url", "igor_user", "igor_token", "igor_password")


def application_associated_data(name: str) -> str:
    """Return what binds the sealed value *name* to its place: it opens nowhere else."""
    return f"plugindata/fitbit {name}"


def amend(
    identities: Identities, change: Callable[[Mapping[str, str]], Mapping[str, str]]
) -> dict[str, str]:
    """Store what *change* makes of the stored values, empty ones left out; return them.

    It is called again when somebody else wrote meanwhile, so that no change is lost.
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


def save_registration(
    client_id: str, client_secret: str, identities: Identities, vault: Vault
) -> None:
    """Store both; the secret is sealed."""
    if not client_id or not client_secret:
        raise BadRequest("Give both the client id and the client secret.")
    sealed = vault.seal(client_secret, application_associated_data("client_secret"))
    amend(identities, lambda before: {**before, "client_id": client_id, "client_secret": sealed})


def client_id(identities: Identities) -> str:
    """Return the stored client id, or nothing."""
    return identities.application().get("client_id", "")


def open_client_secret(identities: Identities, vault: Vault) -> str:
    """Return the stored client secret, or nothing. Raise `Misconfigured`."""
    return _open(identities.application(), "client_secret", vault)


class StoredIgor(NamedTuple):
    """Where the stored Igor listens, and what opens it: a capability, or a user and password."""

    url: str
    user: str = ""
    token: str = ""
    password: str = ""

    def __repr__(self) -> str:
        return f"StoredIgor({self.url})"


def check_igor(igor: StoredIgor) -> None:
    """Raise `BadRequest` for what opens no Igor."""
    if igor.user and (not igor.password or ":" in igor.user + igor.password):
        raise BadRequest("Igor takes a user and a password, both without a colon.")
    if igor.token and not is_header_value(igor.token):
        raise BadRequest("A capability of Igor has printable ASCII characters only.")


def save_igor(igor: StoredIgor, identities: Identities, vault: Vault) -> None:
    """Store *igor* in place of another; token and password are sealed."""
    check_igor(igor)
    values = {"igor_url": igor.url, "igor_user": igor.user}
    for name, secret in (("igor_token", igor.token), ("igor_password", igor.password)):
        values[name] = vault.seal(secret, application_associated_data(name)) if secret else ""
    amend(identities, lambda before: {**before, **values})


def forget_igor(identities: Identities) -> None:
    """Push no more; Igor may go on to poll."""
    amend(identities, lambda before: {n: v for n, v in before.items() if n not in _IGOR})


def open_igor(values: Mapping[str, str], vault: Vault) -> StoredIgor:
    """Return the Igor among the application's *values*. Raise `Misconfigured`."""
    return StoredIgor(
        values["igor_url"],
        values.get("igor_user", ""),
        _open(values, "igor_token", vault),
        _open(values, "igor_password", vault),
    )


def _open(values: Mapping[str, str], name: str, vault: Vault) -> str:
    sealed = values.get(name, "")
    return vault.open(sealed, application_associated_data(name)) if sealed else ""
