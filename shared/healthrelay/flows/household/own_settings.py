"""The application's own settings: its registration with the provider, and its units."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Protocol

from healthrelay.core.errors import BadRequest
from healthrelay.core.household.registration import CLIENT_ID, CLIENT_SECRET, Registered
from healthrelay.flows.household.registration import Registry, change_registration
from healthrelay.flows.household.system import check_system, keep_system, kept_system

if TYPE_CHECKING:
    from healthrelay.ports.peers import Vault
    from healthrelay.ports.store import Identities

SYSTEM = "system"
OWN_SETTINGS = (CLIENT_ID, CLIENT_SECRET, SYSTEM)


class Environment(Protocol):
    """What the environment gives of them; it wins over what is kept."""

    @property
    def client_id(self) -> str: ...
    @property
    def client_secret(self) -> str: ...
    @property
    def system(self) -> str: ...


def set_elsewhere(environment: Environment) -> list[str]:
    """Return the names of the settings that *environment* gives."""
    return [name for name in OWN_SETTINGS if getattr(environment, name)]


def change_own_settings(
    values: Mapping[str, str],
    environment: Environment,
    registry: Registry,
    *,
    identities: Identities,
    vault: Vault,
    now: datetime,
) -> bool:
    """Keep *values*, of which an empty one is as if it were not there; return whether units change.

    Nothing is kept unless all of it can be, and the provider knows the registration. Raise
    `BadRequest`, also for what the environment gives otherwise, and as `keep_registration`.
    """
    values = {name: value for name, value in values.items() if value}
    _check(values, environment)
    system = "" if environment.system else values.get(SYSTEM, "")
    if values.keys() & {CLIENT_ID, CLIENT_SECRET}:
        change_registration(
            Registered(values.get(CLIENT_ID, ""), values.get(CLIENT_SECRET, "")),
            Registered(environment.client_id, environment.client_secret),
            registry,
            identities=identities,
            vault=vault,
            now=now,
        )
    if not system or system == kept_system(identities):
        return False
    keep_system(system, identities)
    return True


def _check(values: Mapping[str, str], environment: Environment) -> None:
    for name, value in values.items():
        if name not in OWN_SETTINGS:
            raise BadRequest(f"There is no setting '{name[:40]}'; {', '.join(OWN_SETTINGS)} are.")
        if getattr(environment, name) not in ("", value):
            variable = f"HEALTHRELAY_{name.upper()}"
            error = BadRequest(f"{variable} is set where healthrelay runs, and wins.")
            error.next_step = f"Change {variable} there, or take it away there first."
            raise error.with_cause("set_elsewhere")
    if SYSTEM in values:
        check_system(values[SYSTEM])
