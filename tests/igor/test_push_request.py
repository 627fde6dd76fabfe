"""The push on the wire: exactly the one request that Igor understands, and what its answers mean.

The bodies are those of Igor 0.99.1.
"""

from __future__ import annotations

import base64
from collections.abc import Callable

import pytest

from tests.household import Household
from tests.igor.expected import JACK, KEY_SETTINGS, for_owner, trouble_of
from tests.igor.recorder import Recorder, Say

BODY = (
    b'{"jack":{"body-weight":['
    b'{"dateTime":"2026-06-02","value":"82.6"},{"dateTime":"2026-06-03","value":"82.4"}]}}'
)
STORED = f"/data/{JACK}"
URL_SETTING = ["HEALTHRELAY_IGOR_URL"]
NO_PARENT = "Igor has no element sensors/fitbit; make it once in Igor's database.", None
TWICE = "Igor has this person twice; delete both elements in Igor once.", None
KEY = "Igor refuses our key (status {}).", KEY_SETTINGS
PUSH = "Igor refuses the push (status {}).", URL_SETTING
REDIRECT = "Igor redirects (status {}).", URL_SETTING
FOR_THE_OWNER = [
    (400, b"400 Database Parameter Error: Parent not found: /data/sensors/fitbit", NO_PARENT),
    (400, b"400 Bad PUT Request, XPath selects multiple items", TWICE),
    (400, b"400 Incorrect signature on key", KEY),
    (400, b"400 Incorrect issuer on key", KEY),
    (400, b"400 Incorrect audience on key", KEY),
    (400, b"400 Revoked token", KEY),
    (401, b"401 Unauthorized", KEY),
    (401, b"", KEY),
    (404, b"404 No shared key found for iss=http://localhost/issuer, aud=http://localhost/", KEY),
    (501, b"501 Database error: 0 users named healthrelay", KEY),
    (400, b"400 Bad Request", PUSH),
    (404, b"<h1>no such site</h1>", PUSH),
    (405, b"", PUSH),
    (413, b"", PUSH),
    (301, b"", REDIRECT),
    (302, b"", REDIRECT),
    (308, b"", REDIRECT),
]


@pytest.fixture
def household(pusher: Callable[..., Household], recorder: Recorder) -> Household:
    """Jack is connected, and the recorder stands where Igor would."""
    return pusher(igor_url=recorder.url, igor_token="a.capability.of-igor")


def test_one_put_with_a_bearer_carries_the_whole_snapshot(
    household: Household, recorder: Recorder
) -> None:
    fetched = household.fetched()

    assert (fetched["delivered"], fetched["waiting"]) == (1, 0)
    (sent,) = recorder.seen
    assert (sent.method, sent.target) == ("PUT", STORED)
    assert sent.headers["content-type"] == "application/json"
    assert sent.headers["authorization"] == "Bearer a.capability.of-igor"
    assert sent.headers["accept"] == "application/json"
    assert sent.headers["content-length"] == str(len(BODY))
    assert "content-encoding" not in sent.headers
    assert sent.body == BODY
    assert household.poll().content == BODY


def test_user_and_password_go_as_basic(
    pusher: Callable[..., Household], recorder: Recorder
) -> None:
    address = f"{recorder.url}/"

    pusher(igor_url=address, igor_user="healthrelay", igor_password="pässword").fetched()

    (sent,) = recorder.seen
    assert sent.target == STORED
    scheme, pair = sent.headers["authorization"].split()
    assert (scheme, base64.b64decode(pair).decode()) == ("Basic", "healthrelay:pässword")


def test_without_a_key_no_authorization_is_sent(
    pusher: Callable[..., Household], recorder: Recorder
) -> None:
    pusher(igor_url=recorder.url, igor_prefix="/sensors/_fitbit/").fetched()

    (sent,) = recorder.seen
    assert sent.target == "/data/sensors/_fitbit/jack"
    assert "authorization" not in sent.headers


def test_without_an_address_nothing_is_pushed_and_nothing_waits(
    pusher: Callable[..., Household], recorder: Recorder
) -> None:
    fetched = pusher().fetched()

    assert (fetched["added"], fetched["delivered"], fetched["waiting"]) == (2, 0, 0)
    assert recorder.seen == []


@pytest.mark.parametrize(("status", "body", "expected"), FOR_THE_OWNER)
def test_what_the_owner_must_mend(
    household: Household,
    recorder: Recorder,
    status: int,
    body: bytes,
    expected: tuple[str, list[str] | None],
) -> None:
    elsewhere = {"Location": f"{recorder.url}/elsewhere"} if 300 <= status < 400 else {}
    recorder.say = Say(status, body, elsewhere)

    fetched = household.fetched()

    sentence, settings = expected
    assert fetched["added"] == 2
    assert trouble_of(fetched) == for_owner(sentence.format(status), settings)
    assert [sent.target for sent in recorder.seen] == [STORED]


@pytest.mark.parametrize("status", [429, 500, 502, 503, 504])
def test_a_passing_trouble_waits_and_goes_later(
    household: Household, recorder: Recorder, status: int
) -> None:
    recorder.say = Say(status, b"<html>any page</html>", {"Retry-After": "7"})

    trouble = trouble_of(household.fetched())

    assert trouble["who"] == "nobody"
    assert f"(status {status})" in trouble["error"]
    assert len(recorder.seen) == 1
    recorder.say = Say(200, f"<ref>{STORED}</ref>".encode())
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
