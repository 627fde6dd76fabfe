"""What stands at the top of a person's page: the newest of each value, in words."""

from __future__ import annotations

from datetime import date, timedelta
from typing import NamedTuple

from healthrelay.core.charts.facts import Fact
from healthrelay.core.charts.rows import clock
from healthrelay.core.charts.values import MEASURES
from healthrelay.core.measurements.units import rounded
from healthrelay.flows.measurements.charts import PersonCharts
from healthrelay.web.charts.tables import ChartTable
from healthrelay.web.charts.words import ChartWords

WEEK = 7
_YESTERDAY = timedelta(days=1)


class BigNumber(NamedTuple):
    """The weight, or the steps of who has none."""

    number: str
    unit: str
    sentence: str


class SmallFact(NamedTuple):
    """A value with its name, and what is said beside it."""

    name: str
    value: str
    more: str


class PersonCard(NamedTuple):
    """The numbers of a card; *big* is None where nothing was measured."""

    big: BigNumber | None
    others: list[SmallFact]


def card(charts: PersonCharts, words: ChartWords) -> PersonCard:
    """Return what the card says of the newest values."""
    newest, today = charts.facts.newest, charts.span.last
    biggest = next((name for name in ("weight", "steps") if name in newest), "")
    big = _big_number(biggest, newest[biggest], today, words) if biggest else None
    others = []
    if "steps" in newest and biggest != "steps":
        others.append(_steps(newest["steps"], today, words))
    if charts.facts.night:
        others.append(_night(charts, words))
    for name in ("heart", "fat"):
        if name in newest:
            others.append(_small(name, newest[name], today, words))
    return PersonCard(big, others)


def week_table(charts: PersonCharts, words: ChartWords) -> ChartTable:
    """Return the values of the last seven days, the newest first; a dash is a day without one."""
    today = charts.span.last
    head = [words.say("column.day")]
    head += [words.say(f"{name}.head", unit=words.unit(one)) for name, one in MEASURES.items()]
    rows = []
    for day in (today - timedelta(n) for n in range(WEEK)):
        values = [(one, charts.days[name].get(day)) for name, one in MEASURES.items()]
        cells = ["–" if value is None else words.amount(one, value) for one, value in values]
        rows.append([words.day(day, today), *cells])
    return ChartTable(head, rows)


def _big_number(name: str, fact: Fact, today: date, words: ChartWords) -> BigNumber:
    measure = MEASURES[name]
    return BigNumber(
        words.amount(measure, fact.value),
        words.unit_alone(measure),
        _against(name, fact, today, words),
    )


def _against(name: str, fact: Fact, today: date, words: ChartWords) -> str:
    """Return the day of the newest value, and how it stands against the week before."""
    measure, day = MEASURES[name], words.sentence_day(fact.day, today)
    if fact.week_before is None:
        return day
    mean = rounded(fact.week_before, measure.places)
    difference = rounded(fact.value, measure.places) - mean
    key = "below" if difference < 0 else "above" if difference else "same"
    texts = {
        "mean": words.value(measure, mean),
        "difference": words.difference(measure, difference),
    }
    return words.catalogue.text(f"person.{key}", day=day, **texts)


def _steps(fact: Fact, today: date, words: ChartWords) -> SmallFact:
    near = fact.day == today - _YESTERDAY
    name = words.catalogue.text(
        "person.fact.steps_yesterday" if near else "person.fact.steps_on",
        day=words.long_day(fact.day, today),
    )
    measure = MEASURES["steps"]
    return SmallFact(name, words.amount(measure, fact.value), words.unit(measure))


def _night(charts: PersonCharts, words: ChartWords) -> SmallFact:
    night = charts.facts.night
    assert night  # noqa: S101 - its caller looks
    today = charts.span.last
    key = "last_night" if night.day == today else "night_to"
    name = words.catalogue.text(f"person.fact.{key}", day=words.long_day(night.day, today))
    times = {"bed": clock(night.main.begin), "up": clock(night.main.end)}
    more = words.catalogue.text("person.fact.bed_to_rise", **times)
    return SmallFact(name, words.length(night.asleep), more)


def _small(name: str, fact: Fact, today: date, words: ChartWords) -> SmallFact:
    measure = MEASURES[name]
    value = words.value(measure, fact.value)
    return SmallFact(words.say(f"{name}.name"), value, words.near_day(fact.day, today))
