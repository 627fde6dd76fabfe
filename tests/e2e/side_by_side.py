"""The same wearer through both providers, and what became of every series."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

from healthrelay.core.measurements.catalogue import SERIES
from healthrelay.core.measurements.methods import METHODS
from sandbox import Sandbox
from tests.household import Clock

DAYS = 60
RECORDED_DAYS = 31
RECORDED = ["get_bodyweight", "time_series", "sleep"]
EVERYTHING = [
    name for name, row in METHODS.items() if name not in ("get_sleep", "intraday_time_series")
]
DAILY = list(METHODS["time_series"].resources or {})
INTRADAY = list(METHODS["intraday_time_series"].resources or {})
# Whoever tells of a log entry names themselves in it.
TELLER = "source"

Snapshot = Mapping[str, list[dict[str, Any]]]


@contextmanager
def wearer(clock: Clock, recorded: tuple[Path, str] | None = None) -> Iterator[Sandbox]:
    """A sandbox whose quotas are no matter here."""
    options: dict[str, Any] = {"clock": clock.seconds}
    if recorded:
        options |= {"measurements": recorded[0], "participant": recorded[1]}
    with Sandbox(**options) as running:
        running.google.per_minute = running.fitbit.per_hour = 1_000_000
        yield running


Part = tuple[list[str], list[str], int]
"""Methods, resources, and how many days up to today."""

GENERATED: list[Part] = [(EVERYTHING, DAILY, DAYS), (["intraday_time_series"], INTRADAY, 3)]
# What a recording can hold: nobody's girths, floors or meals.
_HELD = re.compile(r"body/|sleep/|activities/(steps|distance|calories|minutes)")
OF_A_RECORDING: list[Part] = [(RECORDED, [r for r in DAILY if _HELD.match(r)], RECORDED_DAYS)]


def through(
    provider: str, sandbox: Sandbox, parts: list[Part], serve: Callable[..., Any]
) -> Snapshot:
    """What *provider* gives of the wearer; *serve* makes a household that reads from it."""
    today = sandbox.wearer.today()
    with serve(provider, sandbox) as household:
        household.connect(methods=",".join(METHODS), resource=",".join(DAILY + INTRADAY))
        for methods, resource, days in parts:
            household.fetched(
                methods=",".join(methods),
                resource=",".join(resource),
                base_date=(today - timedelta(days=days - 1)).isoformat(),
                end_date=today.isoformat(),
            )
        snapshot: Snapshot = household.snapshot()
        return snapshot


def verdict(series: str, google: Snapshot, fitbit: Snapshot) -> str:
    """``equal``; ``fewer members`` where one tells less of the same records; or what else."""
    if series not in google and series not in fitbit:
        return "no data"
    if series not in google:
        return "not at Google"
    if series not in fitbit:
        return "not at Fitbit"
    one, other = _told(series, google), _told(series, fitbit)
    _drop_lonely_zeros(one, other)
    _drop_lonely_zeros(other, one)
    if one == other:
        return "equal"
    if one.keys() == other.keys() and all(_agree(one[key], other[key]) for key in one):
        return "fewer members"
    return "different"


def differences(series: str, google: Snapshot, fitbit: Snapshot) -> str:
    """The first few records that do not agree, for whoever reads a failure."""
    one, other = _told(series, google), _told(series, fitbit)
    keys = [key for key in sorted(one | other) if one.get(key) != other.get(key)]
    return "\n".join(f"{key}: {one.get(key)} / {other.get(key)}"[:400] for key in keys[:4])


def _drop_lonely_zeros(one: dict[str, dict[str, Any]], other: dict[str, dict[str, Any]]) -> None:
    """Fitbit's zeros cannot be told from its gaps: one that Google alone tells proves nothing."""
    for key in [key for key in one if key not in other and one[key].get("value") == "0"]:
        del one[key]


def _told(series: str, snapshot: Snapshot) -> dict[str, dict[str, Any]]:
    key = SERIES[series].key
    return {
        str(record.get(key)): {name: value for name, value in record.items() if name != TELLER}
        for record in snapshot.get(series, [])
    }


def _agree(one: Any, other: Any) -> bool:
    """Whether two objects say the same wherever both say something."""
    if isinstance(one, dict) and isinstance(other, dict):
        return all(_agree(one[name], other[name]) for name in one.keys() & other.keys())
    if isinstance(one, list) and isinstance(other, list) and len(one) == len(other):
        return all(_agree(*pair) for pair in zip(one, other, strict=True))
    return bool(one == other)
