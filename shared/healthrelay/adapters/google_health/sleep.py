"""Sleep: the log of sessions, and what the sessions of a day come to.

A session belongs to the local day on which it ended. One whose stages are not worked out yet
is served without them; the last nights are read again, so that they come later.
"""

from collections.abc import Callable, Iterable
from datetime import datetime

from healthrelay.adapters.google_health.nights import KINDS, SLEEP, Night, Stage, Tally, nights
from healthrelay.adapters.google_health.points import MINUTE, Answers, Element, Row, daily
from healthrelay.core.json import Json

Figure = Callable[[Night], int | None]

# The v1 log has a number for each minute. A stage that it had none for has no minutes.
_MINUTE_VALUES = dict.fromkeys(("LIGHT", "DEEP", "REM", "ASLEEP"), "1")
_MINUTE_VALUES |= {"RESTLESS": "2", "AWAKE": "3"}


def _figure_of(member: str) -> Figure:
    return lambda night: night.minutes(member)


# What the sessions of a day add up to.
_SUMS: dict[str, Figure] = {
    "timeInBed": lambda night: night.in_bed,
    "minutesAsleep": _figure_of("minutesAsleep"),
    "minutesAwake": lambda night: night.awake,
    "minutesToFallAsleep": _figure_of("minutesToFallAsleep"),
    "minutesAfterWakeup": _figure_of("minutesAfterWakeUp"),
    "awakeningsCount": lambda night: night.awakenings,
}


def sleep_log(answers: Answers) -> list[Element]:
    """``sleep``: every session with the members of the v1 log and the levels of v1.2."""
    return [_session(night) for night in nights(answers)]


def sleep_days(answers: Answers) -> list[Element]:
    """Return the ``summary`` of each day; its stages, in minutes, only where they are known."""
    return [_summary(day, each) for day, each in _by_day(answers).items()]


def sums(figure: Figure) -> Callable[[Answers], list[Element]]:
    """Return a time series of what is known of *figure*, summed over each day's sessions."""

    return lambda answers: _daily_figures(answers, lambda each: _sum_minutes(figure, each))


def start_times(answers: Answers) -> list[Element]:
    """``sleep/startTime``: when the main sleep of each day began."""
    days = _by_day(answers).items()
    return daily({day: f"{_main(each).span.local_start:%H:%M}" for day, each in days})


def efficiencies(answers: Answers) -> list[Element]:
    """``sleep/efficiency``: of the main sleep of each day, in percent."""
    return _daily_figures(answers, lambda each: _main(each).efficiency)


def _daily_figures(answers: Answers, figure: Callable[[list[Night]], int | None]) -> list[Element]:
    known = {day: figure(each) for day, each in _by_day(answers).items()}
    return daily({day: str(value) for day, value in known.items() if value is not None})


def _by_day(answers: Answers) -> dict[str, list[Night]]:
    days: dict[str, list[Night]] = {}
    for night in nights(answers):
        days.setdefault(night.day, []).append(night)
    return {day: days[day] for day in sorted(days)}


def _main(each: list[Night]) -> Night:
    return max(each, key=lambda night: (night.main, night.in_bed))


def _sum_minutes(figure: Figure, each: list[Night]) -> int | None:
    known = [value for night in each if (value := figure(night)) is not None]
    return sum(known) if known else None


def _summary(day: str, each: list[Night]) -> Element:
    element: Element = {"date": day}
    if stages := _stage_minutes(each):
        element["stages"] = stages
    asleep = _sum_minutes(_SUMS["minutesAsleep"], each)
    if asleep is not None:
        element["totalMinutesAsleep"] = asleep
    element["totalSleepRecords"] = len(each)
    element["totalTimeInBed"] = sum(night.in_bed for night in each)
    return element


def _stage_minutes(each: list[Night]) -> dict[str, Json]:
    tallies = [night.levels() for night in each if night.kind == "STAGES"]
    return {
        _level("STAGES", kind): sum(known)
        for kind in ("DEEP", "LIGHT", "REM", "AWAKE")
        if (known := [tally[kind][1] for tally in tallies if kind in tally])
    }


def _session(night: Night) -> Element:
    span = night.span
    element: Element = {
        "logId": night.log_id,
        "dateOfSleep": night.day,
        "startTime": _clock(span.local_start),
        "endTime": _clock(span.local_end),
        "duration": (span.end - span.start) // MINUTE * 60_000,
    }
    known = {name: figure(night) for name, figure in _SUMS.items()}
    known["efficiency"] = night.efficiency
    element |= {name: value for name, value in known.items() if value is not None}
    element["isMainSleep"] = night.main
    if night.kind:
        element["type"] = night.kind.lower()
    return element | _stages(night)


def _stages(night: Night) -> Element:
    """Return what only a session with stages has."""
    tally = night.tally()
    if not tally:
        return {}
    summary: dict[str, Json] = {
        _level(night.kind, kind): {"count": count, "minutes": minutes}
        for kind, (count, minutes) in night.levels().items()
    }
    levels: dict[str, Json] = {"data": _level_data(night.kind, night.stages), "summary": summary}
    if night.short:
        levels["shortData"] = _level_data(night.kind, night.short)
    return {**_count_wakes(tally), "minuteData": _minute_data(night), "levels": levels}


def _count_wakes(tally: Tally) -> Element:
    """Return how often and how long; nothing where no kind of stage is one that we know."""
    if not tally.keys() & KINDS:
        return {}
    (awake, awake_minutes), (restless, restless_minutes) = (
        tally.get(kind, (0, 0)) for kind in ("AWAKE", "RESTLESS")
    )
    return {
        "awakeCount": awake,
        "awakeDuration": awake_minutes,
        "restlessCount": restless,
        "restlessDuration": restless_minutes,
    }


def _level_data(session: str, stages: Iterable[Stage]) -> list[Json]:
    return [
        {
            "dateTime": _clock(stage.span.local_start),
            "level": _level(session, stage.kind),
            "seconds": int((stage.span.end - stage.span.start).total_seconds()),
        }
        for stage in stages
    ]


def _minute_data(night: Night) -> list[Json]:
    """Return the stage at the beginning of each minute in bed."""
    minutes_in_bed: list[Json] = []
    at = night.span.start
    for stage in night.stages:
        while at < stage.span.end:
            if at >= stage.span.start and stage.kind in _MINUTE_VALUES:
                clock = stage.span.local_start + (at - stage.span.start)
                value = _MINUTE_VALUES[stage.kind]
                minutes_in_bed.append({"dateTime": f"{clock:%H:%M:%S}", "value": value})
            at += MINUTE
    return minutes_in_bed


def _level(session: str, stage: str) -> str:
    """Fitbit's word: of a night with stages the wearer was in ``wake``, of a classic one awake."""
    return "wake" if (session, stage) == ("STAGES", "AWAKE") else stage.lower()


def _clock(local: datetime) -> str:
    return local.isoformat(timespec="milliseconds")


ROWS: dict[str, Row] = {
    "sleep": Row((SLEEP,), sleep_log),
    "sleep-summary": Row((SLEEP,), sleep_days),
    "sleep-startTime": Row((SLEEP,), start_times),
    "sleep-efficiency": Row((SLEEP,), efficiencies),
    **{f"sleep-{name}": Row((SLEEP,), sums(figure)) for name, figure in _SUMS.items()},
}
