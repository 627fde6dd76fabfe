"""The application's own values, some of them sealed, changed without losing anybody's change."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

from healthrelay.core.errors import Conflict

if TYPE_CHECKING:
    from healthrelay.ports.store import Identities

SEALED = ("client_secret", "igor_token", "igor_password")
"""The values that lie sealed, each at its own `place`."""


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
