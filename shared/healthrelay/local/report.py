"""The result of a demo run, as a small table for a person."""

from collections.abc import Mapping, Sequence
from typing import Any

from healthrelay.config import Settings
from healthrelay.core.measurements.catalogue import SERIES
from healthrelay.core.measurements.units import DIMENSIONS, unit_of
from healthrelay.igor.action import igor_action
from healthrelay.local.demo import DemoResult

_BARS = "▁▂▃▄▅▆▇█"
MAX_POINTS = 40


def report(result: DemoResult, settings: Settings) -> str:
    """Return the table, the address to poll with a ready ``curl``, and the action for Igor."""
    action = igor_action(result.user, result.poll_url, settings.igor_prefix)
    return f"""
{table(result.values, settings.system)}

Igor can poll it at:

  curl '{result.poll_url}'

Paste this into the actions of Igor's database:

{action}"""


def table(values: Mapping[str, Sequence[Mapping[str, Any]]], system: str) -> str:
    """Return a line per series of *values*, series → records as the relay gives them."""
    lines = []
    for name, records in values.items():
        row = SERIES[name]
        numbers = [float(record[row.value]) for record in records][-MAX_POINTS:]
        unit = "%" if row.unit == "percent" else row.unit
        if unit in DIMENSIONS:
            unit = unit_of(unit, system).symbol
        latest = f"{records[-1][row.value]} {unit}"
        span = f"{records[0][row.day]} … {records[-1][row.day]}"
        lines.append(
            f"{row.label:<14} {len(records):>4}  {span}  {latest:>14}  {sparkline(numbers)}"
        )
    return "\n".join(lines)


def sparkline(values: Sequence[float]) -> str:
    """Return one bar per value, scaled from the lowest to the highest."""
    low = min(values)
    step = (max(values) - low) or 1
    return "".join(_BARS[round((value - low) / step * (len(_BARS) - 1))] for value in values)
