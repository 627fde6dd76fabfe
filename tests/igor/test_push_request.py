"""The push on the wire: exactly the one request that Igor understands, and what its answers mean.

The bodies are those of Igor 0.99.1.
"""

from __future__ import annotations

import base64
from collections.abc import Callable

import pytest

from tests.household import Household
from tests.igor.expected import FIX_THIS, WEIGHTS
from tests.igor.recorder import Recorder, Say

BODY = (
    b'{"jack":{"body-weight":['
    b'{"dateTime":"2026-06-02","value":"82.6"},{"dateTime":"2026-06-03","value":"82.4"}]}}'
)
KEY = ["HEALTHRELAY_IGOR_TOKEN", "HEALTHRELAY_IGOR_USER", "HEALTHRELAY_IGOR_PASSWORD"]
URL = ["HEALTHRELAY_IGOR_URL"]

FOR_THE_OWNER: list[tuple[int, bytes, str, list[str] | None]] = [
    (
        400,
        b"400 Database Parameter Error: Parent not found: /data/sensors/fitbit",
        "Igor has no element sensors/fitbit; make it once in Igor's database.",
        None,
    ),
    (
        400,
        b"400 Bad PUT Request, XPath selects multiple items",
        "Igor has this person twice; delete both elements in Igor once.",
        None,
    ),
    (400, b"400 Incorrect signature on key", "Igor refuses our key (status 400).", KEY),
    (400, b"400 Incorrect issuer on key", "Igor refuses our key (status 400).", KEY),
    (400, b"400 Incorrect audience on key", "Igor refuses our key (status 400).", KEY),
    (400, b"400 Revoked token", "Igor refuses our key (status 400).", KEY),
    (401, b"401 Unauthorized", "Igor refuses our key (status 401).", KEY),
    (401, b"", "Igor refuses our key (status 401).", KEY),
    (
        404,
        b"404 No shared key found for iss=http://localhost/issuer, aud=http://localhost/",
        "Igor refuses our key (status 404).",
        KEY,
    ),
    (
        501,
        b"501 Database error: 0 users named healthrelay",
        "Igor refuses our key (status 501).",
        KEY,
    ),
    (400, b"400 Bad Request", "Igor refuses the push (status 400).", URL),
    (404, b"<h1>no such site</h1>", "Igor refuses the push (status 404).", URL),
    (405, b"", "Igor refuses the push (status 405).", URL),
    (413, b"", "Igor refuses the push (status 413).", URL),
    (301, b"", "Igor redirects (status 301).", URL),
    (302, b"", "Igor redirects (status 302).", URL),
    (308, b"", "Igor redirects (status 308).", URL),
]


@pytest.fixture
def household(household_with: Callable[..., Household], recorder: Recorder) -> Household:
    """Jack is connected, and the recorder stands where Igor would."""
    household = household_with(igor_url=recorder.url, igor_token="a.capability.of-igor")
    household.connect(**WEIGHTS)
    return household


def test_one_put_with_a_bearer_carries_the_whole_snapshot(
    household: Household, recorder: Recorder
) -> None:
    fetched = household.fetched()

    assert (fetched["delivered"], fetched["waiting"]) == (1, 0)
    (sent,) = recorder.seen
    assert (sent.method, sent.target) == ("PUT", "/data/sensors/fitbit/jack")
    assert sent.headers["content-type"] == "application/json"
    assert sent.headers["authorization"] == "Bearer a.capability.of-igor"
    assert sent.headers["accept"] == "application/json"
    assert sent.headers["content-length"] == str(len(BODY))
    assert "content-encoding" not in sent.headers
    assert sent.body == BODY
    assert household.poll().content == BODY


def test_user_and_password_go_as_basic(
    household_with: Callable[..., Household], recorder: Recorder
) -> None:
    household = household_with(
        igor_url=f"{recorder.url}/", igor_user="healthrelay", igor_password="pässword"
    )
    household.connect(**WEIGHTS)

    household.fetched()

    (sent,) = recorder.seen
    assert sent.target == "/data/sensors/fitbit/jack"
    scheme, pair = sent.headers["authorization"].split()
    assert (scheme, base64.b64decode(pair).decode()) == ("Basic", "healthrelay:pässword")


