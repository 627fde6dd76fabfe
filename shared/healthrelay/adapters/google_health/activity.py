"""Daily totals of activity."""

from __future__ import annotations

from decimal import Decimal

from healthrelay.adapters.google_health.points import (
    Answers,
    Element,
    Row,
    civil_day,
    daily,
    json_name,
    value_of,
)
from healthrelay.adapters.google_health.questions import DailyRollUp
from healthrelay.core import units
from healthrelay.core.digestible import Json

STEPS = DailyRollUp("steps")


def totals(answers: Answers, question: DailyRollUp, member: str) -> dict[str, Decimal]:
    """Day → total. A day without the value has no data, which is not a zero."""
    kind = json_name(question)
    found = {}
    for point in answers.of(question):
        total = value_of(point, kind, {}).get(member)
        if total is not None:
            found[civil_day(point["civilStartTime"])] = Decimal(total)
    return found


def steps(answers: Answers) -> list[Element]:
    """``activities/steps``."""
    found: dict[str, Json] = {
        day: units.text(total) for day, total in totals(answers, STEPS, "countSum").items()
    }
    return daily(found)


ROWS: dict[str, Row] = {"activities-steps": Row((STEPS,), steps)}
