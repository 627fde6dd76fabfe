"""How one series comes out of answers: its elements, and the companions that decide of its days.

What cannot be read is set aside and counted (`read_each`), and spoils nothing else.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any, TypeVar

from healthrelay.core.json import ODD, Json, Raw
from healthrelay.core.measurements.methods import DETAILS
from healthrelay.core.measurements.reading import ConvertedSeries, Window

T = TypeVar("T")
Element = dict[str, Json]
Elements = Callable[[Raw], list[Element | None]]
"""The elements in one part of an answer; None stands for one that cannot be read."""

_NO_VALUES = (None, "NaN", "Infinity", "-Infinity")
_DAY_MEMBERS = ("dateTime", "date", "dateOfSleep", "startDate", "logDate")


def read_each(parts: Iterable[Raw], read: Callable[[Raw], T]) -> list[T | None]:
    """Return what *read* makes of each of *parts*; None of one that it cannot read."""
    results: list[T | None] = []
    for part in parts:
        try:
            results.append(read(part))
        except ODD:
            results.append(None)
    return results


def whole_part(part: Raw) -> list[Element | None]:
    """Return *part* as it is. Raise `ValueError` if it has no value."""
    if part.get("value", "") in _NO_VALUES:
        raise ValueError("a value that is none")
    return [dict(part)]


@dataclass(frozen=True, slots=True)
class Rule:
    """One series: where it comes from, and the elements in one part of that source's answer.

    A day counts only where all of the time series *companions* are above zero on it, or odd; a
    zero needs those of *for_zero* too, and none that is odd. What is *detailed* has a source for
    each length of its points.
    """

    source: str
    elements: Elements = whole_part
    companions: tuple[str, ...] = ()
    for_zero: tuple[str, ...] = ()
    detailed: bool = False

    def needs(self, window: Window) -> tuple[str, ...]:
        """Return the names of the sources for *window*, the elements' own first."""
        own = f"{self.source} {window.detail or DETAILS[0]}" if self.detailed else self.source
        return tuple(dict.fromkeys((own, *self.companions, *self.for_zero)))

    def read(self, window: Window, raw: Mapping[str, Sequence[Raw]]) -> ConvertedSeries:
        """Return the elements of the series, from *raw* by source, and what was set aside."""
        odd: Counter[str] = Counter()
        source = self.needs(window)[0]
        elements = _gather(raw[source], self.elements, odd)
        for companion in dict.fromkeys((*self.companions, *self.for_zero)):
            unread: Counter[str] = Counter()
            active = dict(_gather(raw[companion], _activity, unread))
            # What cannot be read of the series itself may show here alone.
            odd = odd | unread if companion == source else odd + unread
            unsure = Counter[str]() if companion == source else unread
            idle = companion in self.companions
            elements = [
                element
                for element in elements
                if not (day := _day_of(element))
                or active.get(day)
                or not (idle or element.get("value") == "0")
                or (day not in active and _may_count(element, day, unsure))
            ]
        return ConvertedSeries(elements, odd)


def _gather(
    parts: Sequence[Raw], read: Callable[[Raw], list[T | None]], odd: Counter[str]
) -> list[T]:
    """Return all that *read* makes of *parts*, and count what it cannot read in *odd*, by day."""
    results: list[T] = []
    for part, found in zip(parts, read_each(parts, read), strict=True):
        for each in [None] if found is None else found:
            if each is None:
                odd[_day_of(part)] += 1
            else:
                results.append(each)
    return results


def _activity(part: Raw) -> list[tuple[str, bool] | None]:
    """Return the day of one value of a time series, and whether that is above zero."""
    return [(str(part["dateTime"]), Decimal(part["value"]) > 0)]


def _may_count(element: Element, day: str, unread: Counter[str]) -> bool:
    """Return whether *element* stays although its companion was *unread*: odd is not idle.

    A zero does not, because nothing says that it is true.
    """
    return bool(unread[day] or unread[""]) and element.get("value") != "0"


def _day_of(part: Any) -> str:
    """Return the local day of *part* as ISO text; nothing where it does not say that."""
    members = part if isinstance(part, dict) else {}
    day = next((str(members[name])[:10] for name in _DAY_MEMBERS if members.get(name)), "")
    try:
        return date.fromisoformat(day).isoformat()
    except ValueError:
        return ""
