"""The data types of the Health API, a row each. A type without a source has no data here."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from enum import Enum

from sandbox.decimals import number
from sandbox.google import points
from sandbox.google.errors import refused
from sandbox.google.points import Period, Point, Points
from sandbox.google.values import Json
from sandbox.wearer import Wearer

ACTIVITY = "activity_and_fitness"
HEALTH = "health_metrics_and_measurements"
_ACTIONS = {"l": "list", "r": "reconcile", "g": "get", "R": "rollUp", "d": "dailyRollUp"}


class Record(Enum):
    """How a data type is timed."""

    SAMPLE = "sample"
    INTERVAL = "interval"
    DAILY = "daily"
    SESSION = "session"
    NONE = "none"


RollUp = Callable[[list[Decimal]], Json]


def _nothing(_wearer: Wearer, _period: Period) -> Iterator[Point]:
    return iter(())


def _nothing_rolled(_amounts: list[Decimal]) -> Json:
    return {}


@dataclass(frozen=True, slots=True, kw_only=True)
class DataType:
    """One row: *ops* are l(ist) r(econcile) g(et) R(ollUp) d(ailyRollUp), *cap* days a roll-up."""

    id: str
    record: Record
    ops: str
    scope: str
    cap: int = 90
    page_size: int = 1440
    max_page_size: int = 10_000
    named: bool = False
    points: Points = _nothing
    roll_up: RollUp = _nothing_rolled

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


def find(type_id: str) -> DataType:
    """The row of *type_id*, as it stands in the URL."""
    for row in ROWS:
        if row.id == type_id:
            return row
    raise refused(
        "INVALID_PARENT_DATA_TYPE_COLLECTION",
        f"Invalid data type ID referenced in the parent data type collection: {type_id}.",
    )


def _sum(member: str, *, text: bool = True) -> RollUp:
    def roll(amounts: list[Decimal]) -> Json:
        return {member: str(sum(amounts)) if text else number(sum(amounts, Decimal(0)))}

    return roll


def _average(member: str) -> RollUp:
    def roll(amounts: list[Decimal]) -> Json:
        return {member: number(sum(amounts, Decimal(0)) / len(amounts))}

    return roll


def _rows(record: Record, ops: str, scope: str, *ids: str) -> tuple[DataType, ...]:
    return tuple(DataType(id=i, record=record, ops=ops, scope=scope) for i in ids)


_S, _I, _D, _X, _N = Record.SAMPLE, Record.INTERVAL, Record.DAILY, Record.SESSION, Record.NONE

ROWS: tuple[DataType, ...] = (
    DataType(
        id="weight",
        record=_S,
        ops="lrgRd",
        scope=HEALTH,
        named=True,
        points=points.weights,
        roll_up=_average("weightGramsAvg"),
    ),
    DataType(
        id="body-fat",
        record=_S,
        ops="lrgRd",
        scope=HEALTH,
        named=True,
        points=points.fats,
        roll_up=_average("bodyFatPercentageAvg"),
    ),
    DataType(id="height", record=_S, ops="lrg", scope=HEALTH, named=True, points=points.heights),
    DataType(
        id="steps",
        record=_I,
        ops="lrRd",
        scope=ACTIVITY,
        points=points.minutes(lambda day: day.steps, "count"),
        roll_up=_sum("countSum"),
    ),
    DataType(
        id="distance",
        record=_I,
        ops="lrRd",
        scope=ACTIVITY,
        points=points.minutes(lambda day: day.millimeters, "millimeters"),
        roll_up=_sum("millimetersSum"),
    ),
    DataType(
        id="floors",
        record=_I,
        ops="rRd",
        scope=ACTIVITY,
        points=points.minutes(lambda day: day.floors, "count"),
        roll_up=_sum("countSum"),
    ),
    DataType(
        id="total-calories",
        record=_N,
        ops="Rd",
        scope=ACTIVITY,
        cap=14,
        points=points.minutes(lambda day: day.kcal, "kcal", text=False),
        roll_up=_sum("kcalSum", text=False),
    ),
    DataType(id="calories-in-heart-rate-zone", record=_N, ops="Rd", scope=ACTIVITY, cap=14),
    DataType(id="active-minutes", record=_I, ops="lrRd", scope=ACTIVITY, cap=14),
    DataType(id="heart-rate", record=_S, ops="lrRd", scope=HEALTH, cap=14),
    DataType(
        id="sleep", record=_X, ops="lrg", scope="sleep", page_size=25, max_page_size=25, named=True
    ),
    DataType(
        id="exercise",
        record=_X,
        ops="lrg",
        scope=ACTIVITY,
        page_size=25,
        max_page_size=25,
        named=True,
    ),
    DataType(id="electrocardiogram", record=_X, ops="l", scope="ecg"),
    DataType(id="irregular-rhythm-notification", record=_X, ops="l", scope="irn"),
    *_rows(_I, "lrRd", ACTIVITY, "altitude", "active-energy-burned", "active-zone-minutes"),
    *_rows(_I, "lrRd", ACTIVITY, "sedentary-period", "time-in-heart-rate-zone"),
    *_rows(_I, "lrRd", ACTIVITY, "swim-lengths-data"),
    *_rows(_I, "lr", ACTIVITY, "basal-energy-burned", "activity-level"),
    *_rows(_S, "lr", ACTIVITY, "vo2-max"),
    *_rows(_S, "lrRd", ACTIVITY, "run-vo2-max"),
    *_rows(_D, "lr", ACTIVITY, "daily-vo2-max"),
    *_rows(_D, "lr", HEALTH, "daily-resting-heart-rate", "daily-heart-rate-zones"),
    *_rows(_D, "lr", HEALTH, "daily-heart-rate-variability", "daily-oxygen-saturation"),
    *_rows(_D, "lr", HEALTH, "daily-respiratory-rate", "daily-sleep-temperature-derivations"),
    *_rows(_S, "lr", HEALTH, "heart-rate-variability", "oxygen-saturation"),
    *_rows(_S, "lr", HEALTH, "respiratory-rate-sleep-summary"),
    *_rows(_S, "lrgRd", HEALTH, "core-body-temperature", "blood-glucose"),
    *_rows(_X, "lrgRd", "nutrition", "hydration-log", "nutrition-log"),
    *_rows(_N, "lg", "nutrition", "food", "food-measurement-unit"),
    *_rows(_X, "", "logged_symptoms", "moods", "symptoms"),
    *_rows(_X, "", "reproductive_health", "menstrual-period", "ovulation-test"),
)
