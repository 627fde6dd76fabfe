"""Everything that is stored of a person: a list, a table and a file of each, and of each day."""

from __future__ import annotations

import json
from datetime import date
from typing import TYPE_CHECKING

from markupsafe import Markup

from healthrelay.core.charts.coverage import day_rows
from healthrelay.core.charts.values import POUNDS_A_STONE
from healthrelay.core.errors import BadRequest
from healthrelay.core.household.export import to_csv, to_tables
from healthrelay.core.measurements.catalogue import SERIES, Kind, Series
from healthrelay.core.measurements.ledger import DAY, State
from healthrelay.core.measurements.query import configured_series
from healthrelay.core.measurements.snapshot import by_series
from healthrelay.core.measurements.units import DIMENSIONS, exact, rounded, unit_of
from healthrelay.core.numbers import whole_number
from healthrelay.flows.presenter import presenter
from healthrelay.flows.require import require_settings
from healthrelay.web.charts.tables import ChartTable
from healthrelay.web.setup.attachment import attachment
from healthrelay.web.setup.figures import MAX_ROWS
from healthrelay.web.setup.person import today_of
from healthrelay.web.setup.phrases import Phrases, person_name
from healthrelay.web.setup.problem import Problem
from healthrelay.web.setup.render import render

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from flask import Response

    from healthrelay.core.household.export import Row
    from healthrelay.core.json import Json
    from healthrelay.core.measurements.records import Record
    from healthrelay.ports.overview import PersonOverview
    from healthrelay.web.setup.texts import Texts
    from healthrelay.web.setup.visit import Visit

CSV = "text/csv"
COUNTS = ("steps", "floors", "times")
"""Units that say no more than the name beside them."""
MAX_COLUMNS = 5
MAX_LETTERS = 200
"""Of a value in a table; the file has all of it."""
MAX_PLACES = 6
NONE = "–"
Span = tuple[date, date]


def show_all(visit: Visit) -> Response:
    """List what was read, by what the person's document says, and what is stored besides."""
    user, store = visit.args["user"], visit.services.store
    spans = _spans(store.overview.person(user), store.records.series(user))
    text, phrases = visit.texts.text, Phrases(visit.texts, None, visit.now)
    rows = [_list_row(visit, phrases, name, spans[name]) for name in SERIES if name in spans]
    head = [text(f"measurements.column.{name}") for name in ("what", "first", "last")]
    person = person_name(user)
    return render(
        visit, "measurements", user=user, person=person, table=_or_nothing(head, rows, visit.texts)
    )


def show(visit: Visit) -> Response:
    """Show a page of one series, the newest first; ``sleep.csv`` and the tables in it are files."""
    series, _, inner = visit.args["series"].partition(".")
    if series not in SERIES:
        raise Problem("no-page")
    user, store = visit.args["user"], visit.services.store
    require_settings(user, store.identities)
    records = store.records.named(user, {series: None})
    if inner:
        return _file(visit, series, records)
    page, row = _page(visit, len(records)), SERIES[series]
    newest = records if row.kind is Kind.STATE else records[::-1]
    shown = newest[(page - 1) * MAX_ROWS : page * MAX_ROWS]
    tables = _tables(visit, series, shown)
    return render(
        visit,
        "measurement",
        user=user,
        series=series,
        name=_name(series, visit.texts),
        table=_table(row, shown, tables[series], visit),
        files=list(tables),
        page=page,
        older=max(0, len(records) - page * MAX_ROWS),
    )


def days(visit: Visit) -> Response:
    """Give what is known of each day of each series as a file."""
    return attachment(visit, "days.csv", to_csv(day_rows(today_of(visit).status)), CSV)


def _spans(person: PersonOverview, stored: Iterable[str]) -> dict[str, Span | None]:
    """Return series → the first and the last day that was read; None where no day is known."""
    spans: dict[str, Span | None] = {}
    for covers, known in person.ledger.days.items():
        name = covers.partition(" ")[0]
        failed_first = len(known.states) - len(known.states.lstrip(State.FAILED.value))
        first, last = known.start + failed_first * DAY, known.last_read
        if first <= last:
            before = spans.get(name) or (first, last)
            spans[name] = min(first, before[0]), max(last, before[1])
    # What was taken over from another program was not read.
    return dict.fromkeys((*stored, *_states(person))) | spans


def _states(person: PersonOverview) -> list[str]:
    """Return which series without days fetches read: of those the ledger has nothing."""
    if not person.ledger.read_at:
        return []
    try:
        chosen = configured_series(person.settings)
    except BadRequest:
        return []  # the person's own page says what is wrong
    return [name for name in chosen if SERIES[name].kind is Kind.STATE]


def _list_row(visit: Visit, phrases: Phrases, name: str, span: Span | None) -> list[str]:
    url = visit.url(f"people/{visit.args['user']}/measurements/{name}")
    link = Markup('<a href="{}">{}</a>').format(url, _name(name, visit.texts))
    return [link, *([phrases.short_date(day) for day in span] if span else [NONE, NONE])]


