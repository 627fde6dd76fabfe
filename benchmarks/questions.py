"""The request for each function, and how its real answer is known from any other."""

from __future__ import annotations

import json
from collections.abc import Callable

from benchmarks.household import DAYS, OWNER, USER, Household
from benchmarks.process import Answer, Question

MEASURED = ("auth1", "auth2", "fetch", "events", "relay")


def question(home: Household, name: str) -> Question:
    """Return the next question for the function *name*; one for ``auth2`` is answered once only."""
    return _QUESTIONS[name](home)


def _empty(_home: Household) -> Question:
    return Question("/", {}, lambda answer: answer.body == b"ok")


def _auth1(home: Household) -> Question:
    page = home.settings["HEALTHRELAY_GOOGLE_AUTH_URL"]

    def sent_there(answer: Answer) -> bool:
        return answer.status == 302 and answer.headers["location"].startswith(page)

    return Question(f"/?user={USER}", OWNER, sent_there)


def _auth2(home: Household) -> Question:
    path, cookie = home.consent()

    def connected(answer: Answer) -> bool:
        return answer.status == 200 and b"Jack is connected" in answer.body

    return Question(path, cookie, connected)


def _events(home: Household) -> Question:
    def one(answer: Answer) -> bool:
        return answer.status == 200 and len(json.loads(answer.body)["events"]) == 1

    return Question(f"/?user={USER}&key={home.poll_key}&after=1", {}, one)


def _relay(home: Household) -> Question:
    def whole_year(answer: Answer) -> bool:
        return answer.status == 200 and len(json.loads(answer.body)[USER]["body-weight"]) == DAYS

    return Question(f"/?user={USER}&key={home.poll_key}", {}, whole_year)


def _fetch(_home: Household) -> Question:
    def all_four(answer: Answer) -> bool:
        return answer.status == 200 and len(json.loads(answer.body)["series"]) == 4

    return Question(f"/?user={USER}", OWNER, all_four)


_QUESTIONS: dict[str, Callable[[Household], Question]] = {
    "empty": _empty,
    "auth1": _auth1,
    "auth2": _auth2,
    "events": _events,
    "relay": _relay,
    "fetch": _fetch,
}
