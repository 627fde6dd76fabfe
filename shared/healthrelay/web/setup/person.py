"""One person's page: charts, what is known of each day, and a fetch on demand."""

from __future__ import annotations

from collections.abc import Collection
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from functools import partial
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from flask import Response
from markupsafe import Markup

from healthrelay.core.charts.coverage import CHOICES, Coverage, calendar
from healthrelay.core.charts.spans import ALL, SPANS
from healthrelay.core.charts.values import ChartMeasure
from healthrelay.core.delivery.tasks import asked_fetch
from healthrelay.core.measurements.catalogue import EPOCH
from healthrelay.core.measurements.query import parse_request
from healthrelay.core.numbers import whole_number
from healthrelay.flows.measurements.charts import latest_value, read_charts, with_newest
from healthrelay.flows.require import require_connectable
from healthrelay.flows.today import STOPPED, read_person
from healthrelay.web.charts.calendar import draw_calendar, key_of
from healthrelay.web.charts.words import ChartWords
from healthrelay.web.setup.card import card, week_table
from healthrelay.web.setup.days import day_groups
from healthrelay.web.setup.figures import CHARTS, figures
from healthrelay.web.setup.phrases import person_name
from healthrelay.web.setup.problem import Problem
from healthrelay.web.setup.render import render
from healthrelay.web.setup.today import person_card

if TYPE_CHECKING:
    from healthrelay.core.measurements.status import PersonStatus
    from healthrelay.flows.measurements.charts import PersonCharts
    from healthrelay.flows.today import PersonToday
    from healthrelay.web.setup.visit import Visit

SHOWN = (*SPANS, ALL)
READING_TIME = timedelta(minutes=5)
"""A fetch that has not ended by then is said to take long."""
GOES_ON = frozenset({"well", "connected", "reading", "not_synced"})
"""Keys of the standing of those of whom nothing else is worth saying then."""


def show(visit: Visit) -> Response:
    """Show a person's page: ``?show=`` the time of the charts, ``?days=`` those of the calendar,
    ``?year=`` an older one, ``?reading=`` the minute in which a fetch was asked for."""
    user, today = visit.args["user"], today_of(visit)
    charts = with_newest(charts_of(visit, today.status), today.charts)
    words = ChartWords(visit.texts, charts.units)
    choice = chosen(visit, "days", CHOICES)
    return render(
        visit,
        "person",
        user=user,
        person=person_name(user),
        one=person_card(user, today, visit),
        card=card(charts, words),
        reading=_reading(visit, today),
        stopped=today.standing.key in STOPPED,
        zone=today.status.zone or "UTC",
        shown=charts.span.name,
        spans=SHOWN,
        figures=list(figures(charts, words, partial(_latest, visit, charts))),
        files=CHARTS,
        kept=today.standing.key == "kept",
        week=week_table(charts, words),
        choice=choice,
        link=partial(_link, visit, user, charts.span.name, choice),
        **_days(visit, today.status, choice, words),
    )


def _days(visit: Visit, status: PersonStatus, choice: str, words: ChartWords) -> dict[str, Any]:
    """Return what the template shows of the calendar."""
    year = _year(visit)
    days = calendar(status, choice, year)
    person, provider = person_name(visit.args["user"]), visit.services.consent.label
    return {
        "choices": list(CHOICES),
        "calendar": days,
        "drawing": Markup(draw_calendar(days, words)) if days.days else "",  # noqa: S704 - ours
        "keys": {one.value: Markup(key_of(one)) for one in Coverage},  # noqa: S704 - ours
        "groups": day_groups(days, status, words, person, provider),
        "complete": days.count(Coverage.COMPLETE),
        "earlier": str(days.first.year - 1 if year else days.first.year) if days.earlier else "",
        "newest_year": year is None,
    }


def _latest(
    visit: Visit, charts: PersonCharts, measure: ChartMeasure
) -> tuple[date, Decimal] | None:
    """Return the newest value of all time; only what is not at hand is looked for."""
    if known := charts.facts.newest.get(measure.name):
        return known.day, known.value
    if charts.whole:
        return None
    services = visit.services
    return latest_value(measure, visit.args["user"], store=services.store, system=visit.system)


def fetch(visit: Visit) -> Response:
    """Ask for a person's newest measurements, or those of the days that the form names."""
    user, services = visit.args["user"], visit.services
    names = ("base_date", "end_date")
    params = {name: visit.form[name] for name in names if visit.form.get(name)}
    request = parse_request(user, params)
    require_connectable(user, services.store.identities)
    services.queue.enqueue(asked_fetch(user, visit.now, request.query))
    return visit.redirect(f"people/{user}?reading={int(visit.now.timestamp()) // 60}")


def today_of(visit: Visit) -> PersonToday:
    """Return how the person of this page is. Raise `Unknown` for a stranger."""
    services = visit.services
    known = services.store.overview, services.consent, visit.system
    return read_person(visit.args["user"], *known, visit.now)


def charts_of(visit: Visit, status: PersonStatus) -> PersonCharts:
    shown = chosen(visit, "show", SHOWN)
    services = visit.services
    return read_charts(status, visit.args["user"], shown, store=services.store, system=visit.system)


def chosen(visit: Visit, name: str, choices: Collection[str]) -> str:
    """Return the value of *name* in the address, or the first of the *choices*.

    Raise `Problem` for a value that is none of them.
    """
    value = visit.request.args.get(name) or next(iter(choices))
    if value not in choices:
        raise Problem("no-page")
    return value


def _year(visit: Visit) -> int | None:
    """Return the year of the calendar; None for the twelve months that end with this one."""
    text = visit.request.args.get("year", "")
    year = whole_number(text) if text else None
    if text and (year is None or not EPOCH.year <= year <= visit.now.year):
        raise Problem("no-page")
    return year


def _reading(visit: Visit, today: PersonToday) -> str:
    """Return how the fetch is that was asked for in the minute that the address names.

    ``now``, or ``long`` when it should have ended; nothing when it has, or when none was, or when
    there is more to say of the person than that it takes long.
    """
    minute = whole_number(visit.request.args.get("reading", ""))
    if minute is None or minute > visit.now.timestamp() // 60:
        return ""
    start = datetime.fromtimestamp(minute * 60, UTC)
    if not today.reads_since(start):
        return ""
    if visit.now - start < READING_TIME:
        return "now"
    return "long" if today.standing.key in GOES_ON else ""


def _link(visit: Visit, user: str, shown: str, choice: str, anchor: str, **changed: str) -> str:
    """Return the address of this page with some choices *changed*, at a heading."""
    query = {"show": shown, "days": choice, **changed}
    return f"{visit.url(f'people/{user}')}?{urlencode(query)}#{anchor}"
