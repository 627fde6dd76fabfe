"""People exist when the owner has made them; their settings are the owner's to change."""

from __future__ import annotations

from collections.abc import Mapping

from healthrelay.core.errors import BadRequest, Unknown
from healthrelay.core.people import checked_settings, user_name
from healthrelay.ports import Identities


def add(user: str, settings: Mapping[str, str], identities: Identities) -> None:
    """Make the person. Raises `BadRequest` for one who exists."""
    if identities.settings(user_name(user)) is not None:
        raise BadRequest(f"There is a user {user} already.", 409)
    identities.save(user, checked_settings(settings))


def change(user: str, settings: Mapping[str, str], identities: Identities) -> dict[str, str]:
    """Set some of the person's settings; an empty value takes one away. Returns them all."""
    stored = identities.settings(user_name(user))
    if stored is None:
        raise Unknown(f"There is no user {user}.")
    merged = {**stored, **checked_settings({k: v for k, v in settings.items() if v})}
    kept = {name: value for name, value in merged.items() if settings.get(name) != ""}
    identities.save(user, kept)
    return kept


def remove(user: str, identities: Identities) -> None:
    """Forget the person: settings, grant, poll key, measurements and log, all at once."""
    if not identities.remove(user_name(user)):
        raise Unknown(f"There is no user {user}.")
