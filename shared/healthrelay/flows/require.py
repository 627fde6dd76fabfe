"""What a flow about one person begins with."""

from __future__ import annotations

from typing import TYPE_CHECKING

from healthrelay.core.errors import BadRequest, Unknown

if TYPE_CHECKING:
    from healthrelay.ports.store import Identities


def require_settings(user: str, identities: Identities) -> dict[str, str]:
    """Return the settings of *user*. Raise `Unknown` for a stranger."""
    settings = identities.settings(user)
    if settings is None:
        raise Unknown(f"There is no user {user}.")
    return settings


def require_connectable(user: str, identities: Identities) -> dict[str, str]:
    """Return the settings of *user*, who may be connected and fetched.

    Raise `Unknown` for a stranger, `BadRequest` for who only keeps what an earlier account of
    somebody measured.
    """
    from healthrelay.core.household.settings import KEPT_FROM  # noqa: PLC0415 - auth1 needs none

    settings = require_settings(user, identities)
    if KEPT_FROM in settings:
        owner = settings[KEPT_FROM].partition(" ")[0]
        raise BadRequest(
            f"{user} keeps what an earlier account of {owner} measured, and is not connected."
        )
    return settings
