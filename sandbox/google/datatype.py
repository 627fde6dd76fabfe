"""What a data type of the Health API is: how it is timed, who may read it, what it offers."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from enum import Enum

from sandbox.google.errors import refused
from sandbox.google.points import Period, Point, Points
from sandbox.google.sums import RollUp
from sandbox.google.values import Json
from sandbox.wearer import Wearer

_ACTIONS = {"l": "list", "r": "reconcile", "g": "get", "R": "rollUp", "d": "dailyRollUp"}


class Record(Enum):
    """How a data type is timed."""

    SAMPLE = "sample"
    INTERVAL = "interval"
    DAILY = "daily"
    SESSION = "session"
    NONE = "none"


def _nothing(_wearer: Wearer, _period: Period) -> Iterator[Point]:
    return iter(())


def _roll_nothing(_points: list[Point]) -> Json:
    return {}


@dataclass(frozen=True, slots=True, kw_only=True)
class DataType:
    """One row: *ops* are l(ist) r(econcile) g(et) R(ollUp) d(ailyRollUp), *cap* days a roll-up.

    A type with *days* has so many points that only as many as needed are made, day by day.
    """

    id: str
    record: Record
    ops: str
    scope: str
    cap: int = 90
    page_size: int = 1440
    max_page_size: int = 10_000
    named: bool = False
    points: Points = _nothing
    roll_up: RollUp = _roll_nothing
    days: Callable[[Wearer], Iterable[date]] | None = None

    @property
    def key(self) -> str:
        """The type's name in JSON."""
        first, *rest = self.id.split("-")
        return first + "".join(word.capitalize() for word in rest)

    @property
    def prefix(self) -> str:
        """The type's name in filters."""
        return self.id.replace("-", "_")

    def check(self, op: str) -> None:
        """Refuse an operation the type does not have."""
        if op not in self.ops:
            allowed = ", ".join(_ACTIONS[o] for o in self.ops if o in _ACTIONS)
            raise refused(
                "UNSUPPORTED_DATA_TYPE_ACTION",
                f"{_ACTIONS[op]} is not supported for data type {self.id}, "
                f"but the following actions are supported: {allowed}",
                allowed_actions=allowed,
            )
