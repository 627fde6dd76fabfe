"""Whether the weights that an earlier version stored are all in one unit.

It stored what it read in the unit system that was set then, so a series may have had two. Only a
mass betrays that: a day's way may well be half of the day before, a person's weight may not.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from decimal import Decimal
from itertools import pairwise

from healthrelay.core.json import Json
from healthrelay.core.measurements.catalogue import METRIC, SERIES
from healthrelay.core.measurements.presentation import MASS, MEMBERS
from healthrelay.core.measurements.records import Record
from healthrelay.core.measurements.units import DIMENSIONS, exact, unit_of

WEIGHED: dict[str, str] = {
    series: name
    for series, members in MEMBERS.items()
    for name, measure in members.items()
    if measure == MASS and SERIES[series].day
}
"""Series of weights by the day → the member that is one."""

# A pound is 0.4536 kg and a stone 14 lb: between two units lie factors of 2.2046, 6.3503 and 14.
_SIZES = [unit.size for unit in DIMENSIONS["mass"].values()]
FACTORS = tuple(one / other for one in _SIZES for other in _SIZES if one > other)
MARGIN = Decimal("0.2")
"""By so much two weighings in a row may differ beside the factor: weeks lie between some. Nobody's
weight halves or doubles between two."""


def mixed_series(records: Iterable[Record], units_before: str) -> dict[str, list[Record]]:
    """Return the series whose records without an origin are not all in the system *units_before*.

    Series → those records, in the order of their times. Such with an origin are metric.
    """
    return {
        series: [record for record in weighed if not record.origin]
        for series, weighed in _by_series(records).items()
        if _has_jump(weighed, WEIGHED[series], units_before)
    }


def likely_system(records: Collection[Record], assumed: str) -> str:
    """Return the system of the records without an origin: *assumed*, unless another fits better.

    That shows beside those that have an origin.
    """
    systems = dict.fromkeys([assumed, *DIMENSIONS["mass"]])
    return min(systems, key=lambda system: len(mixed_series(records, system)))


def _by_series(records: Iterable[Record]) -> dict[str, list[Record]]:
    by_series: dict[str, list[Record]] = {}
    for record in records:
        if record.series in WEIGHED:
            by_series.setdefault(record.series, []).append(record)
    return {series: sorted(one, key=lambda r: (r.when, r.key)) for series, one in by_series.items()}


def _has_jump(weighed: Iterable[Record], member: str, units_before: str) -> bool:
    """Return whether the unit changes where a record without an origin is next to another one."""
    weights = [
        (grams, bool(record.origin))
        for record in weighed
        if (grams := _grams(record.data, member, METRIC if record.origin else units_before))
    ]
    return any(
        _is_another_unit(max(one, other) / min(one, other))
        for (one, known), (other, also_known) in pairwise(weights)
        if not (known and also_known)
    )


def _grams(data: Mapping[str, Json], member: str, system: str) -> Decimal | None:
    """Return a mass; None where it is no number above zero."""
    try:
        value = exact(data.get(member))
    except (TypeError, ValueError, ArithmeticError):
        return None
    return value * unit_of("mass", system).size if value > 0 else None


def _is_another_unit(ratio: Decimal) -> bool:
    return any(abs(ratio / factor - 1) < MARGIN for factor in FACTORS)
