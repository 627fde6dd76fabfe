"""Reading Google Health's data points: numbers, instants, local days."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from healthrelay.adapters.google_health.questions import Question
from healthrelay.core.json import Json, Raw
from healthrelay.core.measurements.records import Window

Element = dict[str, Json]

SOURCE = "google_health"
MINUTE = timedelta(minutes=1)


class Answers(NamedTuple):
    """All that was read for one window, and what a conversion needs beside it."""

    raw: Mapping[str, Sequence[Raw]]
    window: Window
    system: str
    zone: str | None

    def of(self, question: Question) -> Sequence[Raw]:
        return self.raw[question.source.name]

    def values(self, question: Question) -> Iterator[tuple[Raw, Mapping[str, Any]]]:
        """Yield each point that *question* brought, and what it holds."""
        kind = json_name(question)
        return ((point, value_of(point, kind)) for point in self.of(question))


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


def samples_of(answers: Answers, question: Question, member: str) -> list[Sample]:
    """Return the points of a sampled type in the order of their instants."""
    samples = []
    for point, value in answers.values(question):
        if member in value:
            instant, at = sampled_at(value, answers.zone)
            day = at.date().isoformat()
            sample = Sample(at, day, Decimal(value[member]), log_id(point, instant))
            samples.append((instant, sample))
    return [sample for _, sample in sorted(samples, key=lambda pair: (pair[0], pair[1].log_id))]


def sampled_at(value: Mapping[str, Any], zone: str | None) -> tuple[datetime, datetime]:
    """Return the instant of a sample, and the wearer's wall clock then."""
    time = value["sampleTime"]
    instant = datetime.fromisoformat(time["physicalTime"])
    return instant, local(instant, time.get("utcOffset"), zone)


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


def log_id(point: Raw, instant: datetime) -> int:
    """Return the point's own number, or, of one without, its instant in milliseconds."""
    name = str(point.get("dataPointName") or point.get("name") or "")
    tail = name.rpartition("/")[2]
    return int(tail) if tail.isascii() and tail.isdigit() else int(instant.timestamp() * 1000)


def json_name(question: Question) -> str:
    """``body-fat`` in an address is ``bodyFat`` in JSON."""
    head, *tail = question.source.name.partition(":")[0].split("-")
    return head + "".join(part.capitalize() for part in tail)


def daily(values: Mapping[str, Json]) -> list[Element]:
    """Day → value, in the shape and order of a legacy time series."""
    return [{"dateTime": day, "value": values[day]} for day in sorted(values)]
