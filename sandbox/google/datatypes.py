"""The data types of the Health API, a row each. A type without points has no data here."""

from __future__ import annotations

from sandbox.decimals import number
from sandbox.google import activity, heart, logs, nights, points, sums
from sandbox.google.datatype import DataType, Record
from sandbox.google.errors import refused
from sandbox.google.points import Points
from sandbox.google.sources import from_two_sources
from sandbox.google.sums import RollUp

ACTIVITY = "activity_and_fitness"
HEALTH = "health_metrics_and_measurements"
_S, _I, _D, _X, _N = Record.SAMPLE, Record.INTERVAL, Record.DAILY, Record.SESSION, Record.NONE


def find(type_id: str) -> DataType:
    """Return the row of *type_id*, as it stands in the URL."""
    for row in ROWS:
        if row.id == type_id:
            return row
    raise refused(
        "INVALID_PARENT_DATA_TYPE_COLLECTION",
        f"Invalid data type ID referenced in the parent data type collection: {type_id}.",
    )


def _rows(record: Record, ops: str, scope: str, *ids: str) -> tuple[DataType, ...]:
    return tuple(DataType(id=i, record=record, ops=ops, scope=scope) for i in ids)


def _activity(type_id: str, points: Points, roll_up: RollUp, ops: str = "lrRd") -> DataType:
    return DataType(id=type_id, record=_I, ops=ops, scope=ACTIVITY, points=points, roll_up=roll_up)


def _roll_up_only(type_id: str, points: Points, roll_up: RollUp) -> DataType:
    """Return a type that exists as a roll-up only."""
    return DataType(
        id=type_id, record=_N, ops="Rd", scope=ACTIVITY, cap=14, points=points, roll_up=roll_up
    )


def _daily(type_id: str, points: Points, scope: str = HEALTH) -> DataType:
    both = from_two_sources(points)
    return DataType(id=type_id, record=_D, ops="lr", scope=scope, points=both)


def _sample(type_id: str, points: Points, member: str) -> DataType:
    return DataType(
        id=type_id,
        record=_S,
        ops="lrgRd",
        scope=HEALTH,
        named=True,
        points=points,
        roll_up=sums.average(member),
    )


def _session(type_id: str, scope: str, points: Points) -> DataType:
    return DataType(
        id=type_id,
        record=_X,
        ops="lrg",
        scope=scope,
        page_size=25,
        max_page_size=25,
        named=True,
        points=points,
    )


def _log(type_id: str, points: Points, roll_up: RollUp) -> DataType:
    return DataType(
        id=type_id,
        record=_X,
        ops="lrgRd",
        scope="nutrition",
        named=True,
        points=points,
        roll_up=roll_up,
    )


_COUNT, _KCAL = sums.total("countSum"), sums.total("kcalSum", number)
_STEPS = activity.counts(lambda day: day.steps, "count")
_DISTANCE = activity.counts(lambda day: day.millimeters, "millimeters")
_FLOORS = activity.counts(lambda day: day.floors, "count")
_ALTITUDE = activity.counts(lambda day: day.climbed_mm, "gainMillimeters")

ROWS: tuple[DataType, ...] = (
    _sample("weight", points.weights, "weightGramsAvg"),
    _sample("body-fat", points.fats, "bodyFatPercentageAvg"),
    _sample("blood-glucose", points.glucoses, "bloodGlucoseMilligramsPerDeciliterAvg"),
    DataType(id="height", record=_S, ops="lrg", scope=HEALTH, named=True, points=points.heights),
    _activity("steps", _STEPS, _COUNT),
    _activity("distance", _DISTANCE, sums.total("millimetersSum")),
    _activity("floors", _FLOORS, _COUNT, "rRd"),
    _activity("altitude", _ALTITUDE, sums.total("gainMillimetersSum")),
    _activity("active-energy-burned", activity.energies(lambda day: day.active_kcal), _KCAL),
    _activity("basal-energy-burned", activity.energies(lambda day: day.basal_kcal), _KCAL, "lr"),
    _roll_up_only("total-calories", activity.energies(lambda day: day.kcal), _KCAL),
    DataType(
        id="active-minutes",
        record=_I,
        ops="lrRd",
        scope=ACTIVITY,
        cap=14,
        points=activity.active_minutes,
        roll_up=sums.each(
            "activeMinutesRollupByActivityLevel", "activityLevel", "activeMinutesSum", sums.text
        ),
    ),
    _activity("active-zone-minutes", heart.active_zone_minutes, sums.zone_minutes),
    _activity(
        "activity-level",
        activity.levels,
        sums.each(
            "activityLevelRollupsByActivityLevelType",
            "activityLevelType",
            "totalDuration",
            sums.seconds,
        ),
    ),
    _activity("sedentary-period", activity.sedentary, sums.total("durationSum", sums.seconds)),
    _activity(
        "time-in-heart-rate-zone",
        heart.time_in_zone,
        sums.each("timeInHeartRateZones", "heartRateZone", "duration", sums.seconds),
    ),
    _roll_up_only(
        "calories-in-heart-rate-zone",
        heart.calories_in_zone,
        sums.each("caloriesInHeartRateZones", "heartRateZone", "kcal", number),
    ),
    DataType(
        id="heart-rate",
        record=_S,
        ops="lrRd",
        scope=HEALTH,
        cap=14,
        points=heart.rates,
        days=lambda wearer: wearer.hearts,
        roll_up=sums.spread("beatsPerMinute"),
    ),
    _daily("daily-resting-heart-rate", heart.resting),
    _daily("daily-heart-rate-zones", heart.zones),
    _daily("daily-heart-rate-variability", nights.daily(nights.variability)),
    _daily("daily-oxygen-saturation", nights.daily(nights.oxygen)),
    _daily("daily-respiratory-rate", nights.daily(nights.breathing)),
    _daily("daily-sleep-temperature-derivations", nights.daily(nights.temperature)),
    _daily("daily-vo2-max", nights.daily(nights.fitness), ACTIVITY),
    _session("sleep", "sleep", nights.sleeps),
    _session("exercise", ACTIVITY, logs.exercises),
    _log(
        "hydration-log",
        logs.drinks,
        lambda points: {"amountConsumed": sums.total("millilitersSum", number)(points)},
    ),
    _log("nutrition-log", logs.foods, logs.eaten),
    DataType(id="electrocardiogram", record=_X, ops="l", scope="ecg"),
    DataType(id="irregular-rhythm-notification", record=_X, ops="l", scope="irn"),
    *_rows(_I, "lrRd", ACTIVITY, "swim-lengths-data"),
    DataType(id="vo2-max", record=_S, ops="lr", scope=ACTIVITY, points=nights.fitness_samples),
    DataType(
        id="run-vo2-max",
        record=_S,
        ops="lrRd",
        scope=ACTIVITY,
        points=nights.run_fitness_samples,
        roll_up=sums.spread("rate"),
    ),
    *_rows(_S, "lr", HEALTH, "heart-rate-variability", "oxygen-saturation"),
    *_rows(_S, "lr", HEALTH, "respiratory-rate-sleep-summary"),
    *_rows(_S, "lrgRd", HEALTH, "core-body-temperature"),
    *_rows(_N, "lg", "nutrition", "food"),
    DataType(
        id="food-measurement-unit",
        record=_N,
        ops="lg",
        scope="nutrition",
        named=True,
        points=logs.food_units,
    ),
    *_rows(_X, "", "logged_symptoms", "moods", "symptoms"),
    *_rows(_X, "", "reproductive_health", "menstrual-period", "ovulation-test"),
)
