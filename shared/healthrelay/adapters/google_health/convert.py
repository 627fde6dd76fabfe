"""From Google Health's data points to the legacy Fitbit shape.

Values are metric base units whatever the account's settings say; the local day of a
sample is its own instant plus its own offset, taken when it was measured.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from healthrelay.core import units
from healthrelay.core.digestible import Json
from healthrelay.core.plan import Source
from healthrelay.ports import Raw

Element = dict[str, Json]
Sources = Mapping[str, Sequence[Raw]]

SOURCE = "google_health"
ROLL_UP_DAYS = 90

WEIGHT = Source("weight")
FAT = Source("body-fat")
HEIGHT = Source("height", dated=False)
STEPS = Source("steps", days=ROLL_UP_DAYS)


@dataclass(frozen=True, slots=True)
class Household:
    """What a conversion needs beside the points: units, and the zone of points without one."""

    system: str
    zone: str | None


@dataclass(frozen=True, slots=True)
class Sample:
    """One measurement at its local time."""

    at: datetime
    value: Decimal
    log_id: int

    @property
    def day(self) -> str:
        return self.at.date().isoformat()


@dataclass(frozen=True, slots=True)
class Row:
    """One series: what must be read for it, and how that becomes its elements."""

    needs: tuple[Source, ...]
    elements: Callable[[Sources, Household], list[Element]]


def weight_log(sources: Sources, home: Household) -> list[Element]:
    """``get_bodyweight``: every weighing, with BMI and fat where they are known."""
    fat = {sample.day: sample for sample in _samples(sources, FAT, "percentage", home)}
    height = _height(sources)
    elements: list[Element] = []
    for sample in _samples(sources, WEIGHT, "weightGrams", home):
        element: Element = {}
        if height:
            element["bmi"] = units.number(units.bmi(sample.value, height))
        element["date"] = sample.day
        if near := fat.get(sample.day):
            element["fat"] = units.number(units.rounded(near.value, 3))
        element |= _log_tail(sample)
        element["weight"] = units.number(units.mass(sample.value, home.system))
        elements.append(element)
    return elements


def fat_log(sources: Sources, home: Household) -> list[Element]:
    """``get_bodyfat``: every measurement of body fat, in percent."""
    return [
        {
            "date": sample.day,
            "fat": units.number(units.rounded(sample.value, 3)),
            **_log_tail(sample),
        }
        for sample in _samples(sources, FAT, "percentage", home)
    ]


def weight_days(sources: Sources, home: Household) -> list[Element]:
    """``body/weight``: the last weight of each day, not Google's average."""
    return _daily(
        _samples(sources, WEIGHT, "weightGrams", home),
        lambda grams: units.mass(grams, home.system),
    )


def fat_days(sources: Sources, home: Household) -> list[Element]:
    """``body/fat``: the last body fat of each day."""
    return _daily(_samples(sources, FAT, "percentage", home), lambda p: units.rounded(p, 3))


def bmi_days(sources: Sources, home: Household) -> list[Element]:
    """``body/bmi``: from the day's weight and the newest height; nothing without a height."""
    height = _height(sources)
    if not height:
        return []
    samples = _samples(sources, WEIGHT, "weightGrams", home)
    return _daily(samples, lambda grams: units.bmi(grams, height))


def roll_up(source: Source, member: str) -> Callable[[Sources, Household], list[Element]]:
    """A daily total. A day without the value has no data, which is not a zero."""
    kind = _member(source)

    def elements(sources: Sources, home: Household) -> list[Element]:
        days = {}
        for point in sources[source.name]:
            total = _value(point, kind, {}).get(member)
            if total is not None:
                days[_civil_day(point["civilStartTime"])] = units.text(Decimal(total))
        return [{"dateTime": day, "value": days[day]} for day in sorted(days)]

    return elements


def _daily(samples: list[Sample], value: Callable[[Decimal], Decimal]) -> list[Element]:
    last = {sample.day: sample for sample in samples}
    return [{"dateTime": day, "value": units.text(value(s.value))} for day, s in last.items()]


def _samples(sources: Sources, source: Source, member: str, home: Household) -> list[Sample]:
    """The points of *source* in the order of their instants."""
    kind = _member(source)
    found = []
    for point in sources[source.name]:
        value = _value(point, kind)
        if member in value:
            instant = datetime.fromisoformat(value["sampleTime"]["physicalTime"])
            local = _local(value["sampleTime"], instant, home.zone)
            number = Decimal(value[member])
            found.append((instant, Sample(local, number, _log_id(point, instant))))
    return [sample for _, sample in sorted(found, key=lambda pair: (pair[0], pair[1].log_id))]


def _value(point: Raw, kind: str, otherwise: Any = None) -> Mapping[str, Any]:
    """The member *kind* of *point*; a point that lacks it is not ours to pass over in silence."""
    value = point.get(kind, otherwise)
    if not isinstance(value, dict):
        raise TypeError(f"a point without {kind}")
    return value


def _height(sources: Sources) -> Decimal | None:
    """The newest height in millimetres."""
    newest = max(
        (
            (point["height"]["sampleTime"]["physicalTime"], point["height"]["heightMillimeters"])
            for point in sources[HEIGHT.name]
            if point.get("height", {}).get("heightMillimeters")
        ),
        default=None,
    )
    return Decimal(newest[1]) if newest else None


def _local(sample_time: Mapping[str, Any], instant: datetime, zone: str | None) -> datetime:
    offset = sample_time.get("utcOffset")
    if offset is not None:
        return instant.replace(tzinfo=None) + timedelta(seconds=float(offset.removesuffix("s")))
    return instant.astimezone(ZoneInfo(zone or "UTC")).replace(tzinfo=None)


def _log_id(point: Raw, instant: datetime) -> int:
    tail = str(point.get("dataPointName", "")).rpartition("/")[2]
    return int(tail) if tail.isascii() and tail.isdigit() else int(instant.timestamp() * 1000)


def _log_tail(sample: Sample) -> Element:
    return {"logId": sample.log_id, "source": SOURCE, "time": f"{sample.at:%H:%M:%S}"}


def _civil_day(civil: Mapping[str, Any]) -> str:
    day = civil["date"]
    return date(day["year"], day["month"], day["day"]).isoformat()


def _member(source: Source) -> str:
    """``body-fat`` in an address is ``bodyFat`` in JSON."""
    head, *tail = source.name.split("-")
    return head + "".join(part.capitalize() for part in tail)


ROWS: dict[str, Row] = {
    "weight": Row((WEIGHT, HEIGHT, FAT), weight_log),
    "fat": Row((FAT,), fat_log),
    "body-weight": Row((WEIGHT,), weight_days),
    "body-fat": Row((FAT,), fat_days),
    "body-bmi": Row((WEIGHT, HEIGHT), bmi_days),
    "activities-steps": Row((STEPS,), roll_up(STEPS, "countSum")),
}
