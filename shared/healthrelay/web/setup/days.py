"""The list beside the calendar: the days that are not complete, why, and what helps."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import TYPE_CHECKING, NamedTuple

from healthrelay.core.charts.coverage import Calendar, Coverage, Group
from healthrelay.core.measurements.catalogue import SCALE
from healthrelay.web.charts.words import ChartWords

if TYPE_CHECKING:
    from healthrelay.core.measurements.ledger import Device
    from healthrelay.core.measurements.status import PersonStatus

MAX_BUTTONS = 3
"""Of runs of days to be read again, the newest; a fetch takes up the others by itself."""

MAX_RUNS = 12
"""Of runs that stand there at once; the others are a press away."""


class Run(NamedTuple):
    """Days that follow each other, and what they are called."""

    first: date
    last: date
    words: str


class DayGroup(NamedTuple):
    """The days in one state: a line of the list."""

    state: str
    days: str
    """The newest of them."""
    more_days: Sequence[str]
    reasons: Sequence[str]
    again: Sequence[Run]
    """What a button reads again."""


def day_groups(
    days: Calendar, status: PersonStatus, words: ChartWords, person: str, provider: str
) -> list[DayGroup]:
    """Return the groups of *days*, of *person*, whose measurements are at *provider*."""
    today = status.moment.day
    groups = []
    for group in days.groups:
        runs = [Run(*run, _run_words(*run, today, words)) for run in group.runs]
        failed = group.coverage is Coverage.FAILED
        groups.append(
            DayGroup(
                state=group.coverage.value,
                days=", ".join(run.words for run in runs[:MAX_RUNS]),
                more_days=[run.words for run in runs[MAX_RUNS:]],
                reasons=_reasons(group, status, words, person, provider),
                again=runs[:MAX_BUTTONS] if failed else [],
            )
        )
    return groups


def _run_words(first: date, last: date, today: date, words: ChartWords) -> str:
    """Return ``14 October``, ``27 and 28 November``, ``3 to 9 August``."""
    if first == last:
        return words.long_day(first, today)
    near = (first.year, first.month) == (last.year, last.month)
    begin = str(first.day) if near else words.long_day(first, today)
    key = "long_days_two" if (last - first).days == 1 else "long_days"
    return words.say(key, first=begin, last=words.long_day(last, today))


def _reasons(
    group: Group, status: PersonStatus, words: ChartWords, person: str, provider: str
) -> list[str]:
    if group.coverage is Coverage.NONE:
        return [words.say("why.none", provider=provider)]
    if group.coverage is Coverage.FAILED:
        return [words.cause(cause, provider) for cause in group.causes]
    synced = [device for device in status.devices if device.synced]
    if not synced:
        return [words.say("why.open_long")]
    said = [_synced(device, status, words, person) for device in synced]
    return [*said, words.say("why.open")]


def _synced(device: Device, status: PersonStatus, words: ChartWords, person: str) -> str:
    at = datetime.fromisoformat(device.synced)
    kind = "scale" if device.kind == SCALE else "watch"
    today = status.moment.day
    key = f"why.{kind}_today" if at.date() == today else f"why.{kind}"
    day = words.long_day(at.date(), today)
    return words.say(key, person=person, day=day, time=f"{at:%H:%M}")
