"""The table of failures, and the one page that shows them.

Each says what happened, what somebody can do, and has a button that leads on. Its texts stand in
``texts/<language>/problem.json`` under its name. The case word stands on the page and in the log.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple
from urllib.parse import quote, urlencode

from flask import Response, g

from healthrelay.core.errors import (
    BadRequest,
    ConsentEnded,
    HealthrelayError,
    ReconnectNeeded,
    TryLater,
)
from healthrelay.flows.grants.sessions import OWNER
from healthrelay.web import responses
from healthrelay.web.problem_names import case_word, problem_name
from healthrelay.web.setup.phrases import Phrases, person_name
from healthrelay.web.setup.problem import Problem
from healthrelay.web.setup.render import render

if TYPE_CHECKING:
    from healthrelay.web.setup.visit import Visit

MAIL, AGAIN, GIVEN = "mailto:", "again", "given"
"""Ways on: write to the owner, the same address again, and what the error brings along."""
YOU, OWNER_ACTS, NOBODY = "you", "owner", "nobody"
"""Who acts: who looks, the owner, or nobody at all."""


class ProblemRow(NamedTuple):
    """One failure: its status, its shape, and where its button leads."""

    status: int
    shape: str
    way: str
    who: str = YOU
    """Who must act; ``do`` of its texts says what, unless nobody must."""
    owner: str = ""
    """Where the owner's button leads, if it is another one (the text ``owner_button``)."""
    post: bool = False
    """Whether the button is that of a form."""
    says: bool = False
    """Whether only the sentence of the error, which is English, says what it was."""


PROBLEMS = {
    "link-cut": ProblemRow(400, "need", MAIL),
    "link-ended": ProblemRow(403, "need", MAIL, owner=GIVEN),
    "link-used": ProblemRow(403, "need", MAIL, owner=GIVEN),
    "not-given": ProblemRow(200, "waiting", GIVEN),
    "nothing-ticked": ProblemRow(200, "need", GIVEN, post=True),
    "begun-elsewhere": ProblemRow(403, "need", GIVEN),
    "too-slow": ProblemRow(403, "need", GIVEN),
    "start-over": ProblemRow(400, "need", GIVEN, says=True),
    "answer-used": ProblemRow(409, "need", GIVEN),
    "not-asked": ProblemRow(502, "need", GIVEN, says=True),
    "not-connected": ProblemRow(409, "need", GIVEN, says=True),
    "used-before": ProblemRow(200, "well", GIVEN, NOBODY),
    "other-account": ProblemRow(409, "need", GIVEN, post=True),
    "taken-account": ProblemRow(409, "need", GIVEN, post=True),
    "no-measurements": ProblemRow(409, "need", GIVEN, post=True),
    "testing": ProblemRow(403, "need", MAIL, OWNER_ACTS, GIVEN),
    "client-refused": ProblemRow(502, "need", MAIL, OWNER_ACTS, "start/client"),
    "google-down": ProblemRow(503, "waiting", AGAIN, NOBODY),
    "wait": ProblemRow(429, "waiting", GIVEN, NOBODY),
    "wrong-key": ProblemRow(403, "need", "sign-in"),
    "too-many-tries": ProblemRow(429, "need", "sign-in"),
    "link-spent": ProblemRow(403, "need", "sign-in"),
    "link-old": ProblemRow(403, "need", "sign-in"),
    "session-over": ProblemRow(401, "need", GIVEN),
    "page-too-old": ProblemRow(403, "need", GIVEN),
    "not-yours": ProblemRow(404, "need", GIVEN, NOBODY),
    "nobody": ProblemRow(404, "need", "", NOBODY),
    "no-page": ProblemRow(404, "need", "", NOBODY),
    "owner": ProblemRow(502, "need", MAIL, OWNER_ACTS, GIVEN, says=True),
    "meanwhile": ProblemRow(503, "waiting", AGAIN),
    "store": ProblemRow(503, "bad", AGAIN, OWNER_ACTS, says=True),
    "trouble": ProblemRow(400, "need", GIVEN, says=True),
    "defect": ProblemRow(500, "bad", AGAIN, OWNER_ACTS),
}


def render_problem(error: HealthrelayError, visit: Visit) -> Response:
    """Return the page of *error*, and let the log line of this request have its case word."""
    problem = error if isinstance(error, Problem) else _problem_of(error, visit)
    row = PROBLEMS[problem.name]
    g.case = case = problem.case or case_word()
    owner = row.owner != "" and visit.session.kind == OWNER
    words = {
        "name": problem.name,
        "shape": row.shape,
        "values": {**problem.values, "case": case},
        "case": case,
        "at": f"{problem.met_at or visit.now:%H:%M} UTC",
        "nobody_acts": row.who == NOBODY,
        "says": _sentences(problem) if row.says else "",
        "button": f"problem.{problem.name}.{'owner_button' if owner else 'button'}",
        "href": _way(row.owner if owner else row.way, problem, visit, case),
        "post": row.post and not owner and (problem.way or "").endswith("/connect"),
        "fields": problem.fields,
    }
    status = row.status if problem is error else responses.status(error)
    response = render(visit, "problem", status, **words)
    response.headers.update(responses.headers(error))
    return response


def _problem_of(error: HealthrelayError, visit: Visit) -> Problem:
    at = visit.now
    if isinstance(error, TryLater):
        from datetime import timedelta  # noqa: PLC0415 - only where waiting helps

        at += timedelta(seconds=error.after)
    until = getattr(error, "until", at)
    user = getattr(error, "user", "") or visit.args.get("user", "")
    connects = user and isinstance(error, (ConsentEnded, ReconnectNeeded))
    return Problem(
        problem_name(error),
        f"people/{user}/connect" if connects else _back(error, visit),
        person=person_name(user),
        sentence=error.sentence,
        next_step=error.next_step,
        until=Phrases(visit.texts, None, visit.now).long_date(until.date()),
        at=f"{at:%H:%M} UTC",
    )


def _back(error: HealthrelayError, visit: Visit) -> str:
    """Return the page to go back to: of a page that is refused itself the person's, or Today."""
    if visit.request.method == "POST" or not isinstance(error, BadRequest):
        return visit.back
    page = f"people/{visit.args['user']}" if "user" in visit.args else ""
    return quote(page) if page != visit.here else ""


def _sentences(problem: Problem) -> str:
    """Return what the error itself says, which is in no catalogue and in English."""
    values = problem.values
    return f"{values.get('sentence', '')} {values.get('next_step', '')}".strip()


def _way(way: str, problem: Problem, visit: Visit, case: str) -> str:
    """Return the address of the button."""
    if way == MAIL:
        text = visit.texts.text
        asks = problem.name.startswith("link-")
        subject = text("problem.mail_subject" if asks else "problem.mail_owner")
        body = text("problem.mail_body", title=text(f"problem.{problem.name}.title"), case=case)
        return f"mailto:?{urlencode({'subject': subject, 'body': body}, quote_via=quote)}"
    if way == AGAIN and problem.way is None:
        return visit.url(quote(visit.here if visit.request.method != "POST" else visit.back))
    return visit.url((problem.way or "") if way in (GIVEN, AGAIN) else way)
