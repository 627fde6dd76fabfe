"""People exist when the owner has made them; their settings are the owner's to change."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import TYPE_CHECKING

from healthrelay.core.damage import Damaged
from healthrelay.core.errors import Duplicate
from healthrelay.core.household.settings import KEPT_FROM, checked_settings
from healthrelay.core.igor_json import user_name
from healthrelay.core.measurements.days import CONTINUED_ON
from healthrelay.core.measurements.query import windows
from healthrelay.flows.require import require_connectable

if TYPE_CHECKING:
    from healthrelay.ports.overview import PersonOverview
    from healthrelay.ports.store import Identities


def add(user: str, settings: Mapping[str, str], identities: Identities, today: date) -> None:
    """Make the person. Raise `Duplicate`, and `BadRequest` for settings that cannot be."""
    if identities.settings(user_name(user)) is not None:
        raise Duplicate(f"There is a user {user} already.")
    identities.save(user, check_fetchable(settings, today))


def change(
    user: str, settings: Mapping[str, str], identities: Identities, today: date
) -> dict[str, str]:
    """Set some of the person's settings; an empty value takes one away. Return them all."""
    stored = require_connectable(user_name(user), identities)
    ours = {name: value for name, value in stored.items() if name == CONTINUED_ON}
    merged = {name: stored[name] for name in stored if name not in ours} | dict(settings)
    checked = check_fetchable({name: value for name, value in merged.items() if value}, today)
    identities.save(user, checked | ours)
    return checked


def check_fetchable(settings: Mapping[str, str], today: date) -> dict[str, str]:
    """Return *settings* when a fetch could use them: better refused now than at every fetch.

    Raise `BadRequest`.
    """
    checked = checked_settings(settings)
    windows({}, checked, today)
    return checked


def readable_people(people: Mapping[str, PersonOverview | Damaged]) -> dict[str, PersonOverview]:
    """Return of whom something new may come, in the order in which they were added."""
    return {
        user: one
        for user, one in people.items()
        if not isinstance(one, Damaged) and KEPT_FROM not in one.settings
    }
