"""Try a registration with the provider, then keep it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import TYPE_CHECKING, NamedTuple

from healthrelay.core.errors import BadRequest
from healthrelay.core.household.registration import Registered, check_shape
from healthrelay.flows.household.application import amend, open_client_secret, save_registration

if TYPE_CHECKING:
    from healthrelay.ports.peers import Registrar, Vault
    from healthrelay.ports.store import Identities

KEPT_AT, KNOWN = "client_kept_at", "client_known"
"""The application's values: since when the registration is kept, and which client the provider knew
when it was tried last."""
PROJECT = "project"
"""The application's value that holds the id of the project at Google; no secret."""
MakeRegistrar = Callable[[Registered], "Registrar"]


class Registry(NamedTuple):
    """Who knows registrations: the provider, and its address."""

    registrar: MakeRegistrar
    token_url: str


def keep_registration(
    pair: Registered,
    registrar: MakeRegistrar | None,
    *,
    token_url: str,
    identities: Identities,
    vault: Vault,
    now: datetime,
) -> None:
    """Keep *pair* when the provider at *token_url* knows it; without a *registrar* untried.

    Raise as `Registrar.try_client` and `check_shape`: nothing was kept then.
    """
    if registrar:
        check_shape(pair, token_url)
        registrar(pair).try_client()
    save_registration(*pair, identities, vault)
    facts = {KEPT_AT: now.isoformat(), KNOWN: pair.client_id if registrar else ""}
    amend(identities, lambda before: {**before, **facts})


def change_registration(
    typed: Registered,
    given: Registered,
    registry: Registry,
    *,
    identities: Identities,
    vault: Vault,
    now: datetime,
) -> None:
    """Try the registration that *typed* makes of the present one, then keep it.

    What is empty stays as it is; a kept secret stays with its own client alone. What the
    environment has *given* wins, and is tried where nothing else is typed. Raise as
    `keep_registration`.
    """
    stored = identities.application().get("client_id", "")
    client_id = given.client_id or typed.client_id or stored
    secret = given.client_secret or typed.client_secret
    if not secret and client_id in (given.client_id, stored):
        secret = open_client_secret(identities, vault)
    pair = Registered(client_id, secret)
    if given.client_id and (given.client_secret or not typed.client_secret):
        try_given(pair, registry.registrar, identities)
        return
    registrar, url = registry
    keep_registration(pair, registrar, token_url=url, identities=identities, vault=vault, now=now)


def require_given(client_id: str, given: str) -> None:
    """Raise `BadRequest` where the environment has *given* another client than *client_id*."""
    if given and client_id != given:
        raise BadRequest("HEALTHRELAY_CLIENT_ID is set, and wins over what is kept.")


def try_given(pair: Registered, registrar: MakeRegistrar, identities: Identities) -> None:
    """Try *pair*, which the environment gives, and note that the provider knows it.

    Raise as `Registrar.try_client`.
    """
    registrar(pair).try_client()
    amend(identities, lambda before: {**before, KNOWN: pair.client_id})


def save_project(project: str, identities: Identities) -> None:
    """Keep the id of the project, which goes into links; nothing forgets it."""
    amend(identities, lambda before: {**before, PROJECT: project})


def stored_project(identities: Identities) -> str:
    return identities.application().get(PROJECT, "")
