"""No value of an answer gets into a report; no question asks twice, writes, or waits for long."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from datetime import date
from random import Random
from typing import Any, NamedTuple

import pytest
from hypothesis import given
from hypothesis import strategies as st

from healthrelay.adapters.fitbit.probe import ask_fitbit
from healthrelay.adapters.google_health.probe.table import ask_google
from healthrelay.adapters.http import Answer, Http
from healthrelay.adapters.probing import Prober, ProbeRow, Unanswered, questions
from healthrelay.core.errors import AccessRefused, HealthrelayError, RateLimited, TryLater
from healthrelay.core.grants.probe import OpenQuestion, Report, Verdict, finding
from healthrelay.core.grants.shape import Vocabulary
from sandbox import Sandbox
from tests.adapters.marking import DIGITS, TEXT, Marked, Recording
from tests.household import TODAY, Clock
from tests.sandbox.person import AREAS, FitbitPerson, GooglePerson, health

ASK: dict[str, Callable[[Http, str, str, date], Sequence[OpenQuestion]]] = {
    "google_health": ask_google,
    "fitbit": ask_fitbit,
}
WORDS = Vocabulary(frozenset({"NOT_FOUND", "quota"}), frozenset(), frozenset())


class Recorded(NamedTuple):
    """The answers of the provider *name* at *url*."""

    name: str
    url: str
    recording: Recording


def report_of(asked: Sequence[OpenQuestion]) -> Report:
    """The report, where a question that fails is skipped as a flow skips it."""
    found = []
    for question in asked:
        try:
            verdict = question.ask()
        except HealthrelayError as error:
            verdict = Verdict(None, (error.cause,))
        found.append(finding(question, verdict))
    return Report("here", tuple(found))


@pytest.fixture(scope="module", params=ASK)
def recorded(request: pytest.FixtureRequest) -> Recorded:
    """What the sandbox answers to every question of a provider's, as jack's consent lets it."""
    name: str = request.param
    recording = Recording()
    with Sandbox(clock=Clock().seconds) as sandbox:
        url, access = at_sandbox(name, sandbox)
        report = report_of(ASK[name](recording, url, access, TODAY))
    assert sum(one.answer == "cannot tell" for one in report.findings) < len(report.findings) / 4
    return Recorded(name, url, recording)


def at_sandbox(name: str, sandbox: Sandbox) -> tuple[str, str]:
    """Where the API is, and a token that opens jack's account."""
    if name == "fitbit":
        scope = "activity heartrate weight sleep nutrition settings profile"
        token = FitbitPerson(sandbox).connect(scope=scope)["access_token"]
        return sandbox.settings["HEALTHRELAY_FITBIT_API_URL"], token
    scope = health(*AREAS, "sleep", "nutrition")
    token = GooglePerson(sandbox).connect(scope=scope)["access_token"]
    return f"{sandbox.settings['HEALTHRELAY_GOOGLE_API_URL']}/v4/users/me", token


@given(st.integers(0, 2**32), st.sampled_from([0.0, 0.1, 1.0]), st.sampled_from([0.0, 0.02, 0.2]))
def test_no_value_of_any_answer_is_in_the_report(
    recorded: Recorded, seed: int, share: float, odd: float
) -> None:
    marked = Marked(recorded.recording, Random(seed), share, odd)

    report = report_of(ASK[recorded.name](marked, recorded.url, TEXT, TODAY))

    for shown in (report.as_text(), json.dumps(report.as_json())):
        assert TEXT not in shown.casefold()
        assert DIGITS not in shown
    assert len(report.findings) == len({one.id for one in report.findings})


def test_marks_are_in_every_answer(recorded: Recorded) -> None:
    marked = Marked(recorded.recording, Random(1), share=1.0, odd=0.0)

    for (method, url, body), plain in recorded.recording.answers.items():
        answer = marked.send(method, url, {}, body).body.decode()
        assert TEXT in answer.casefold()
        assert len(answer) >= len(plain.body)


def test_reads_only_and_asks_nothing_twice(recorded: Recorded) -> None:
    requests = recorded.recording.requests

    others = {method for method, url in requests if not url.endswith(("dailyRollUp", ":rollUp"))}
    assert others == {"GET"}
    assert len(requests) == len(recorded.recording.answers)
    assert len(requests) < 100


class Fake(Http):
    """Gives one answer after the other."""

    def __init__(self, *answers: Answer) -> None:
        super().__init__()
        self.answers = [*answers]

    def send(
        self,
        method: str,
        url: str,
        headers: Mapping[str, str],
        body: bytes | None = None,
        seconds: float = 30,
    ) -> Answer:
        return self.answers.pop(0)


def answer(status: int, payload: Any = None, **headers: str) -> Answer:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return Answer(status, named, json.dumps(payload).encode())


def prober(*answers: Answer, naps: list[float] | None = None) -> Prober:
    sleep = [].append if naps is None else naps.append
    return Prober(Fake(*answers), "http://127.0.0.1", "access", WORDS, sleep)


def test_a_pause_is_kept_once_and_for_a_minute_at_most() -> None:
    naps: list[float] = []
    asked = prober(
        answer(429, retry_after="3600"), answer(200, {}), answer(429, retry_after="5"), naps=naps
    )

    assert asked.ask("GET", "/one").good
    with pytest.raises(RateLimited):
        asked.ask("GET", "/two")
    assert naps == [60]


@pytest.mark.parametrize(
    ("status", "error"), [(401, AccessRefused), (500, TryLater), (503, TryLater)]
)
def test_what_says_nothing_of_the_question_is_an_error(
    status: int, error: type[HealthrelayError]
) -> None:
    with pytest.raises(error):
        prober(answer(status)).ask("GET", "/one")


def test_of_a_refusal_the_words_that_we_know_are_shown() -> None:
    body = {"error": {"status": "NOT_FOUND", "message": "jack is not found", "details": ["quota"]}}

    reply = prober(answer(404, body)).ask("GET", "/one")

    assert (reply.good, reply.line) == (False, "404 NOT_FOUND quota")


def test_what_is_no_json_has_no_body() -> None:
    html = Answer(410, {}, b"<h1>Gone, jack</h1>")

    reply = prober(html).ask("GET", "/one")

    assert (reply.body, reply.line) == (None, "410")


def fail(_asked: object) -> Verdict:
    raise KeyError("jack@example.org")


def refuse(_asked: object) -> Verdict:
    raise Unanswered("weight:reconcile", prober(answer(404)).ask("GET", "/one"))


def test_an_answer_of_another_shape_is_told_without_what_was_there() -> None:
    rows = (ProbeRow("one", "So it is.", fail), ProbeRow("two", "So it is.", refuse))

    one, two = (each.ask() for each in questions(rows, None))

    assert one == Verdict(None, ("the answer has another shape (KeyError)",))
    assert two == Verdict(None, ("weight:reconcile: 404",))
