"""How the charts write numbers, days and times in a language."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Protocol

from healthrelay.core.charts.spans import Column, Grain
from healthrelay.core.charts.values import POUNDS_A_STONE, ChartMeasure, Units
from healthrelay.core.measurements.units import rounded

CAUSES = frozenset(
    {"try_later", "rate_limited", "reconnect_needed", "access_refused", "odd_data", "refused"}
)
"""Causes of days that could not be read which have a sentence of their own."""


class Catalogue(Protocol):
    """The texts in one language."""

    def text(self, key: str, **values: object) -> str: ...


class ChartWords:
    """The words of the charts, over a *catalogue*; weights are in *units*."""

    def __init__(self, catalogue: Catalogue, units: Units) -> None:
        self.catalogue, self.units = catalogue, units
        self._months, self._weekdays = self.say("months").split(), self.say("weekdays").split()
        self._signs = {ord(","): self.say("thousands_sign"), ord("."): self.say("decimal_sign")}

    def say(self, key: str, **values: object) -> str:
        return self.catalogue.text(f"charts.{key}", **values)

    def number(self, value: Decimal, places: int) -> str:
        """Return *value* as it is written: ``8,123``, ``82.4``; halves go up."""
        return f"{rounded(value, places):,f}".translate(self._signs)

    def amount(self, measure: ChartMeasure, value: Decimal) -> str:
        """Return *value* without its unit: ``82.4``; of stones ``12 st 13.7``."""
        if measure.name == "weight" and self.units.stones:
            stones, pounds = divmod(rounded(value, measure.places), POUNDS_A_STONE)
            return self.say("stones", stones=int(stones), pounds=self.number(pounds, 1))
        return self.number(value, measure.places)

    def value(self, measure: ChartMeasure, value: Decimal) -> str:
        """Return *value* with its unit: ``82.4 kg``, ``8,123 steps``."""
        shown = self.amount(measure, value)
        return self.say(
            f"value.{self._symbol(measure)}", number=shown, count=rounded(value, measure.places)
        )

    def unit(self, measure: ChartMeasure) -> str:
        """Return the unit alone, for the head of a table."""
        return self.say(f"unit.{self._symbol(measure)}")

    def _symbol(self, measure: ChartMeasure) -> str:
        return self.units.symbol if measure.name == "weight" else measure.name

    def tick(self, measure: ChartMeasure, value: Decimal, places: int) -> str:
        """Return what stands at the side: of stones ``12st 6``."""
        if measure.name == "weight" and self.units.stones:
            stones, pounds = divmod(int(value), POUNDS_A_STONE)
            return self.say("stones_tick", stones=stones, pounds=pounds)
        return self.number(value, places)

    def month(self, day: date) -> str:
        return self._months[day.month - 1]

    def short_day(self, day: date) -> str:
        """``28 Nov``"""
        return self.say("short_day", day=day.day, month=self.month(day))

    def day(self, day: date, today: date | None = None) -> str:
        """``Sat 28 Nov``; with the year where it is another than that of *today*."""
        weekday = self._weekdays[day.weekday()]
        key = "day" if today is None or today.year == day.year else "day_of_year"
        return self.say(key, weekday=weekday, day=self.short_day(day), year=day.year)

    def long_day(self, day: date, today: date) -> str:
        """``28 November``; with the year where it is another."""
        month = self.say("long_months").split()[day.month - 1]
        key = "long_day" if today.year == day.year else "long_day_of_year"
        return self.say(key, day=day.day, month=month, year=day.year)

    def column(self, column: Column, grain: Grain, today: date) -> str:
        """Return which days *column* is: ``Sat 28 Nov``, ``2 to 8 Nov``, ``Nov 2024``."""
        first, last = column
        if grain is Grain.MONTH:
            return self.say("month_of_year", month=self.month(first), year=first.year)
        if first == last:
            return self.day(first, today)
        begin = str(first.day) if first.month == last.month else self.short_day(first)
        key = "days_between" if last.year == today.year else "days_between_of_year"
        return self.say(key, first=begin, last=self.short_day(last), year=last.year)

    def unit_alone(self, measure: ChartMeasure) -> str:
        """Return the unit that stands beside a big number; of stones it is among the numbers."""
        stones = measure.name == "weight" and self.units.stones
        return self.say("unit.lb" if stones else f"unit.{self._symbol(measure)}")

    def difference(self, measure: ChartMeasure, value: Decimal) -> str:
        """Return how much *value* is, above or below; of stones in pounds."""
        unit = "lb" if self._symbol(measure) == "st" else self._symbol(measure)
        shown = self.number(abs(value), measure.places)
        return self.say(f"value.{unit}", number=shown, count=abs(value))

    def sentence_day(self, day: date, today: date) -> str:
        """``Today.``, ``Yesterday.``, ``On 3 March.``"""
        return self.catalogue.text(f"person.{_near(day, today)}", day=self.long_day(day, today))

    def near_day(self, day: date, today: date) -> str:
        """``today``, ``yesterday``, ``on 3 March``"""
        key = f"person.when.{_near(day, today)}"
        return self.catalogue.text(key, day=self.long_day(day, today))

    def cause(self, cause: str, provider: str) -> str:
        """Return why days could not be read."""
        key = cause if cause in CAUSES else "other"
        return self.say(f"why.{key}", provider=provider, cause=cause)

    def length(self, minutes: int) -> str:
        """``7 h 17 min``"""
        hours, rest = divmod(minutes, 60)
        return self.say("hours" if hours else "minutes", hours=hours, minutes=rest)


def _near(day: date, today: date) -> str:
    return {0: "today", 1: "yesterday"}.get((today - day).days, "on_day")
