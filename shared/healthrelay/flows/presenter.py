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


def presenter(user: str, known: Collection[Record], records: Records, system: str) -> Show:
    """Return how the records *known* of *user*, all there are, are given out in *system*.

    What an earlier version stored in two units stays as it is: nobody knows which are which.
    """
    before = "" if all(record.origin for record in known) else records.ledger(user).units
    if system == METRIC and before in ("", METRIC):
        return as_stored
    from healthrelay.core.measurements.mixed_units import mixed_series  # noqa: PLC0415 - as above
    from healthrelay.core.measurements.presentation import present  # noqa: PLC0415 - not if metric

    mixed = mixed_series(known, before) if before not in ("", system) else {}

    def show(record: Record) -> Mapping[str, Json]:
        if not record.origin and record.series in mixed:
            return record.data
        return present(record, system, before)

    return show
