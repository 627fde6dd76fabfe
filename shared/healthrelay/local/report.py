"""The result of a demo run, as a small table for a person, and what Igor needs to poll it."""

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import Any

from healthrelay.core.measurements.catalogue import SERIES, Kind, Series
from healthrelay.core.measurements.units import DIMENSIONS, unit_of
from healthrelay.core.plural import count
from healthrelay.igor.guide import KEY_PLACEHOLDER, PollSetup, plugin_fragment, save_steps

HEAD = ("series", "newest", "on", "day by day")
DAYS = 30
_BARS, _GAP = "▁▂▃▄▅▆▇█", "·"
_FIRST = ("body-weight", "weight")
_LOG = " log"

Records = Sequence[Mapping[str, Any]]


def rows(values: Mapping[str, Records], system: str) -> list[tuple[str, ...]]:
    """Return a row below `HEAD` for each series of *values*, weight first.

    A log goes without a row where its daily values have one.
    """
    labels = {SERIES[name].label for name in values}
    shown = [SERIES[name] for name in values if _daily_label(SERIES[name]) not in labels]
    known = list(SERIES)
    shown.sort(key=lambda row: (row.name not in _FIRST, known.index(row.name)))
    last = max((values[row.name][-1][row.day][:10] for row in shown if row.day), default="")
    return [_row(row, values[row.name], system, last) for row in shown]


def _daily_label(row: Series) -> str:
    """Return what the daily values of a log are called; nothing of what is no log."""
    is_log = row.kind is Kind.LOG and row.label.endswith(_LOG)
    return row.label.removesuffix(_LOG) if is_log else ""


def _row(row: Series, records: Records, system: str, last: str) -> tuple[str, ...]:
    day = records[-1][row.day][:10] if row.day else ""
    measured = [record for record in records if row.value and row.value in record]
    if not measured:
        return row.label, count(len(records), "record"), day, ""
    unit = "%" if row.unit == "percent" else row.unit
    if unit in DIMENSIONS:
        unit = unit_of(unit, system).symbol
    numbers = {
        date.fromisoformat(record[row.day][:10]): float(record[row.value]) for record in measured
    }
    spark = sparkline(numbers, date.fromisoformat(last))
    return row.label, f"{measured[-1][row.value]} {unit}", day, spark


def sparkline(values: Mapping[date, float], last: date) -> str:
    """Return a bar for each of the days up to *last*, scaled from the lowest to the highest.

    A day without a value has a dot.
    """
    days = [last - timedelta(days=ago) for ago in reversed(range(DAYS))]
    shown = {day: values[day] for day in days if day in values}
    low, high = min(shown.values(), default=0), max(shown.values(), default=0)
    step = (high - low) or 1
    top = len(_BARS) - 1
    return "".join(
        _BARS[round((shown[day] - low) / step * top)] if day in shown else _GAP for day in days
    )


def igor_text(setup: PollSetup) -> str:
    """Return the address to poll with a ready ``curl``, and what makes Igor do so."""
    user = setup.user
    note = (
        f"\n\nIn place of {KEY_PLACEHOLDER} stands the key that {user} has. If nobody knows it any"
        f" more, this makes\nanother and ends that one: healthrelay user key {user}"
        if setup.key == KEY_PLACEHOLDER
        else ""
    )
    return f"""
Igor can poll it at:

  curl '{setup.poll_url}'{note}

It needs its plugin copytree once: stop Igor, run `igorSetup addstd copytree`. {save_steps(setup)}

{plugin_fragment(setup).rstrip()}"""