def _page(visit: Visit, count: int) -> int:
    """Return which page of *count* rows is asked for. Raise `Problem` for one that is not there."""
    page = whole_number(visit.request.args.get("page", "1"))
    if not page or (page > 1 and (page - 1) * MAX_ROWS >= count):
        raise Problem("no-page")
    return page


def _tables(visit: Visit, series: str, records: Sequence[Record]) -> dict[str, list[Row]]:
    """Return the tables of *records* as `export` gives them, oldest first."""
    show = presenter(visit.args["user"], records, visit.services.store.records, visit.system)
    elements = by_series(records, show).get(series, [])
    return to_tables(series, elements, SERIES[series].key)


def _file(visit: Visit, series: str, records: Sequence[Record]) -> Response:
    table, _, kind = visit.args["series"].rpartition(".")
    tables = _tables(visit, series, records)
    if kind != "csv" or table not in tables:
        raise Problem("no-page")
    return attachment(visit, f"{table}.csv", to_csv(tables[table]), CSV)


def _table(row: Series, records: Sequence[Record], flat: Sequence[Row], visit: Visit) -> ChartTable:
    """Return the table of *records*, whose *flat* rows are in the order of their times."""
    phrases, text = Phrases(visit.texts, None, visit.now), visit.texts.text
    if row.kind is Kind.STATE:
        head = _columns(flat, ())
        rows = [[_cell(one.get(name)) for name in head] for one in flat]
        return _or_nothing(head or [_name(row.name, visit.texts)], rows, visit.texts)
    timed = any("T" in record.when for record in records)
    head = [text(f"measurements.column.{name}") for name in ("day", *(["time"] if timed else []))]
    names = [row.value] if row.value else _columns(flat, (row.key, row.day, row.time))
    rows = [
        [*_when(record, phrases, timed=timed), *_values(one, names, row, visit)]
        for record, one in zip(records, reversed(flat), strict=True)
    ]
    return _or_nothing(
        [*head, *([_heading(row, visit)] if row.value else names)], rows, visit.texts
    )


def _columns(flat: Sequence[Row], beside: Sequence[str]) -> list[str]:
    """Return the first columns of a file, without those that stand *beside* them already."""
    found = dict.fromkeys(name for one in flat for name in one if name not in beside)
    return list(found)[:MAX_COLUMNS]


def _when(record: Record, phrases: Phrases, *, timed: bool) -> list[str]:
    day = phrases.short_date(date.fromisoformat(record.when[:10]))
    return [day, record.when[11:16] or NONE] if timed else [day]


def _values(one: Mapping[str, Json], names: Sequence[str], row: Series, visit: Visit) -> list[str]:
    if row.value:
        return [_number(one.get(row.value), _symbol(row, visit), visit)]
    return [_cell(one.get(name)) for name in names]


def _number(value: Json, symbol: str, visit: Visit) -> str:
    """Return *value* as it is written here: ``8,123``, ``12 st 13.7``; as it is if it is none."""
    phrases = Phrases(visit.texts, None, visit.now)
    try:
        number = exact(value)
        if symbol == "st":
            stones, pounds = divmod(rounded(number * POUNDS_A_STONE, 1), POUNDS_A_STONE)
            shown = phrases.number(pounds, 1)
            return visit.texts.text("charts.stones", stones=int(stones), pounds=shown)
        places = -int(number.as_tuple().exponent)
        return phrases.number(number, min(max(places, 0), MAX_PLACES))
    except (TypeError, ValueError, ArithmeticError):
        return _cell(value)


def _cell(value: Json) -> str:
    if value is None:
        return NONE
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    return text if len(text) <= MAX_LETTERS else f"{text[:MAX_LETTERS]}…"


def _heading(row: Series, visit: Visit) -> str:
    """``Weight, kg``"""
    name, symbol = _name(row.name, visit.texts), _symbol(row, visit)
    if not symbol or symbol in COUNTS:
        return name
    key = "charts.unit.st" if symbol == "st" else f"measurements.unit.{symbol}"
    unit = visit.texts.text(key) if visit.texts.has(key) else symbol
    return visit.texts.text("measurements.column.value", name=name, unit=unit)


def _symbol(row: Series, visit: Visit) -> str:
    return unit_of(row.unit, visit.system).symbol if row.unit in DIMENSIONS else row.unit


def _name(series: str, texts: Texts) -> str:
    return texts.text(f"measurements.name.{series}")


def _or_nothing(head: list[str], rows: list[list[str]], texts: Texts) -> ChartTable:
    """Return a table; without *rows* it says so."""
    nothing = [texts.text("measurements.nothing_yet"), *([""] * (len(head) - 1))]
    return ChartTable(head, rows or [nothing])
