"""Dates, times and numbers in the words of a language, by the clocks of one zone.

Times are absolute, so that a page that lies open stays true: today the time, in the days around it
the weekday, else the date, with the year only when it is another.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from decimal import ROUND_HALF_UP, Decimal
from typing import TYPE_CHECKING

from healthrelay.core.measurements.days import civil

if TYPE_CHECKING:
    from healthrelay.web.setup.texts import Texts

NEAR_DAYS = 6
"""So many days before and after today a weekday says which day is meant."""


class Phrases:
    """The words in the language of *texts*, for somebody whose clocks are those of *zone*."""

    def __init__(self, texts: Texts, zone: str | None, now: datetime) -> None:
        self._text, self.zone = texts.text, zone
        self.now = civil(now, zone)
        self.today = self.now.date()

    def civil(self, at: datetime) -> datetime:
        """Return what the clocks show at *at*; a time without a zone is theirs already."""
        return civil(at, self.zone) if at.tzinfo else at

    def time(self, at: datetime) -> str:
        """``16:50``"""
        return f"{self.civil(at):%H:%M}"

    def moment(self, at: datetime) -> str:
        """``16:50`` today, ``Sunday 16:50`` around it, ``3 March`` otherwise."""
        there = self.civil(at)
        if there.date() == self.today:
            return self.time(at)
        if abs((there.date() - self.today).days) <= NEAR_DAYS:
            weekday = self.weekday(there.date())
            return self._text("phrases.weekday_time", weekday=weekday, time=self.time(at))
        return self.short_date(there.date())

    def when(self, at: datetime) -> str:
        """``at 16:50`` today, ``on Sunday at 16:50`` around it, ``on 3 March`` otherwise."""
        there = self.civil(at).date()
        if there == self.today:
            return self._text("phrases.at_time", time=self.time(at))
        if abs((there - self.today).days) > NEAR_DAYS:
            return self.on(there)
        weekday, time = self.weekday(there), self.time(at)
        return self._text("phrases.on_weekday_at_time", weekday=weekday, time=time)

    def on(self, day: date) -> str:
        """``today``, ``yesterday``, ``on Sunday`` around it, ``on 3 March`` otherwise."""
        named = self.day(day)
        near = abs((day - self.today).days) <= 1
        return named if near else self._text("phrases.on_day", day=named)

    def day(self, day: date) -> str:
        """``today``, ``yesterday``, ``Sunday`` around it, ``3 March`` otherwise."""
        gap = (day - self.today).days
        near = {0: "today", -1: "yesterday", 1: "tomorrow"}
        if gap in near:
            return self._text(f"phrases.{near[gap]}")
        return self.weekday(day) if abs(gap) <= NEAR_DAYS else self.short_date(day)

    def short_date(self, day: date) -> str:
        """``3 March``, and ``3 March 2025`` in another year."""
        month = self._names("months")[day.month - 1]
        key = "phrases.date" if day.year == self.today.year else "phrases.date_year"
        return self._text(key, day=day.day, month=month, year=day.year)

    def long_date(self, day: date) -> str:
        """``Saturday 28 November``"""
        return self._text("phrases.long_date", weekday=self.weekday(day), date=self.short_date(day))

    def weekday(self, day: date) -> str:
        return self._names("weekdays")[day.weekday()]

    def number(self, value: Decimal | float, places: int = 0) -> str:
        """``8,123`` and, with one of *places*, ``82.4``; halves away from zero."""
        exact = Decimal(str(value)).quantize(Decimal(1).scaleb(-places), ROUND_HALF_UP)
        group, point = self._text("phrases.group"), self._text("phrases.point")
        # By way of a letter: one may be what the other was.
        return f"{exact:,}".replace(",", "g").replace(".", point).replace("g", group)

    def minutes(self, minutes: int) -> str:
        """``7 h 17 min``"""
        hours, rest = divmod(minutes, 60)
        key = "phrases.hours_minutes" if hours else "phrases.minutes"
        return self._text(key, hours=hours, minutes=rest)

    def join(self, items: Sequence[str]) -> str:
        """``sleep, weight and steps``"""
        if len(items) < 2:
            return "".join(items)
        return self._text("phrases.list", first=", ".join(items[:-1]), last=items[-1])

    def _names(self, key: str) -> list[str]:
        return self._text(f"phrases.{key}").split()


def person_name(user: str) -> str:
    """Return how a page calls *user*."""
    return capitalized(user)


def capitalized(words: str) -> str:
    """Return *words* as a heading begins: not every language writes its weekdays large."""
    return words[:1].upper() + words[1:]
