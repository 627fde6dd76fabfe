"""Questions about sums of days, and about what a zero is."""

from __future__ import annotations

from collections import defaultdict
from datetime import date, timedelta
from typing import Any

from healthrelay.adapters.google_health.probe.client import (
    GoogleProbe,
    listed_steps,
    member,
    objects,
    total,
    whole,
)
from healthrelay.adapters.google_health.questions import (
    ROLL_UP_DAYS,
    SHORT_ROLL_UP_DAYS,
    DailyRollUp,
    intervals,
)
from healthrelay.adapters.probing import ProbeRow
from healthrelay.core.grants.probe import Verdict, share, together

_WEEK = timedelta(days=6)
_UNSUPPORTED = "UNSUPPORTED_DATA_TYPE_ACTION"


def _daily_roll_up(probe: GoogleProbe) -> Verdict:
    reply = probe.reply(DailyRollUp("daily-resting-heart-rate"), probe.month)
    refused = reply.status == 400 and _UNSUPPORTED in reply.reasons
    return Verdict(None if reply.status == 403 else refused, (reply.line,))


def _level_roll_up(probe: GoogleProbe) -> Verdict:
    reply = probe.reply(DailyRollUp("activity-level"), probe.month)
    points = objects(reply.body.get("rollupDataPoints")) if isinstance(reply.body, dict) else []
    holds = None if reply.status == 403 else reply.good
    return Verdict(holds, (reply.line, *probe.vocabulary.describe(points)))


def _roll_up_days(probe: GoogleProbe) -> Verdict:
    def look(kind: str, number: int, allowed: bool) -> Verdict:
        span = (probe.today - timedelta(days=number - 1), probe.today)
        reply = probe.reply(DailyRollUp(kind), span)
        holds = None if reply.status == 403 else reply.good == allowed
        return Verdict(holds, (f"{kind}, {number} days: {reply.line}",))

    return together(
        (
            look("steps", ROLL_UP_DAYS, True),
            look("total-calories", SHORT_ROLL_UP_DAYS, True),
            look("total-calories", SHORT_ROLL_UP_DAYS + 1, False),
        )
    )


def _empty_days(probe: GoogleProbe) -> Verdict:
    span = (probe.today - timedelta(days=ROLL_UP_DAYS - 1), probe.today)
    rolled = probe.points(DailyRollUp("steps"), span)
    sums = [member(point, "steps", "countSum") for point in rolled]
    without, zeros = sums.count(None), sum(whole(each) == 0 for each in sums)
    line = f"{len(sums)} of {ROLL_UP_DAYS} days, {without} without a number, {zeros} with a zero"
    missing = len(sums) < ROLL_UP_DAYS
    return Verdict(False if without else True if missing else None, (line,))


def _listed_zeros(probe: GoogleProbe) -> Verdict:
    counts = [member(point, "steps", "count") for point in listed_steps(probe)]
    without, zeros = counts.count(None), sum(whole(each) == 0 for each in counts)
    line = f"{len(counts)} intervals, {without} without a number, {zeros} with a zero"
    return Verdict(False if zeros else True if without else None, (line,))


def _zone_minutes(probe: GoogleProbe) -> Verdict:
    """Compare each day's sum with that of its minutes, each of which counts one or two."""
    last = probe.today - timedelta(days=1)
    span = (last - _WEEK, last)
    rolled = {
        _day(member(point, "civilStartTime", "date")): total(
            value for name, value in (point.get("activeZoneMinutes") or {}).items()
        )
        for point in probe.points(DailyRollUp("active-zone-minutes"), span)
    }
    minutes: defaultdict[date, int] = defaultdict(int)
    for point in probe.points(intervals("active-zone-minutes"), span):
        value = point["activeZoneMinutes"]
        day = _day(member(value, "interval", "civilStartTime", "date"))
        minutes[day] += total([value.get("activeZoneMinutes", 0)])
    good = sum(minutes[day] == number for day, number in rolled.items())
    return share(good, len(rolled), "days have the sum of their minutes")


def _day(value: Any) -> date:
    return date(value["year"], value["month"], value["day"])


ROWS = (
    ProbeRow("daily-roll-up", "A type of a day has no roll-up.", _daily_roll_up),
    ProbeRow("level-roll-up", "The activity level has a roll-up by the day.", _level_roll_up),
    ProbeRow(
        "roll-up-days",
        "A roll-up answers 90 days at once, of total calories 14 and no more.",
        _roll_up_days,
    ),
    ProbeRow(
        "roll-up-empty-days",
        "A roll-up leaves out a day without data, and has no day without its number.",
        _empty_days,
    ),
    ProbeRow(
        "listed-zeros", "A listed interval of nothing is there without its number.", _listed_zeros
    ),
    ProbeRow(
        "zone-minutes",
        "Active zone minutes of a day are the plain sum of what its minutes earn.",
        _zone_minutes,
    ),
)
