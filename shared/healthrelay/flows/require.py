"""What a flow about one person begins with."""

from __future__ import annotations

from typing import TYPE_CHECKING

from healthrelay.core.errors import Unknown

if TYPE_CHECKING:
    from healthrelay.ports.store import Identities


def require_settings(user: str, identities: Identities) -> dict[str, str]:
    """Return the settings of *user*. Raise `Unknown` for a stranger."""
    settings = identities.settings(user)
    if settings is None:
        raise Unknown(f"There is no user {user}.")
    return settings
