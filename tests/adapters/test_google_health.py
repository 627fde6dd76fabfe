"""Google Health: the question that goes out, and the legacy shape that comes in."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from datetime import date, datetime
from typing import Any

import pytest

from healthrelay.adapters.google_health.provider import GoogleHealth
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
from tests.adapters.google_health.moving import assert_unknown, converted, dated, tolerated
from tests.adapters.peers import answering, response
from tests.adapters.reading import MONDAY, SUNDAY, values
from tests.household import Household

Reader = Callable[[str], list[dict[str, Any]]]
PATH = "/google/v4/users/me/dataTypes"


def test_weight_log(empty: Sandbox, read_week: Reader) -> None:
    empty.wearer.weigh(datetime(2026, 11, 2, 7, 12), "82.4")
    empty.wearer.weigh(datetime(2026, 11, 8, 23, 59, 59), "82.05")

    assert read_week("weight") == [
        {
            "bmi": 24.66,
            "date": "2026-11-02",
            "logId": 1793603520000,
            "source": "google_health",
            "time": "07:12:00",
            "weight": 82.4,
        },
        {
            "bmi": 24.55,
            "date": "2026-11-08",
            "logId": 1794182399000,
            "source": "google_health",
            "time": "23:59:59",
            "weight": 82.05,
        },
    ]


def test_last_weight_of_the_day_counts(empty: Sandbox, read_week: Reader) -> None:
    empty.wearer.weigh(datetime(2026, 11, 3, 21, 0), "83")
    empty.wearer.weigh(datetime(2026, 11, 3, 7, 0), "82.4")

    assert read_week("body-weight") == values(d3="83")


def test_bmi_needs_a_height(empty: Sandbox, read_week: Reader) -> None:
    empty.wearer.weigh(datetime(2026, 11, 3, 7, 0), "82.4")
    assert read_week("body-bmi") == values(d3="24.66")

    empty.wearer.height_mm = None

    assert read_week("body-bmi") == []
    assert "bmi" not in read_week("weight")[0]


def test_steps_of_days_without_data_are_absent(empty: Sandbox, read_week: Reader) -> None:
    empty.wearer.days[date(2026, 11, 2)] = Day(steps=8123, millimeters=6_000_000, kcal=2213)
    empty.wearer.days[date(2026, 11, 8)] = Day(steps=12, millimeters=9_000, kcal=1800)
    empty.wearer.days[date(2026, 11, 9)] = Day(steps=9999, millimeters=1, kcal=1)

    assert read_week("activities-steps") == values(d2="8123", d8="12")


def test_questions_name_local_days(household: Household, sandbox: Sandbox, token: Token) -> None:
    provider = household.services.provider
    sandbox.reset()

    provider.read(token.grant.access, Read("weight:reconcile", MONDAY, SUNDAY))
    provider.read(token.grant.access, Read("steps:dailyRollUp", MONDAY, SUNDAY))

    weight, steps = sandbox.journal
    assert (weight.method, weight.path) == ("GET", f"{PATH}/weight/dataPoints:reconcile")
    assert weight.query == {
        "pageSize": "10000",
        "filter": 'weight.sample_time.civil_time >= "2026-11-02"'
        ' AND weight.sample_time.civil_time < "2026-11-09"',
    }
    assert (steps.method, steps.path) == ("POST", f"{PATH}/steps/dataPoints:dailyRollUp")
    span = {"start": {"date": dated(2)}, "end": {"date": dated(9)}}
    assert json.loads(steps.body) == {"range": span, "windowSizeDays": 1}


def test_small_and_empty_pages_are_all_followed(
    household: Household, sandbox: Sandbox, token: Token
) -> None:
    provider = household.services.provider
    read = Read("weight:reconcile", date(2026, 1, 1), date(2026, 11, 1))
    whole = provider.read(token.grant.access, read)
    sandbox.google.page_limit = 7
    sandbox.google.empty_first_page = True

    paged = provider.read(token.grant.access, read)

    assert len(whole) > 100
    assert list(paged) == list(whole)


@pytest.mark.parametrize("source", ["weight:reconcile", "steps:dailyRollUp"])
def test_a_repeated_page_token_ends_in_an_error_not_in_a_loop(source: str) -> None:
    page = json.dumps({"dataPoints": [], "nextPageToken": "again"}).encode()
    with answering(response(200, page)) as url, pytest.raises(TryLater, match="goes in circles"):
        read_from(url, source)


def error(status: int, reason: str = "", message: str = "") -> bytes:
    details = [{"@type": "type.googleapis.com/google.rpc.ErrorInfo", "reason": reason}]
    fault = {"code": status, "message": message, "status": "X", "details": details}
    return json.dumps({"error": fault}).encode()


def read_from(url: str, source: str = "weight:reconcile") -> None:
    GoogleHealth(url, Http()).read("the-token", Read(source, MONDAY, SUNDAY))


@pytest.mark.parametrize(
    ("status", "body", "kind"),
    [
        (400, error(400, "ACCOUNT_NOT_LINKED"), ReconnectNeeded),
        (400, error(400, "INVALID_DATA_POINT_FILTER"), Refused),
        (401, error(401, "CREDENTIALS_MISSING"), AccessRefused),
        (401, b"<html>", AccessRefused),
        (403, error(403, "ACCESS_TOKEN_SCOPE_INSUFFICIENT"), ReconnectNeeded),
        (403, error(403, "SERVICE_DISABLED"), Misconfigured),
        (403, error(403, "", "Could not mint UberMint from GaiaMint for x"), ReconnectNeeded),
        (403, b'{"error":"insufficient_scope","error_description":"Request"}', ReconnectNeeded),
        (403, b'{"error":"access_denied"}', TryLater),
        (403, error(403, "RESOURCE_PERMISSION_DENIED"), TryLater),
        (403, b"<html>forbidden</html>", TryLater),
        (404, error(404), Refused),
        (410, b"gone", Misconfigured),
        (429, error(429, "RATE_LIMIT_EXCEEDED"), RateLimited),
        (500, b"", TryLater),
        (503, b"<html>", TryLater),
        (302, b"", TryLater),
        (200, b"<html>", TryLater),
        (200, b"[]", TryLater),
        (200, b"", TryLater),
    ],
)
def test_every_no_says_who_must_act(status: int, body: bytes, kind: type[HealthrelayError]) -> None:
    with answering(response(status, body)) as url, pytest.raises(kind) as caught:
        read_from(url)

    assert type(caught.value) is kind
    assert "the-token" not in caught.value.sentence


def test_a_scope_that_is_missing_is_named_in_oauths_words_too() -> None:
    body = b'{"error": "insufficient_scope", "error_description": "Insufficient Scope"}'
    with answering(response(403, body)) as url, pytest.raises(ReconnectNeeded) as caught:
        read_from(url)

    assert caught.value.cause == "scope_missing"


@pytest.mark.parametrize("token", [7, ["next"], {"page": 2}, True])
def test_a_page_token_that_is_no_text_is_a_passing_trouble(token: Any) -> None:
    page = json.dumps({"dataPoints": [], "nextPageToken": token}).encode()
    with answering(response(200, page)) as url, pytest.raises(TryLater, match="by no text"):
        read_from(url)


def sample(physical: str, grams: Any, **more: Any) -> dict[str, Any]:
    time = {"physicalTime": physical, **more}
    return {"weight": {"sampleTime": time, "weightGrams": grams}}


def days_of(points: Sequence[dict[str, Any]], **how: Any) -> Any:
    return converted("body-weight", {"weight:reconcile": points}, **how)


@pytest.mark.parametrize(
    ("point", "day"),
    [
        (sample("2026-11-03T23:30:00Z", 82400, utcOffset="3600s"), "2026-11-04"),
        (sample("2026-11-03T23:30:00Z", 82400, utcOffset="-18000s"), "2026-11-03"),
        (sample("2026-11-03T23:30:00.123456789Z", 82400, utcOffset="0s"), "2026-11-03"),
        (sample("2026-11-03T23:30:00Z", 82400, utcOffset="20700s"), "2026-11-04"),
        (sample("2026-11-03T23:30:00Z", 82400), "2026-11-04"),
    ],
)
def test_day_is_the_records_own(point: dict[str, Any], day: str) -> None:
    assert days_of([point]) == [{"dateTime": day, "value": "82.4"}]


def test_a_number_that_comes_as_a_text_is_one_too() -> None:
    raw = {"weight:reconcile": [sample("2026-11-03T12:00:00Z", "82400", utcOffset="0s")]}

    assert tolerated("body-weight", raw) == values(d3="82.4")


def test_zone_of_last_resort_is_utc() -> None:
    (element,) = days_of([sample("2026-11-03T23:30:00Z", 82400)], zone=None)
    assert element["dateTime"] == "2026-11-03"


@pytest.mark.parametrize(
    "point",
    [
        {"weight": {"weightGrams": 82400}},
        sample("yesterday", 82400),
        sample("2026-11-03T06:12:00Z", "many"),
        sample("2026-11-03T06:12:00Z", 82400, utcOffset="an hour"),
        {"weight": ["82400"]},
        "82400",
    ],
)
def test_unknown_shape_is_told_and_not_read_as_nothing(point: Any) -> None:
    assert_unknown("body-weight", {"weight:reconcile": [point]})


@pytest.mark.parametrize("settings", [{"HEALTHRELAY_SYSTEM": "en_US"}])
def test_units_are_metric_whatever_the_households_are(empty: Sandbox, read_week: Reader) -> None:
    empty.wearer.weigh(datetime(2026, 11, 3, 7, 0), "82.4")

    assert read_week("body-weight")[0]["value"] == "82.4"


def test_account_is_the_health_user_with_their_zone(sandbox: Sandbox, token: Token) -> None:
    assert token.account == Account(sandbox.wearer.health_id, "Europe/Amsterdam")


def test_account_without_a_zone_is_good_enough(household: Household, sandbox: Sandbox) -> None:
    sandbox.fail("/settings$", status=403)

    household.connect()

    token = household.services.grants.current("jack", household.services.now())
    assert token.account == Account(sandbox.wearer.health_id, None)