def test_without_a_key_no_authorization_is_sent(
    household_with: Callable[..., Household], recorder: Recorder
) -> None:
    household = household_with(igor_url=recorder.url, igor_prefix="/sensors/_fitbit/")
    household.connect(**WEIGHTS)

    household.fetched()

    (sent,) = recorder.seen
    assert sent.target == "/data/sensors/_fitbit/jack"
    assert "authorization" not in sent.headers


def test_without_an_address_nothing_is_pushed_and_nothing_waits(
    household_with: Callable[..., Household], recorder: Recorder
) -> None:
    household = household_with()
    household.connect(**WEIGHTS)

    fetched = household.fetched()

    assert (fetched["added"], fetched["delivered"], fetched["waiting"]) == (2, 0, 0)
    assert recorder.seen == []


@pytest.mark.parametrize(("status", "body", "sentence", "settings"), FOR_THE_OWNER)
def test_what_the_owner_must_mend(
    household: Household,
    recorder: Recorder,
    status: int,
    body: bytes,
    sentence: str,
    settings: list[str] | None,
) -> None:
    elsewhere = {"Location": f"{recorder.url}/elsewhere"} if 300 <= status < 400 else {}
    recorder.say = Say(status, body, elsewhere)

    fetched = household.fetched()

    assert (fetched["added"], fetched["delivered"], fetched["waiting"]) == (2, 0, 1)
    named = {"settings": settings} if settings else {}
    assert fetched["trouble"].pop("since")
    assert fetched["trouble"] == {
        "error": sentence,
        "who": "owner",
        "cause": "misconfigured",
        **named,
        "next_step": FIX_THIS,
    }
    assert [sent.target for sent in recorder.seen] == ["/data/sensors/fitbit/jack"]


@pytest.mark.parametrize("status", [429, 500, 502, 503, 504])
def test_a_passing_trouble_waits_and_goes_later(
    household: Household, recorder: Recorder, status: int
) -> None:
    recorder.say = Say(status, b"<html>any page</html>", {"Retry-After": "7"})

    fetched = household.fetched()

    assert (fetched["delivered"], fetched["waiting"]) == (0, 1)
    assert fetched["trouble"]["who"] == "nobody"
    assert f"(status {status})" in fetched["trouble"]["error"]
    assert len(recorder.seen) == 1
    recorder.say = Say(200, b"<ref>/data/sensors/fitbit/jack</ref>")
    assert household.fetched()["waiting"] == 1
    assert household.delivered() == {"delivered": 1, "waiting": 0}
    assert [sent.body for sent in recorder.seen] == [BODY, BODY]


def test_a_doubtful_answer_twice_calls_the_owner(
    household: Household, recorder: Recorder, capfd: pytest.CaptureFixture[str]
) -> None:
    recorder.say = Say(500, b"<html>Internal Server Error</html>")

    first = household.fetched()["trouble"]
    second = household.delivered()["trouble"]

    assert (first["who"], second["who"]) == ("nobody", "owner")
    assert len(recorder.seen) == 2
    alerts = [line for line in capfd.readouterr().err.splitlines() if '"event": "delivery"' in line]
    assert ['"ERROR"' in line for line in alerts] == [False, True]
    progress = household.services.store.log.following("jack").progress("igor")
    assert progress.state == "paused"


def test_a_pause_that_igor_asks_for_is_kept(household: Household, recorder: Recorder) -> None:
    recorder.say = Say(503, b"", {"Retry-After": "4000"})
    before = household.services.now()

    household.fetched()

    due = household.services.store.log.following("jack").progress("igor").due
    assert due is not None
    assert 4000 <= (due - before).total_seconds() < 4010


def test_only_200_is_taken_for_stored(household: Household, recorder: Recorder) -> None:
    recorder.say = Say(201)

    assert household.fetched()["waiting"] == 1


def test_an_answer_with_the_key_in_it_does_not_show_the_key(
    household: Household, recorder: Recorder, capfd: pytest.CaptureFixture[str]
) -> None:
    recorder.say = Say(400, b"400 Incorrect signature on key a.capability.of-igor")

    answer = household.fetch().text

    assert "Igor refuses our key" in answer
    printed = capfd.readouterr()
    assert "a.capability.of-igor" not in answer + printed.out + printed.err
