"""The legacy Fitbit Web API through python-fitbit: its answers are our shape already."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from healthrelay.adapters.fitbit.client import BoundedAdapter, Client
from healthrelay.core.digestible import Json
from healthrelay.core.errors import HealthrelayError, TryLater, Unsupported
from healthrelay.core.plan import Read, Source
from healthrelay.core.records import Window
from healthrelay.core.token import Account, Grant
from healthrelay.ports import Raw

FITBIT_SYSTEM = {"en_US": "en_US", "en_GB": "en_GB"}
METRIC = "en_UK"
"""python-fitbit's own word for it: the server takes a locale it does not know as metric."""


@dataclass(frozen=True, slots=True)
class Row:
    """One series: the longest range of a call, and the call."""

    days: int
    ask: Callable[[Any, Read], Any]
    zero_is_nothing: bool = False
    """The server writes "0" for days on which the device lay in a drawer."""


def _log(method: str) -> Callable[[Any, Read], Any]:
    return lambda api, read: getattr(api, method)(base_date=read.start, end_date=read.end)


def _time_series(resource: str) -> Callable[[Any, Read], Any]:
    return lambda api, read: api.time_series(resource, base_date=read.start, end_date=read.end)


# The longest ranges are the server's; a longer one is a validation error.
ROWS: dict[str, Row] = {
    "weight": Row(31, _log("get_bodyweight")),
    "fat": Row(30, _log("get_bodyfat")),
    "body-weight": Row(31, _time_series("body/weight")),
    "body-fat": Row(30, _time_series("body/fat")),
    "body-bmi": Row(1095, _time_series("body/bmi")),
    "activities-steps": Row(1095, _time_series("activities/steps"), zero_is_nothing=True),
}


class LegacyFitbit:
    """Satisfies `healthrelay.ports.Provider`."""

    name = "fitbit"

    def __init__(
        self, url: str, client_id: str, system: str, adapter: BoundedAdapter | None = None
    ) -> None:
        locale = FITBIT_SYSTEM.get(system, METRIC)
        self._client = Client(url, client_id, locale, adapter or BoundedAdapter())

    def account(self, grant: Grant) -> Account:
        """The id comes with the token; the profile, which a wearer may refuse, has the zone."""
        try:
            said = self._client.call(grant.access, lambda api: api.user_profile_get())
        except HealthrelayError:
            said = {}
        profile = said.get("user")
        zone = profile.get("timezone") if isinstance(profile, dict) else None
        return Account(grant.user or "", zone if isinstance(zone, str) else None)

    def needs(self, window: Window) -> tuple[Source, ...]:
        row = ROWS.get(window.series)
        if row is None:
            raise Unsupported(f"python-fitbit cannot read {window.series}.")
        return (Source(window.series, days=row.days),)

    def read(self, access: str, read: Read) -> Sequence[Raw]:
        said = self._client.call(access, lambda api: ROWS[read.source].ask(api, read))
        elements = said.get(read.source)
        if not isinstance(elements, list):
            raise TryLater(f"Fitbit answered without {read.source}.")
        return elements

    def convert(
        self, window: Window, raw: Mapping[str, Sequence[Raw]], account: Account
    ) -> list[dict[str, Json]]:
        idle = ROWS[window.series].zero_is_nothing
        return [
            dict(element)
            for element in raw[window.series]
            if not (idle and isinstance(element, dict) and element.get("value") == "0")
        ]
