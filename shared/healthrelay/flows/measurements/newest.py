"""The newest value that is stored of what a person knows themselves by."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from healthrelay.core.measurements.catalogue import SERIES
from healthrelay.core.measurements.units import unit_of
from healthrelay.flows.presenter import presenter

if TYPE_CHECKING:
    from healthrelay.core.json import Json
    from healthrelay.ports.store import Store

_WEIGHTS = ("weight", "body-weight")
"""The log tells the time of day: of equal days it is the newer one."""


class Newest(NamedTuple):
    """A value in the household's unit, and its local day as ISO text."""

    value: Json
    unit: str
    day: str


def newest_weight(user: str, store: Store, system: str) -> Newest | None:
    """Return the newest weight of *user* in the units of *system*; None where there is none."""
    records = store.records.named(user, dict.fromkeys(_WEIGHTS))
    if not records:
        return None
    newest = max(records, key=lambda record: record.when)
    row = SERIES[newest.series]
    value = presenter(user, [newest], store.records, system)(newest)[row.value]
    return Newest(value, unit_of("mass", system).symbol, newest.when[:10])
