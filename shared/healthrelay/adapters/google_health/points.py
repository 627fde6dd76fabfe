"""Reading Google Health's data points, one by one: numbers, instants, local days.

What cannot be read is set aside here (`Answers.each`), and here None takes the place of all that
says that it is not known (`is_unknown`). What Google leaves out may be a zero (`activity.amount`).
"""

import hashlib
import math
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any, NamedTuple, TypeVar
from zoneinfo import ZoneInfo

from healthrelay.adapters.google_health.questions import Question
from healthrelay.core.json import ODD, Json, Raw
from healthrelay.core.measurements.reading import Window
from healthrelay.core.measurements.units import exact

T = TypeVar("T")
Element = dict[str, Json]

SOURCE = "google_health"
MINUTE = timedelta(minutes=1)
MAX_NUMBER = Decimal(10) ** 15
MAX_DIGITS, MAX_TAIL_DIGITS = 20, 1_000  # of an unsigned integer of 64 bits; to convert
"""Nothing that is measured of a person comes to so much, in whatever unit of Google's."""
_NO_NUMBERS = frozenset({"NaN", "Infinity", "-Infinity"})
"""How protobuf's JSON writes them (https://protobuf.dev/programming-guides/json)."""


class Answers(NamedTuple):
    """All that was read for one window, and what a conversion needs beside it."""

    raw: Mapping[str, Sequence[Raw]]
    window: Window
    zone: str | None
    odd: dict[tuple[str, int], str]
    """Source and place of each point that could not be read → its local day, if that can be."""
    unsure: set[str]
    """Local days of which a point says that something is not known."""
    now: datetime
    replaced: set[str]
    """Keys under which records of these points were stored before."""

    def each(self, question: Question, read: Callable[[Raw], T | None]) -> list[T]:
        """Return what *read* makes of each point that *question* brought.

        None stands for a point of which nothing is known. One that cannot be read is set aside.
        """
        results: list[T] = []
        source = question.source.name
        for place, point in enumerate(self.raw[source]):
            try:
                partly = is_unknown(point)
                result = read(_settle(point) if partly else point)
            except ODD:
                self.odd[source, place] = day_of(point, self.zone)
                continue
            if result is not None:
                results.append(result)
            if partly or result is None:
                self.unsure.add(day_of(point, self.zone))
        return results

    def values(
        self, question: Question, read: Callable[[Raw, Mapping[str, Any]], T | None]
    ) -> list[T]:
        """Return what *read* makes of each point that *question* brought, and what it holds."""
        kind = json_name(question)
        return self.each(question, lambda point: read(point, value_of(point, kind)))


class Row(NamedTuple):
    """One series: what must be read for it, and how that becomes its elements.

    *fine* is read instead where an intraday window wants seconds.
    """

    needs: tuple[Question, ...]
    elements: Callable[[Answers], list[Element]]
    fine: tuple[Question, ...] = ()


class Sample(NamedTuple):
    """One measurement at its local time."""

    at: datetime
    day: str
    value: Decimal
    log_id: int
    notes: str
    """What the wearer wrote to it by hand; mostly nothing."""


def samples_of(answers: Answers, question: Question, member: str) -> list[Sample]:
    """Return the points of a sampled type in the order of their instants."""

    def read(point: Raw, value: Mapping[str, Any]) -> tuple[datetime, Sample] | None:
        measured = number(value, member) if member in value else None
        if measured is None:
            return None
        instant, at = sampled_at(value, answers.zone)
        day, notes = at.date().isoformat(), text(value, "notes") or ""
        key = log_id(point, instant, answers.replaced)
        return instant, Sample(at, day, measured, key, notes)

    samples = sorted(answers.values(question, read), key=lambda pair: (pair[0], pair[1].log_id))
    return [sample for _, sample in samples]


def sampled_at(value: Mapping[str, Any], zone: str | None) -> tuple[datetime, datetime]:
    """Return the instant of a sample, and the wearer's wall clock then."""
    time = value["sampleTime"]
    instant = instant_of(time["physicalTime"])
    return instant, local(instant, time.get("utcOffset"), zone)


def is_unknown(value: Any) -> bool:
    """Return whether anything in *value* is a null, no number or an unspecified kind."""
    if isinstance(value, str):
        return value in _NO_NUMBERS or value.endswith("UNSPECIFIED")
    if isinstance(value, dict):
        return any(map(is_unknown, value.values()))
    if isinstance(value, list):
        return any(map(is_unknown, value))
    return value is None or (isinstance(value, float | Decimal) and not math.isfinite(value))


