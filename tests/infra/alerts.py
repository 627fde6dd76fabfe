"""Conditions of alerts as Cloud Monitoring evaluates them, over points at instants.

After cloud.google.com/monitoring/alerts/concepts-indepth and
cloud.google.com/monitoring/api/v3/aggregation: each minute the points of each series within the
alignment period become one value, the series of a group become one, and a group that fulfils the
condition for the whole of its duration opens an incident. A group without a point has no value.
"""

from __future__ import annotations

import operator
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, NamedTuple

from tests.infra.filters import Entry, matches, value_at

MINUTE = 60
Group = tuple[str, ...]


class Point(NamedTuple):
    """A *value* of the series that *labels* name, *at* seconds."""

    at: float
    value: float
    labels: Mapping[str, Any]


class Incident(NamedTuple):
    """From the minute at which the condition of *group* was met until it no longer was."""

    group: Group
    since: float
    until: float


def entry(line: Mapping[str, Any]) -> Entry:
    """Return a line of a function's standard error as Cloud Logging keeps it."""
    payload = {key: value for key, value in line.items() if key != "severity"}
    labels = {"service_name": line["function"]}
    resource = {"type": "cloud_run_revision", "labels": labels}
    return {"severity": line["severity"], "resource": resource, "jsonPayload": payload}


def counted(metric: Mapping[str, Any], entries: Iterable[tuple[float, Entry]]) -> list[Point]:
    """Return the points of a log-based *metric*, as planned: one for each entry that it counts."""
    test = matches(metric["filter"])
    return [
        Point(
            at,
            1,
            {
                "resource": one["resource"],
                "metric": {
                    "type": f"logging.googleapis.com/user/{metric['name']}",
                    "labels": {
                        key: value_at(one, _extracted(text)) or ""
                        for key, text in metric["label_extractors"].items()
                    },
                },
            },
        )
        for at, one in entries
        if test(one)
    ]


def incidents(condition: Mapping[str, Any], points: Sequence[Point]) -> list[Incident]:
    """Return all incidents of a *condition*, as planned, by when they opened."""
    threshold = condition["threshold_value"]
    beyond = {"COMPARISON_GT": operator.gt, "COMPARISON_LT": operator.lt}[condition["comparison"]]
    above = _values(condition["filter"], condition["aggregations"], points)
    below = _values(
        condition.get("denominator_filter"), condition.get("denominator_aggregations"), points
    )
    duration = _seconds(condition["duration"])
    met_since: dict[Group, float] = {}
    opened: dict[Group, float] = {}
    found = []
    first = min((point.at for point in points), default=0)
    last = max((point.at for point in points), default=0)
    for at in range(int(first), int(last) + 25 * 60 * MINUTE, MINUTE):
        total = below(at)
        values = {
            group: value / total[group] if total else value for group, value in above(at).items()
        }
        met = {group for group, value in values.items() if beyond(value, threshold)}
        met_since = {group: met_since.get(group, at) for group in met}
        for group, since in met_since.items():
            if at - since >= duration:
                opened.setdefault(group, at)
        for group in opened.keys() - met:
            found.append(Incident(group, opened.pop(group), at))
    assert not opened, "incidents are looked for until they are over"
    return sorted(found, key=lambda one: one.since)


def _values(
    query: str | None, aggregations: Sequence[Mapping[str, Any]] | None, points: Sequence[Point]
) -> Callable[[float], dict[Group, float]]:
    if not query or not aggregations:
        return lambda _: {}
    (how,) = aggregations
    period, test = _seconds(how["alignment_period"]), matches(query)
    align, reduce = ALIGNERS[how["per_series_aligner"]], REDUCERS[how["cross_series_reducer"]]
    chosen = [point for point in points if test(point.labels)]

    def at(instant: float) -> dict[Group, float]:
        series: dict[str, list[Point]] = {}
        for point in chosen:
            if instant - period < point.at <= instant:
                series.setdefault(str(point.labels), []).append(point)
        groups: dict[Group, list[float]] = {}
        for one in series.values():
            paths = how.get("group_by_fields") or []
            group = tuple(value_at(one[0].labels, path) or "" for path in paths)
            groups.setdefault(group, []).append(align(one, period))
        return {group: reduce(values) for group, values in groups.items()}

    return at


ALIGNERS: Mapping[str, Callable[[Sequence[Point], float], float]] = {
    "ALIGN_SUM": lambda points, _: sum(point.value for point in points),
    "ALIGN_RATE": lambda points, period: sum(point.value for point in points) / period,
    "ALIGN_NEXT_OLDER": lambda points, _: max(points).value,
}
REDUCERS: Mapping[str, Callable[[Sequence[float]], float]] = {
    "REDUCE_SUM": sum,
    "REDUCE_COUNT_FALSE": lambda values: sum(not value for value in values),
}


def _extracted(text: str) -> str:
    found = re.fullmatch(r"EXTRACT\((.+)\)", text)
    assert found, text
    return found[1]


def _seconds(text: str) -> float:
    return float(text.removesuffix("s"))
