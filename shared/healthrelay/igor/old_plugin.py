"""What Igor's old plugin ``fitbit`` left in its database, and how its measurements become records.

Measured on a real Igor: everything is text there, an empty list has vanished, and whatever
``system`` said, the old plugin asked for pounds and miles.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import NamedTuple

from healthrelay.core.errors import BadRequest
from healthrelay.core.json import Json
from healthrelay.core.measurements.catalogue import SERIES, Kind
from healthrelay.core.measurements.days import parse_day
from healthrelay.core.measurements.records import Record, parse
from healthrelay.core.measurements.units import converted, exact, number, text

MAX_DIGITS = 18

Element = Mapping[str, Json]


class Person(NamedTuple):
    """One person as the old plugin knew them."""

    name: str
    settings: Mapping[str, str] = {}
    series: Mapping[str, Sequence[Json]] = {}
    """What lay under ``sensors/fitbit/<name>``: element name → its values, texts at the leaves."""
    connected: bool = False
    """Whether they had given their consent."""
    actions: Sequence[Mapping[str, str]] = ()
    """The arguments of the actions that fetched for them."""


class Left(NamedTuple):
    """All that it left."""

    people: tuple[Person, ...] = ()
    application: tuple[str, ...] = ()
    """The names of the plugin's own values, such as ``client_id``."""


class Units(NamedTuple):
    """The systems that values were written in, and are wanted in."""

    given: str
    wanted: str


class Found(NamedTuple):
    """The records of one series, and why how many elements could not become some."""

    records: tuple[Record, ...]
    left_out: Mapping[str, int]


def records(series: str, elements: Sequence[Json], units: Units, today: date) -> Found:
    """The *elements* of *series* in the shape and units in which a provider would tell them."""
    shape = _shape(series)
    if shape is None:
        return Found((), {"healthrelay reads these only from the provider": len(elements)})
    found: dict[str, Record] = {}
    left_out: dict[str, int] = {}
    for element in elements:
        try:
            record = _record(series, element, shape, units)
            parse_day(SERIES[series].day, record.when[:10], today)
        except (TypeError, ValueError, ArithmeticError):
            reason = "no element of this series"
        except BadRequest as error:
            reason = error.sentence.rstrip(".")
        except Nothing:
            reason = "nothing was measured"
        else:
            found[record.key] = record
            continue
        left_out[reason] = left_out.get(reason, 0) + 1
    return Found(tuple(found.values()), left_out)


class Nothing(Exception):
    """An element that stands for a day without a measurement: such a day is absent, never 0."""


Shape = Callable[[str, Element, Units], dict[str, Json]]


def _record(series: str, element: Json, shape: Shape, units: Units) -> Record:
    if not isinstance(element, dict):
        raise ValueError("an element without members")
    (record,) = parse(series, [shape(series, element, units)])
    return record


def _shape(series: str) -> Shape | None:
    if series in ("weight", "fat"):
        return _log_entry
    if series == "activities-heart":
        return _heart
    row = SERIES.get(series)
    return _daily if row and row.kind is Kind.DAILY and row.key == "dateTime" else None


def _daily(series: str, element: Element, units: Units) -> dict[str, Json]:
    """``{"dateTime": "2020-01-01", "value": "74.979"}``: the value stays a text, as it came."""
    row, said = SERIES[series], element.get("value")
    if not isinstance(said, str) or not said:
        raise ValueError("an element without a value")
    if row.value != "value":  # a time of day, and the like
        return {"dateTime": element.get("dateTime"), "value": said}
    value = _plain(said)
    if not value:
        raise Nothing
    there = converted(value, row.unit, units.given, units.wanted)
    return {"dateTime": element.get("dateTime"), "value": said if there == value else text(there)}


def _log_entry(series: str, element: Element, units: Units) -> dict[str, Json]:
    """An entry of a log, where the legacy API gives numbers: ``{"weight": 53.615, …}``."""
    entry: dict[str, Json] = {}
    for name, said in element.items():
        numeric = name in ("bmi", "fat", "logId", "weight")
        entry[name] = number(_plain(said)) if numeric else said
    if not entry.get(series):
        raise Nothing
    if series == "weight":
        entry["weight"] = number(converted(_plain(element["weight"]), "mass", *units))
    return entry


def _heart(_: str, element: Element, __: Units) -> dict[str, Json]:
    """A day's zones and resting rate; Igor has dropped the lists that were empty."""
    value = element.get("value")
    if not isinstance(value, dict):
        raise ValueError("a day without zones")
    custom, zones = (
        [_zone(zone) for zone in _listed(value.get(name))]
        for name in ("customHeartRateZones", "heartRateZones")
    )
    there: dict[str, Json] = {"customHeartRateZones": [*custom], "heartRateZones": [*zones]}
    if "restingHeartRate" in value:
        there["restingHeartRate"] = number(_plain(value["restingHeartRate"]))
    elif not any(zone.get("minutes") for zone in (*custom, *zones)):
        raise Nothing
    return {"dateTime": element.get("dateTime"), "value": there}


def _zone(said: Json) -> dict[str, Json]:
    if not isinstance(said, dict):
        raise ValueError("a zone without members")
    return {name: v if name == "name" else number(_plain(v)) for name, v in said.items()}


def _listed(said: Json) -> Sequence[Json]:
    """Of a list with one element Igor's XML keeps no sign that it was one."""
    if said in (None, ""):
        return []
    return said if isinstance(said, list) else [said]


def _plain(said: Json) -> Decimal:
    """A number of a size that something measured can have."""
    value = exact(said)
    if value.adjusted() > MAX_DIGITS:
        raise ValueError("a number beyond all measure")
    return value
