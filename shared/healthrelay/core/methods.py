"""The reading methods a caller may name, what each takes, and which series each gives.

The names are those of ``fitbit.Fitbit``, the package that the old plugin exposed. What is
not in this table, above all everything that writes, does not exist for a caller.
"""

from __future__ import annotations

from dataclasses import dataclass

from healthrelay.core.catalogue import SERIES
from healthrelay.core.errors import BadRequest

DATES = frozenset({"base_date", "period", "end_date"})


@dataclass(frozen=True, slots=True)
class Method:
    """One reading method. With *resources* it gives the series that its resource names."""

    name: str
    series: tuple[str, ...] = ()
    resources: tuple[str, ...] = ()
    arguments: frozenset[str] = DATES

    def gives(self, resource: str | None) -> str:
        """The series for *resource*: Fitbit names it by turning ``/`` into ``-``."""
        if not self.resources:
            return self.series[0]
        if not resource:
            raise BadRequest(f"{self.name} needs a resource, such as {self.resources[0]}.")
        if resource not in self.resources:
            raise BadRequest(f"{self.name} has no such resource; {', '.join(self.resources)} are.")
        return resource.replace("/", "-")


def _resources() -> tuple[str, ...]:
    """``body/weight`` for the series ``body-weight``, for all that have one value a day."""
    return tuple(name.replace("-", "/", 1) for name, row in SERIES.items() if row.key == "dateTime")


METHODS: dict[str, Method] = {
    row.name: row
    for row in (
        Method("get_bodyweight", series=("weight",)),
        Method("get_bodyfat", series=("fat",)),
        Method("time_series", resources=_resources(), arguments=DATES | {"resource"}),
    )
}
ARGUMENTS = frozenset[str]().union(*(row.arguments for row in METHODS.values()))


def method(name: str) -> Method:
    """The row of *name*; unknown and writing methods are a `BadRequest` alike."""
    if name not in METHODS:
        raise BadRequest(f"There is no such reading method; {', '.join(METHODS)} are.")
    return METHODS[name]
