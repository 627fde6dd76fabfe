"""The last night by its stages, a row each."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from html import escape

from healthrelay.core.charts.nights import SleepDay, SleepSession, SleepStage, SleepStretch
from healthrelay.core.charts.rows import clock
from healthrelay.web.charts import svg
from healthrelay.web.charts.words import ChartWords

HOUR = 60
LEFT, RIGHT = 50, 4
_TOP, _ROW, _BAND = 12, 28, 20
_LEAST_WIDTH = 1.5


def draw_last_night(night: SleepDay, today: date, words: ChartWords) -> str:
    """Return the main session of *night*, a row for each of its stages."""
    session = night.main
    rows = list(SleepStage) if session.staged else [SleepStage.AWAKE, SleepStage.LIGHT]
    body: list[str] = []
    for place, stage in enumerate(rows):
        body += _row(place, _stage_name(stage, session, words))
    for part in session.stretches:
        body.append(_band(part, rows.index(part.stage), session, words))
    foot = 30 + _ROW * len(rows)
    body += _times(session, foot, words)
    title = words.say("night.title", day=words.long_day(night.day, today))
    return svg.picture("night", title, describe_night(session, words), foot + 4, body)


def describe_night(session: SleepSession, words: ChartWords) -> str:
    """Return when the night began and ended, and how much of it was sleep."""
    return words.say(
        "night.described",
        begin=clock(session.begin),
        end=clock(session.end),
        asleep=words.length(session.asleep),
        awake=words.length(session.minutes(SleepStage.AWAKE)),
    )


def sums(session: SleepSession, words: ChartWords) -> str:
    """Return how long each stage took, as a sentence; nothing where they are not known."""
    if not session.staged:
        return ""
    lengths = {stage.value: words.length(session.minutes(stage)) for stage in SleepStage}
    return words.say("night.sums", **lengths)


def _row(place: int, name: str) -> Iterator[str]:
    yield svg.text(0, 26 + _ROW * place, name)
    yield svg.line("grid-line", LEFT, svg.WIDE - RIGHT, 36 + _ROW * place)


def _stage_name(stage: SleepStage, session: SleepSession, words: ChartWords) -> str:
    return words.say(
        f"stage.{stage.value if session.staged or stage is SleepStage.AWAKE else 'asleep'}"
    )


def _place(minutes: int, session: SleepSession) -> float:
    """Return where it is so many *minutes* by the clock by which the session began."""
    share = (minutes - session.begin) / session.length
    return LEFT + share * (svg.WIDE - RIGHT - LEFT)


def _band(part: SleepStretch, row: int, session: SleepSession, words: ChartWords) -> str:
    left = _place(part.begin - part.shift, session)
    width = max(_place(part.end - part.shift, session) - left, _LEAST_WIDTH)
    left = min(left, svg.WIDE - RIGHT - width)
    name = _stage_name(part.stage, session, words)
    times = {"begin": clock(part.begin), "end": clock(part.end)}
    label = escape(words.say("night.part", stage=name, **times))
    return (
        f'<rect class="{part.stage.value}" x="{svg.number(left)}" y="{_TOP + _ROW * row}"'
        f' width="{svg.number(width)}" height="{_BAND}" rx="2"><title>{label}</title></rect>'
    )


def _times(session: SleepSession, y: int, words: ChartWords) -> Iterator[str]:
    """Yield when it begins and ends, and a whole hour near the middle between them."""
    yield svg.text(LEFT, y, clock(session.begin), "start")
    last = session.begin + session.length
    middle = round((session.begin + last) / 2 / HOUR) * HOUR
    if session.begin + HOUR < middle < last - HOUR:
        # The clock of the middle is that of the last stretch that begins until then.
        until = [part.shift for part in session.stretches if part.begin - part.shift <= middle]
        shown = clock(middle + (until[-1] if until else 0))
        yield svg.text(_place(middle, session), y, shown, "middle")
    yield svg.text(svg.WIDE - RIGHT, y, clock(session.end), "end")
