"""The whole table: each series that Google Health can fill, and why it cannot fill the others."""

from healthrelay.adapters.google_health import (
    account,
    active_minutes,
    activity,
    beyond,
    body,
    exercise,
    food,
    heart,
    intraday,
    sleep,
    vitals,
)
from healthrelay.adapters.google_health.points import Row
from healthrelay.adapters.google_health.questions import Question
from healthrelay.core.measurements.catalogue import SERIES
from healthrelay.core.measurements.reads import Source

ROWS: dict[str, Row] = {
    **body.ROWS,
    **activity.ROWS,
    **active_minutes.ROWS,
    **exercise.ROWS,
    **heart.ROWS,
    **intraday.ROWS,
    **sleep.ROWS,
    **food.ROWS,
    **vitals.ROWS,
    **beyond.ROWS,
    **account.ROWS,
}

SOURCES: dict[Question, Source] = {
    question: question.source for row in ROWS.values() for question in (*row.needs, *row.fine)
}
QUESTIONS: dict[str, Question] = {source.name: question for question, source in SOURCES.items()}

ABSENT: dict[str, str] = {
    "badges": "badges",
    "friends": "friends",
    "activities-list": "catalogue of activities",
    "recent-activities": "list of recent activities",
    "favorite-activities": "list of favourite activities",
    "frequent-activities": "list of frequent activities",
    "recent-foods": "list of recent foods",
    "favorite-foods": "list of favourite foods",
    "frequent-foods": "list of frequent foods",
    "meals": "list of meals",
    "activity-stats": "lifetime statistics",
    **{series: "goals" for series in SERIES if series.endswith("-goal")},
}
"""Series → what Google Health does not have, in a person's words."""
