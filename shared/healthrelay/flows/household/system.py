"""The household's unit system, where the environment names none."""

from __future__ import annotations

from typing import TYPE_CHECKING

from healthrelay.core.errors import BadRequest
from healthrelay.core.measurements.catalogue import METRIC, SYSTEMS

if TYPE_CHECKING:
    from healthrelay.ports.store import Identities

_KEPT = "system"


def kept_system(identities: Identities) -> str:
    """Return the system that is kept, or the metric one."""
    system = identities.application().get(_KEPT, METRIC)
    return system if system in SYSTEMS else METRIC


def check_system(system: str) -> None:
    """Raise `BadRequest` for a system that is none."""
    if system not in SYSTEMS:
        raise BadRequest(f"system takes {', '.join(SYSTEMS[:-1])} or {SYSTEMS[-1]}.")


def keep_system(system: str, identities: Identities) -> None:
    """Give out everything in *system* from now on. Raise `BadRequest` for no such system."""
    from healthrelay.flows.household.application import amend  # noqa: PLC0415 - a poll only reads

    check_system(system)
    amend(identities, lambda before: {**before, _KEPT: system})
