"""In which units a person's records are given out."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import TYPE_CHECKING

from healthrelay.core.measurements.catalogue import METRIC
from healthrelay.core.measurements.records import as_stored

if TYPE_CHECKING:
    from healthrelay.core.json import Json
    from healthrelay.core.measurements.records import Record, Show
    from healthrelay.ports.store import Records


def presenter(user: str, given: Collection[Record], records: Records, system: str) -> Show:
    """Return how *given*, any or all of the records of *user*, are given out in *system*.

    What an earlier version stored in two units stays as it is: nobody knows which are which. Only
    for such series are more records read than are given.
    """
    before = "" if all(record.origin for record in given) else records.ledger(user).units
    if system == METRIC and before in ("", METRIC):
        return as_stored
    from healthrelay.core.measurements import mixed_units  # noqa: PLC0415 - as below
    from healthrelay.core.measurements.presentation import present  # noqa: PLC0415 - not if metric

    doubtful = {r.series for r in given if not r.origin and r.series in mixed_units.WEIGHED}
    mixed: Collection[str] = ()
    if doubtful and before not in ("", system):
        weighed = records.named(user, dict.fromkeys(sorted(doubtful)))
        mixed = mixed_units.mixed_series(weighed, before)

    def show(record: Record) -> Mapping[str, Json]:
        if not record.origin and record.series in mixed:
            return record.data
        return present(record, system, before)

    return show