def _settle(value: Any) -> Any:
    """Return *value* with None in place of all that is not known."""
    if isinstance(value, dict):
        return {name: _settle(member) for name, member in value.items()}
    if isinstance(value, list):
        return [_settle(member) for member in value]
    return None if is_unknown(value) else value


def number(value: Mapping[str, Any], member: str) -> Decimal | None:
    """Return the number *member*; None where it is not known. Raises `KeyError` without one."""
    raw = value[member]
    if raw is None:
        return None
    known = exact(raw)
    if abs(known) >= MAX_NUMBER:
        raise ValueError("a number that nobody measures")
    return known


def text(value: Mapping[str, Any], member: str) -> str | None:
    """Return the text *member*; None where there is none. Raises `TypeError` for anything else."""
    known = value.get(member) or None
    if not isinstance(known, str | None):
        raise TypeError(f"{type(known).__name__} is not a text")
    return known


def instant_of(text: str) -> datetime:
    """Return an instant of Google's, which has an offset from UTC."""
    instant = datetime.fromisoformat(text)
    if instant.tzinfo is None:
        raise ValueError("a time that is no instant")
    return instant


def day_of(point: Any, zone: str | None) -> str:
    """Return the local day of *point*, as ISO text; nothing where that cannot be told."""
    with suppress(*ODD):
        if "civilStartTime" in point:
            return civil_day(point["civilStartTime"])
        if "startTime" in point:
            return _value_day("", {"interval": point}, zone)
        for kind, value in point.items():
            if isinstance(value, dict) and (day := _value_day(kind, value, zone)):
                return day
    return ""


def _value_day(kind: str, value: Mapping[str, Any], zone: str | None) -> str:
    if "date" in value:
        return civil_day(value)
    if "sampleTime" in value:
        return sampled_at(value, zone)[1].date().isoformat()
    if "interval" not in value:
        return ""
    # A night belongs to the day on which it ends.
    end = "end" if kind == "sleep" else "start"
    times = value["interval"]
    at = local(instant_of(times[f"{end}Time"]), times.get(f"{end}UtcOffset"), zone)
    return at.date().isoformat()


def value_of(point: Raw, kind: str, otherwise: Any = None) -> Mapping[str, Any]:
    """Return the member *kind* of *point*. Raises `TypeError` for a point that lacks it."""
    value = point.get(kind, otherwise)
    if not isinstance(value, dict):
        raise TypeError(f"a point without {kind}")
    return value


def local(instant: datetime, offset: str | None, zone: str | None) -> datetime:
    """Return the wearer's wall clock at *instant*: by its own *offset*, or by their zone."""
    if offset is not None:
        return instant.replace(tzinfo=None) + duration(offset)
    return instant.astimezone(ZoneInfo(zone or "UTC")).replace(tzinfo=None)


def duration(text: str) -> timedelta:
    """Return a protobuf duration: ``5400s``, ``-18000s``, ``1.5s``."""
    return timedelta(seconds=float(text.removesuffix("s")))


def civil_day(civil: Mapping[str, Any]) -> str:
    """Return the day of a civil time or of a ``date`` holder."""
    day = civil["date"]
    return date(day["year"], day["month"], day["day"]).isoformat()


def log_id(point: Raw, instant: datetime, replaced: set[str]) -> int:
    """Return the key of *point*: the number at the end of its name, or one from its whole name.

    The legacy shape wants an integer. All of Google's own points have one; another name was made by
    a client, and nothing less than all of it is unique. Without a name it is the *instant*. A key
    that was another before adds that one to those that are *replaced*.
    """
    name = str(point.get("dataPointName") or point.get("name") or "")
    tail = name.rpartition("/")[2]
    is_number = tail.isascii() and tail.isdigit() and len(tail) <= MAX_TAIL_DIGITS
    former = int(tail) if is_number else int(instant.timestamp() * 1000)
    if not name or (str(former) == tail and len(tail) <= MAX_DIGITS):
        return former
    replaced.add(str(former))
    # 53 bits, which every reader of JSON holds exactly.
    return int.from_bytes(hashlib.sha256(name.encode()).digest()[:8]) >> 11


def json_name(question: Question) -> str:
    """``body-fat`` in an address is ``bodyFat`` in JSON."""
    head, *tail = question.source.name.partition(":")[0].split("-")
    return head + "".join(part.capitalize() for part in tail)


def daily(values: Mapping[str, Json]) -> list[Element]:
    """Day → value, in the shape and order of a legacy time series."""
    return [{"dateTime": day, "value": values[day]} for day in sorted(values)]
