"""What Igor's old plugin ``fitbit`` left in its database, and how its measurements become records.

Measured on a real Igor: everything is text there, empty lists are gone, and whatever the value
of ``system``, the old plugin fetched pounds and miles.
"""

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import NamedTuple

from healthrelay.core.errors import BadRequest
from healthrelay.core.json import Json
from healthrelay.core.measurements.catalogue import METRIC, SERIES, Kind
from healthrelay.core.measurements.days import parse_day
from healthrelay.core.measurements.reading import parse
from healthrelay.core.measurements.records import Record
from healthrelay.core.measurements.units import DIMENSIONS, convert, exact, number, text

Element = Mapping[str, Json]


class LegacyPerson(NamedTuple):
    """One person in the old plugin's data."""

    name: str
    settings: Mapping[str, str] = {}
    series: Mapping[str, Sequence[Json]] = {}
    """From ``sensors/fitbit/<name>``: element name → its values, texts at the leaves."""
    connected: bool = False
    """Whether a token was stored."""
    actions: Sequence[Mapping[str, str]] = ()
    """The arguments of the actions that fetched for them."""


class LegacyData(NamedTuple):
    """All data of the old plugin."""

    people: tuple[LegacyPerson, ...] = ()
    application: tuple[str, ...] = ()
    """The names of the plugin's own values, such as ``client_id``."""


class Converted(NamedTuple):
    """The records of one series, and reason → the number of elements left out."""

    records: tuple[Record, ...]
    left_out: Mapping[str, int]


def convert_records(series: str, elements: Sequence[Json], system: str, today: date) -> Converted:
    """Return the *elements* of *series*, whose units are those of *system*, as a provider would."""
    shape = _find_shape(series)
    if shape is None:
        return Converted((), {"healthrelay reads these only from the provider": len(elements)})
    records: dict[str, Record] = {}
    left_out: dict[str, int] = {}
    for element in elements:
        try:
            record = _convert_record(series, element, shape, system)
            parse_day(SERIES[series].day, record.when[:10], today)
        except (TypeError, ValueError, ArithmeticError):
            reason = "not an element of this series"
        except BadRequest as error:
            reason = error.sentence.rstrip(".")
        except NoMeasurement:
            reason = "nothing was measured"
        else:
            records[record.key] = record
            continue
        left_out[reason] = left_out.get(reason, 0) + 1
    return Converted(tuple(records.values()), left_out)


class NoMeasurement(Exception):
    """The element of a day without a measurement: such a day is absent, never 0."""


Shape = Callable[[str, Element, str], dict[str, Json]]


def _convert_record(series: str, element: Json, shape: Shape, system: str) -> Record:
    if not isinstance(element, dict):
        raise ValueError("an element without members")
    (record,), _ = parse(series, [shape(series, element, system)])
    return record


def _find_shape(series: str) -> Shape | None:
    if series in ("weight", "fat"):
        return _convert_log_entry
    if series == "activities-heart":
        return _convert_heart
    row = SERIES.get(series)
    return _convert_daily if row and row.kind is Kind.DAILY and row.key == "dateTime" else None


def _convert_daily(series: str, element: Element, system: str) -> dict[str, Json]:
    """``{"dateTime": "2020-01-01", "value": "74.979"}``: the value stays a text, as it came."""
    row, raw = SERIES[series], element.get("value")
    if not isinstance(raw, str) or not raw:
        raise ValueError("an element without a value")
    if row.value != "value":  # a time of day, and the like
        return {"dateTime": element.get("dateTime"), "value": raw}
    value = exact(raw)
    if not value:
        raise NoMeasurement
    result = _to_metric(value, row.unit, system)
    return {"dateTime": element.get("dateTime"), "value": raw if result == value else text(result)}


def _convert_log_entry(series: str, element: Element, system: str) -> dict[str, Json]:
    """Return a log entry, where the legacy API gives numbers: ``{"weight": 53.615, …}``."""
    entry: dict[str, Json] = {}
    for name, value in element.items():
        numeric = name in ("bmi", "fat", "logId", "weight")
        entry[name] = number(exact(value)) if numeric else value
    if not entry.get(series):
        raise NoMeasurement
    if series == "weight":
        entry["weight"] = number(_to_metric(exact(element["weight"]), "mass", system))
    return entry


def _convert_heart(_: str, element: Element, __: str) -> dict[str, Json]:
    """Return a day's zones and resting rate; Igor drops empty lists."""
    value = element.get("value")
    if not isinstance(value, dict):
        raise ValueError("a day without zones")
    custom, zones = (
        [_convert_zone(zone) for zone in _as_list(value.get(name))]
        for name in ("customHeartRateZones", "heartRateZones")
    )
    day: dict[str, Json] = {"customHeartRateZones": [*custom], "heartRateZones": [*zones]}
    if "restingHeartRate" in value:
        day["restingHeartRate"] = number(exact(value["restingHeartRate"]))
    elif not any(zone.get("minutes") for zone in (*custom, *zones)):
        raise NoMeasurement
    return {"dateTime": element.get("dateTime"), "value": day}


def _convert_zone(value: Json) -> dict[str, Json]:
    if not isinstance(value, dict):
        raise ValueError("a zone without members")
    return {name: v if name == "name" else number(exact(v)) for name, v in value.items()}


def _as_list(value: Json) -> Sequence[Json]:
    """Return *value* as a list: Igor's XML does not mark a list of one element."""
    if value in (None, ""):
        return []
    return value if isinstance(value, list) else [value]


def _to_metric(value: Decimal, dimension: str, system: str) -> Decimal:
    """Return *value* as it is if *dimension* is none that follows the system."""
    return convert(value, dimension, system, METRIC) if dimension in DIMENSIONS else value
