"""GoogleProbe Google Health for a probe, with the very questions that a fetch asks."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, timedelta
from typing import Any

from healthrelay.adapters.google_health.questions import Question, Request, intervals
from healthrelay.adapters.probing import Prober, Reply, Unanswered
from healthrelay.core.grants.shape import Vocabulary
from healthrelay.core.measurements.reads import Read
from healthrelay.core.numbers import whole_number

MONTH = timedelta(days=29)
YEAR = timedelta(days=364)
MAX_PAGES = 3
"""Enough to see how pages follow each other."""

Raw = Mapping[str, Any]


class GoogleProbe:
    """Puts questions about the days before *today*, in the wearer's zone."""

    def __init__(self, prober: Prober, today: date) -> None:
        self._prober = prober
        self.today = today
        self.month = (today - MONTH, today)
        self.year = (today - YEAR, today)

    @property
    def vocabulary(self) -> Vocabulary:
        return self._prober.vocabulary

    def send(self, request: Request) -> Reply:
        return self._prober.ask(request.method, request.path, request.body)

    def reply(self, question: Question, days: tuple[date, date], page: str = "") -> Reply:
        """Return the answer to *question* about the *days*, first and last."""
        return self.send(question.request(Read(question.source.name, *days), page))

    def part(self, path: str) -> Raw:
        """Return a part of the account, such as ``/identity``."""
        return self._good(Request("GET", path), path)

    def pages(self, question: Question, days: tuple[date, date]) -> list[Raw]:
        """Return the first pages of an answer. Raise `Unanswered`."""
        pages: list[Raw] = []
        token: Any = ""
        while len(pages) < MAX_PAGES:
            reply = self.reply(question, days, str(token))
            if not reply.good or not isinstance(reply.body, dict):
                raise Unanswered(question.source.name, reply)
            pages.append(reply.body)
            if not (token := reply.body.get("nextPageToken")):
                break
        return pages

    def points(self, question: Question, days: tuple[date, date]) -> list[Raw]:
        """Return the points of the first pages that are objects. Raise `Unanswered`."""
        pages = self.pages(question, days)
        return [each for page in pages for each in objects(page.get(question.points))]

    def _good(self, request: Request, what: str) -> Raw:
        reply = self.send(request)
        if not reply.good or not isinstance(reply.body, dict):
            raise Unanswered(what, reply)
        return reply.body


def listed_steps(probe: GoogleProbe) -> list[Raw]:
    """Return yesterday's steps as each source has them. Raise `Unanswered`."""
    yesterday = probe.today - timedelta(days=1)
    return probe.points(intervals("steps")._replace(how=""), (yesterday, yesterday))


def objects(value: Any) -> list[Raw]:
    """Return the objects in a list; none of anything else."""
    return [each for each in value if isinstance(each, dict)] if isinstance(value, list) else []


def member(point: Raw, *names: str) -> Any:
    """Return what lies below *names* in *point*, or None."""
    value: Any = point
    for name in names:
        value = value.get(name) if isinstance(value, dict) else None
    return value


def key_of(kind: str) -> str:
    """Return the member that holds the value of a data type: ``bodyFat`` of ``body-fat``."""
    first, *rest = kind.split("-")
    return first + "".join(part.capitalize() for part in rest)


def whole(value: Any) -> int | None:
    """Return a whole number, written as a text or not."""
    if isinstance(value, str):
        return whole_number(value)
    return value if isinstance(value, int) and not isinstance(value, bool) else None


def total(values: Iterable[Any]) -> int:
    """Return the sum of whole numbers. Raise `TypeError` where one is none."""
    return sum(_known(whole(value)) for value in values)


def shared(values: Sequence[Any]) -> int:
    """Return how many of *values* are there more than once."""
    return sum(number for number in Counter(map(repr, values)).values() if number > 1)


def _known(number: int | None) -> int:
    if number is None:
        raise TypeError("no whole number")
    return number
