"""The settings that the owner keeps for a person.

They lie where the old plugin has them, ``identities/<user>/plugindata/fitbit``: the
methods to call and the defaults of their arguments, one text each; how often to fetch; their zone.
"""

from collections.abc import Mapping
from datetime import timedelta

from healthrelay.core.errors import BadRequest
from healthrelay.core.measurements.days import is_zone
from healthrelay.core.measurements.methods import ARGUMENTS
from healthrelay.core.numbers import whole_number

SETTINGS = (*sorted(ARGUMENTS | {"methods"}), "interval", "timezone")
KEPT_FROM = "kept_from"
"""Of a person who only keeps what another one's earlier account measured: whose, and the id that
they had. They are never connected, and so never fetched. Only a move sets it."""
MAX_VALUE = 500
INTERVAL_SECONDS = 3_600
"""Between two fetches, unless the person's settings differ; the old plugin had 36000."""
MIN_INTERVAL_SECONDS, MAX_INTERVAL_SECONDS = 900, 604_800


def checked_settings(values: Mapping[str, str]) -> dict[str, str]:
    """Return *values* when each is a setting that a person can have. Raise `BadRequest`."""
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
    """Return the time from one fetch to the next. Raise `BadRequest` for no such number."""
    text = settings.get("interval") or str(INTERVAL_SECONDS)
    seconds = whole_number(text) or 0
    if MIN_INTERVAL_SECONDS <= seconds <= MAX_INTERVAL_SECONDS:
        return timedelta(seconds=seconds)
    raise BadRequest(f"interval takes {MIN_INTERVAL_SECONDS} to {MAX_INTERVAL_SECONDS} seconds.")
