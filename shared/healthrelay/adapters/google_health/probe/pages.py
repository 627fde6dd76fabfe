"""Questions about answers as such: empty ones, their pages and their order."""

from __future__ import annotations

from datetime import date, timedelta

from healthrelay.adapters.google_health.probe.client import GoogleProbe, Raw, member, objects
from healthrelay.adapters.google_health.questions import (
    PAGE_SIZE,
    SESSION_PAGE,
    DailyRollUp,
    Points,
    Question,
    RollUp,
    intervals,
    samples,
    sessions,
)
from healthrelay.adapters.probing import ProbeRow, Unanswered
from healthrelay.core.grants.probe import Verdict, together

_BEFORE_ANYTHING = (date(2001, 1, 1), date(2001, 1, 7))
"""Nobody wore anything then."""
_EMPTY: tuple[Question, ...] = (
    samples("weight"),
    samples("weight")._replace(how=""),
    sessions("sleep"),
    DailyRollUp("steps"),
    RollUp("heart-rate"),
)


def _empty(probe: GoogleProbe) -> Verdict:
    def look(question: Question) -> Verdict:
        reply = probe.reply(question, _BEFORE_ANYTHING)
        line = f"{question.source.name}: {reply.line}"
        if not reply.good:
            return Verdict(None, (line,))
        return Verdict(reply.body == {}, (line, *probe.vocabulary.describe([reply.body])))

    return together(map(look, _EMPTY))


def _full_page(probe: GoogleProbe) -> Verdict:
    last = probe.today - timedelta(days=1)
    week = (last - timedelta(days=6), last)
    return together(
        (
            _first_page(probe, samples("heart-rate"), (last, last)),
            _first_page(probe, intervals("steps"), week),
        )
    )


def _session_page(probe: GoogleProbe) -> Verdict:
    return _first_page(probe, sessions("sleep"), probe.year)


def _first_page(probe: GoogleProbe, question: Points, span: tuple[date, date]) -> Verdict:
    """Look whether a page that another one follows is as long as was asked for."""
    reply = probe.reply(question, span)
    if not reply.good:
        return Verdict(None, (f"{question.type}: {reply.line}",))
    size, most = len(objects(reply.body.get(question.points))), question.page_size
    followed = bool(reply.body.get("nextPageToken"))
    line = f"{question.type}: {size} of {most}, {'and' if followed else 'no'} more to come"
    return Verdict(size == most if followed else None, (line,))


def _small_pages(probe: GoogleProbe) -> Verdict:
    """Ask for one point a page: the second page must bring another one."""
    one = samples("weight")._replace(page_size=1)
    pages: list[Raw] = []
    token = ""
    for _ in range(2):
        reply = probe.reply(one, probe.year, token)
        if not reply.good:
            raise Unanswered("pageSize=1", reply)
        pages.append(reply.body)
        token = str(reply.body.get("nextPageToken") or "")
        if not token:
            break
    names = [[point.get("dataPointName") for point in objects(p.get("dataPoints"))] for p in pages]
    sizes = ", ".join(str(len(each)) for each in names)
    good = len(names) == 2 and all(len(each) == 1 for each in names) and names[0] != names[1]
    return Verdict(good if len(names) > 1 else None, (f"points of the first pages: {sizes}",))


def _order(probe: GoogleProbe) -> Verdict:
    def look(question: Points, *where: str) -> Verdict:
        try:
            points = probe.points(question, probe.year)
        except Unanswered as error:
            return error.verdict
        instants = [str(member(point, *where)) for point in points]
        newest_first = instants == sorted(instants, reverse=True)
        line = (
            f"{question.type}: {len(instants)} points, {'' if newest_first else 'not '}newest first"
        )
        return Verdict(newest_first if len(instants) > 1 else None, (line,))

    return together(
        (
            look(samples("weight")._replace(how=""), "weight", "sampleTime", "physicalTime"),
            look(sessions("exercise")._replace(how=""), "exercise", "interval", "startTime"),
        )
    )


ROWS = (
    ProbeRow("empty-answer", "An answer without data is an empty object.", _empty),
    ProbeRow(
        "page-size", f"A page of points is as long as was asked for, up to {PAGE_SIZE}.", _full_page
    ),
    ProbeRow("session-page", f"A page of nights holds {SESSION_PAGE}.", _session_page),
    ProbeRow("next-page", "The token of a page leads to the points that follow.", _small_pages),
    ProbeRow("order", "A list begins with the newest.", _order),
)
