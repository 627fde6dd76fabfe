"""What a person's charts show, from what is stored alone."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, NamedTuple

from healthrelay.core.charts import spans
from healthrelay.core.charts.chart import SleepChart, ValueChart, sleep_chart, value_chart
from healthrelay.core.charts.facts import Facts, facts
from healthrelay.core.charts.nights import SleepDay, nights
from healthrelay.core.charts.values import (
    MEASURES,
    SERIES,
    SLEEP,
    ChartMeasure,
    Units,
    Values,
    daily_values,
    in_pounds,
    weight_units,
)
from healthrelay.core.measurements.reading import Window
from healthrelay.core.measurements.records import by_name
from healthrelay.flows.presenter import presenter

if TYPE_CHECKING:
    from healthrelay.core.measurements.days import Moment
    from healthrelay.core.measurements.records import Record, Show
    from healthrelay.core.measurements.status import PersonStatus
    from healthrelay.ports.store import Store

BEFORE = timedelta(days=6)
"""How much further back is read: the first mean is of seven days."""
LAST_NIGHT_DAYS = 3


class PersonCharts(NamedTuple):
    """All charts of a person over one time."""

    span: spans.ShownSpan
    units: Units
    """Of weight; stones are in pounds."""
    values: Mapping[str, ValueChart]
    sleep: SleepChart
    last_night: SleepDay | None
    """The newest night, unless it is three days old or more."""
    days: Mapping[str, Values]
    """Chart → what was read of each day."""
    facts: Facts
    whole: bool = False
    """Whether there is no older measurement that was not read."""


def read_charts(
    status: PersonStatus, user: str, shown: str, *, store: Store, system: str
) -> PersonCharts:
    """Return the charts of *user*, whose *status* it is, over the time *shown* (`spans.span`).

    Raise `KeyError` for a time that is none.
    """
    today = status.moment.day
    first = None if shown == spans.ALL else spans.span(shown, today, None).first - BEFORE
    thin = store.overview.charted(user, first)
    if thin is None:
        records = _read(user, first, today, store)
    else:
        records = _with_stages(thin, shown, status.moment, user, store)
    show = presenter(user, records, store.records, system)
    charts = charts_from(records, status, shown, show, system)
    return charts._replace(whole=first is None)


def charts_from(
    records: list[Record], status: PersonStatus, shown: str, show: Show, system: str
) -> PersonCharts:
    """Return the charts of *records*, whose values *show* gives in the units of *system*."""
    today = status.moment.day
    span = spans.span(shown, today, _earliest(records))
    units = weight_units(system)
    days = {name: _values(one, records, show, units) for name, one in MEASURES.items()}
    values = {name: value_chart(one, days[name], span) for name, one in MEASURES.items()}
    recent = today - timedelta(LAST_NIGHT_DAYS)
    by_night = span.grain(dense=True) is spans.Grain.DAY
    found = nights(records, status.moment.civil, min(span.first, recent) if by_night else recent)
    return PersonCharts(
        span,
        units,
        values,
        sleep_chart(found, span),
        _last_night(found, today),
        days,
        facts(days, found, today),
    )


def with_newest(charts: PersonCharts, summary: PersonCharts) -> PersonCharts:
    """Return *charts* with the newest values of a *summary*, which may be older than their time."""
    newest = {**summary.facts.newest, **charts.facts.newest}
    night = charts.facts.night or summary.facts.night
    return charts._replace(facts=Facts(newest, night))


def latest_value(
    measure: ChartMeasure, user: str, *, store: Store, system: str
) -> tuple[date, Decimal] | None:
    """Return the newest value of all time, for a chart without one; it reads all of the value."""
    records = store.records.named(user, {source.series: None for source in measure.sources})
    show = presenter(user, records, store.records, system)
    known = _values(measure, records, show, weight_units(system))
    newest = max(known, default=None)
    return (newest, known[newest]) if newest else None


def _with_stages(
    thin: list[Record], shown: str, moment: Moment, user: str, store: Store
) -> list[Record]:
    """Return *thin* records, with the nights whole whose stages are drawn."""
    today = moment.day
    span = spans.span(shown, today, _earliest(thin))
    recent = (today - timedelta(LAST_NIGHT_DAYS)).isoformat()
    late = [r for r in thin if r.series == SLEEP and r.when[:10] > recent]
    newest = max(nights(late, moment.civil), default=None)
    if span.grain(dense=True) is spans.Grain.DAY:
        window = Window(SLEEP, span.first, today)
    elif newest:
        window = Window(SLEEP, newest, newest)
    else:
        return thin
    whole = store.records.within(user, [window])
    return [*(by_name(thin) | by_name(whole)).values()]


def _read(user: str, first: date | None, today: date, store: Store) -> list[Record]:
    """Return the records of the charted series since *first*, or all of them."""
    names = sorted(SERIES)
    if first is None:
        return store.records.named(user, dict.fromkeys(names))
    return store.records.within(user, [Window(name, first, today) for name in names])


def _values(measure: ChartMeasure, records: Iterable[Record], show: Show, units: Units) -> Values:
    values = daily_values(measure, records, show)
    return in_pounds(values) if units.stones and measure.name == "weight" else values


def _earliest(records: list[Record]) -> date | None:
    first = min((record.when[:10] for record in records), default="")
    return date.fromisoformat(first) if first else None


def _last_night(found: Mapping[date, SleepDay], today: date) -> SleepDay | None:
    newest = max(found, default=None)
    return found[newest] if newest and today - newest < timedelta(LAST_NIGHT_DAYS) else None
