"""One chart's numbers: the whole table, and the same as JSON or CSV."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from healthrelay.core.charts.rows import Row, sleep_rows, value_rows
from healthrelay.core.charts.values import SLEEP
from healthrelay.core.household.export import to_csv
from healthrelay.web.charts.tables import sleep_table, value_table
from healthrelay.web.charts.words import ChartWords
from healthrelay.web.setup.attachment import attachment
from healthrelay.web.setup.figures import CHARTS
from healthrelay.web.setup.person import SHOWN, charts_of, today_of
from healthrelay.web.setup.phrases import person_name
from healthrelay.web.setup.problem import Problem
from healthrelay.web.setup.render import render

if TYPE_CHECKING:
    from flask import Response

    from healthrelay.flows.measurements.charts import PersonCharts
    from healthrelay.web.setup.visit import Visit

_KINDS = {"": "text/html", "csv": "text/csv", "json": "application/json"}


def show(visit: Visit) -> Response:
    """Show the numbers of ``weight``, ``steps``, ``sleep`` …; ``weight.csv`` is a file of them."""
    name, dot, kind = visit.args["chart"].partition(".")
    if name not in CHARTS or kind not in _KINDS or (dot and not kind):
        raise Problem("no-page")
    charts = charts_of(visit, today_of(visit).status)
    if kind:
        return _file(visit, name, kind, charts)
    words = ChartWords(visit.texts, charts.units)
    sleeps = name == SLEEP
    table = sleep_table(charts.sleep, words) if sleeps else value_table(charts.values[name], words)
    return render(
        visit,
        "chart",
        user=visit.args["user"],
        person=person_name(visit.args["user"]),
        name=name,
        heading=words.say(f"{name}.name"),
        caption=words.say(f"{name}.title.{charts.span.name}"),
        shown=charts.span.name,
        spans=SHOWN,
        table=table,
    )


def _file(visit: Visit, name: str, kind: str, charts: PersonCharts) -> Response:
    rows = _rows(name, charts)
    if kind == "json":
        body = json.dumps({"chart": name, "show": charts.span.name, "rows": rows})
    else:
        body = to_csv(rows)
    return attachment(visit, f"{name}-{charts.span.name}.{kind}", body, _KINDS[kind])


def _rows(name: str, charts: PersonCharts) -> list[Row]:
    if name == SLEEP:
        return sleep_rows(charts.sleep)
    symbol = "lb" if charts.units.stones else charts.units.symbol
    units = {"weight": symbol, "fat": "%", "heart": "1/min", "steps": "steps"}
    return value_rows(charts.values[name], units[name])
