"""The settings that the owner keeps for a person.

They lie where the old plugin kept them, ``identities/<user>/plugindata/fitbit``: the
methods to call and the defaults of their arguments, one text each; how often to fetch; their zone.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta

from healthrelay.core.errors import BadRequest
from healthrelay.core.measurements.days import is_zone
from healthrelay.core.measurements.methods import ARGUMENTS

SETTINGS = (*sorted(ARGUMENTS | {"methods"}), "interval", "timezone")
MAX_VALUE = 500
INTERVAL = 36_000
"""Seconds between two fetches, as the old plugin had it, unless the person's settings differ."""
SHORTEST, LONGEST = 900, 604_800


def checked_settings(values: Mapping[str, str]) -> dict[str, str]:
    """Return *values* when each is a setting that a person can have."""
    for name, value in values.items():
        if name not in SETTINGS:
            raise BadRequest(f"There is no setting '{name[:40]}'; {', '.join(SETTINGS)} are.")
        if len(value) > MAX_VALUE or not value.isprintable():
            raise BadRequest(f"The setting {name} takes at most {MAX_VALUE} printable characters.")
    if "timezone" in values and not is_zone(values["timezone"]):
        raise BadRequest("timezone takes a name like Europe/Amsterdam.")
    interval(values)
    return dict(values)


def interval(settings: Mapping[str, str]) -> timedelta:
    """How long from one fetch to the next. Raises `BadRequest` for what is no such number."""
    text = settings.get("interval") or str(INTERVAL)
    if text.isascii() and text.isdigit() and len(text) <= 6 and SHORTEST <= int(text) <= LONGEST:
        return timedelta(seconds=int(text))
    raise BadRequest(f"interval takes {SHORTEST} to {LONGEST} seconds.")
