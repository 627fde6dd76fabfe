"""The request for each function, and how its real answer is known from any other."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, datetime

from benchmarks.household import DAYS, OWNER, USER, Household
from benchmarks.process import Answer, Question
from healthrelay.flows.grants.signed import SignedNotes

MEASURED = ("auth1", "auth2", "fetch", "events", "relay", "setup")


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
        place = answer.headers.get("location", "")
        return answer.status == 303 and place.endswith(f"/setup/people/{USER}/connected")

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


def _setup(_home: Household) -> Question:
    """Ask for Today, as the owner in a browser."""
    key = OWNER["Authorization"].removeprefix("Bearer ")
    note = {"kind": "owner", "user": "", "bound": "1", "id": "00"}
    cookie = SignedNotes(key).sign("session", note, datetime.now(UTC))

    def today(answer: Answer) -> bool:
        return answer.status == 200 and b'class="big"' in answer.body

    return Question("/", {"Cookie": f"session={cookie}"}, today)


_QUESTIONS: dict[str, Callable[[Household], Question]] = {
    "empty": _empty,
    "auth1": _auth1,
    "auth2": _auth2,
    "events": _events,
    "relay": _relay,
    "fetch": _fetch,
    "setup": _setup,
}
