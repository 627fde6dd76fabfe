"""The legacy API through python-fitbit: reads only, bounded, and never refreshing by itself."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest

from healthrelay.adapters.fitbit.provider import LegacyFitbit
from healthrelay.adapters.http import Http
from healthrelay.core.errors import (
    AccessRefused,
    HealthrelayError,
    Misconfigured,
    RateLimited,
    ReconnectNeeded,
    Refused,
    TryLater,
)
from healthrelay.core.grants.token import Account, Token
from healthrelay.core.measurements.reads import Read
from sandbox import Day, Sandbox
from tests.adapters.peers import answering, response
from tests.adapters.reading import MONDAY, SUNDAY
from tests.household import Household

Reader = Callable[[str], list[dict[str, Any]]]


@pytest.fixture
def provider() -> str:
    return "fitbit"


def read_weight(url: str, seconds: float = 30) -> None:
    LegacyFitbit(url, "cid", Http(), seconds).read("the-token", Read("weight", MONDAY, SUNDAY))


def test_weight_log(empty: Sandbox, read_week: Reader) -> None:
    empty.wearer.weigh(datetime(2026, 11, 2, 7, 12), "82.4")

    assert read_week("weight") == [
        {
            "bmi": 24.66,
            "date": "2026-11-02",
            "logId": 1793603520000,
            "source": "Aria",
            "time": "07:12:00",
            "weight": 82.4,
        }
    ]


def test_daily_series(empty: Sandbox, read_week: Reader) -> None:
    empty.wearer.weigh(datetime(2026, 11, 2, 7, 12), "82.4")
    empty.wearer.weigh(datetime(2026, 11, 2, 21, 12), "83")

    assert read_week("body-weight") == [{"dateTime": "2026-11-02", "value": "83"}]
    assert read_week("body-bmi") == [{"dateTime": "2026-11-02", "value": "24.84"}]
    assert read_week("fat") == []


def test_zero_steps_of_an_idle_device_are_absent(empty: Sandbox, read_week: Reader) -> None:
    empty.wearer.days[MONDAY] = Day(steps=8123, millimeters=6_000_000, kcal=2213)

    assert read_week("activities-steps") == [{"dateTime": "2026-11-02", "value": "8123"}]


@pytest.mark.parametrize("settings", [{}, {"HEALTHRELAY_SYSTEM": "en_US"}], ids=str)
def test_units_are_metric_whatever_the_households_are(empty: Sandbox, read_week: Reader) -> None:
    empty.wearer.weigh(datetime(2026, 11, 2, 7, 12), "82.4")

    assert read_week("body-weight")[0]["value"] == "82.4"
    headers = {name.lower(): value for name, value in empty.journal[-1].headers.items()}
    assert headers["accept-language"] == "en_UK"


def test_questions_name_both_days(household: Household, sandbox: Sandbox, token: Token) -> None:
    legacy = household.services.provider
    sandbox.reset()

    for series in ("weight", "fat", "body-weight", "body-fat", "body-bmi", "activities-steps"):
        legacy.read(token.grant.access, Read(series, MONDAY, SUNDAY))

    span = "date/2026-11-02/2026-11-08.json"
    assert [request.path for request in sandbox.journal] == [
        f"/fitbit/1/user/-/body/log/weight/{span}",
        f"/fitbit/1/user/-/body/log/fat/{span}",
        f"/fitbit/1/user/-/body/weight/{span}",
        f"/fitbit/1/user/-/body/fat/{span}",
        f"/fitbit/1/user/-/body/bmi/{span}",
        f"/fitbit/1/user/-/activities/steps/{span}",
    ]
    assert {request.method for request in sandbox.journal} == {"GET"}


def test_expired_access_token_is_not_refreshed_from_here(
    sandbox: Sandbox, read_week: Reader
) -> None:
    sandbox.expire_access_tokens()
    sandbox.reset()

    with pytest.raises(AccessRefused):
        read_week("weight")

    assert [request.path.rpartition("/")[2] for request in sandbox.journal] == ["2026-11-08.json"]


FAULTS = [{"errorType": "validation", "message": "a secret"}]
FITBIT = json.dumps({"errors": FAULTS, "success": False}).encode()
GOOGLE = b'{"error": {"code": 403, "status": "PERMISSION_DENIED"}}'


@pytest.mark.usefixtures("loopback")
@pytest.mark.parametrize(
    ("status", "body", "kind"),
    [
        (200, b'{"weight": ' + b"[" * 15_000, TryLater),
        (200, b'{"weight": ' + b"[" * 500 + b"]" * 500 + b"}", TryLater),
        (400, b'{"errors": ' + b"[" * 15_000, Refused),
        (400, FITBIT, Refused),
        (400, b'{"errors": []}', Refused),
        (401, FITBIT, AccessRefused),
        (401, b'{"errors": []}', AccessRefused),
        (401, b"<html>", AccessRefused),
        (401, GOOGLE, AccessRefused),
        (403, FITBIT, ReconnectNeeded),
        (403, GOOGLE, ReconnectNeeded),
        (404, b"", Refused),
        (409, FITBIT, Refused),
        (410, b"<html>Gone</html>", Misconfigured),
        (410, FITBIT, Misconfigured),
        (429, b"", RateLimited),
        (500, b"<html>", TryLater),
        (503, b"", TryLater),
        (302, b"", TryLater),
        (202, b"{}", TryLater),
        (204, b"", TryLater),
        (200, b"<html>", TryLater),
        (200, b"[]", TryLater),
        (200, b"\xff\xfe\x00", TryLater),
        (200, b'{"fat": []}', TryLater),
        (200, b'{"weight": "none"}', TryLater),
    ],
)
def test_every_no_says_who_must_act(status: int, body: bytes, kind: type[HealthrelayError]) -> None:
    with answering(response(status, body)) as url, pytest.raises(kind) as caught:
        read_weight(url)

    assert type(caught.value) is kind
    assert "secret" not in caught.value.sentence
    assert "the-token" not in caught.value.sentence


@pytest.mark.usefixtures("loopback")
@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({"Retry_After": "77"}, 77),
        ({"Fitbit_Rate_Limit_Reset": "1478"}, 1478),
        ({}, 3600),
        ({"Fitbit_Rate_Limit_Reset": "soon"}, 3600),
    ],
)
def test_pause_is_as_long_as_asked(headers: dict[str, str], seconds: int) -> None:
    with answering(response(429, b"", **headers)) as url, pytest.raises(RateLimited) as caught:
        read_weight(url)

    assert caught.value.after == seconds


@pytest.mark.parametrize("mode", ["drop", "half"])
def test_broken_answer_is_tried_later(sandbox: Sandbox, read_week: Reader, mode: str) -> None:
    sandbox.fail("/body/log/weight", mode=mode)

    with pytest.raises(TryLater):
        read_week("weight")


@pytest.mark.usefixtures("loopback")
def test_a_drip_ends_at_the_deadline() -> None:
    head = b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n"
    started = time.monotonic()

    with answering(head, *[b"x"] * 100, pause=0.1) as url, pytest.raises(TryLater):
        read_weight(url, seconds=0.5)

    assert time.monotonic() - started < 5


def test_account_has_the_profiles_zone(sandbox: Sandbox, token: Token) -> None:
    assert token.account == Account(sandbox.wearer.legacy_id, "Europe/Amsterdam")


def test_account_without_a_zone_is_good_enough(household: Household, sandbox: Sandbox) -> None:
    sandbox.fail("/profile.json", status=403)

    household.connect()

    token = household.services.grants.current("jack", household.services.now())
    assert token.account == Account(sandbox.wearer.legacy_id, None)
