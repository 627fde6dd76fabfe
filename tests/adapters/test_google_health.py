"""Google Health: the question that goes out, and the legacy shape that comes in."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

import pytest

from healthrelay.adapters.google_health import GoogleHealth
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
from healthrelay.core.measurements.plan import Read
from healthrelay.core.measurements.records import Window
from sandbox import Day, Sandbox
from tests.adapters.google_health.moving import converted, tolerated
from tests.adapters.peers import answering, response
from tests.household import Household

MONDAY, SUNDAY = date(2026, 11, 2), date(2026, 11, 8)
AMSTERDAM = Account("111", "Europe/Amsterdam")


def read_all(household: Household, token: Token, series: str) -> list[dict[str, Any]]:
    """Return the elements of *series* from Monday to Sunday."""
    provider = household.services.provider
    window = Window(series, MONDAY, SUNDAY)
    raw = {
        source.name: provider.read(token.grant.access, Read(source.name, MONDAY, SUNDAY))
        for source in provider.needs(window)
    }
    return provider.convert(window, raw, token.account)


def test_weight_log(household: Household, empty: Sandbox, token: Token) -> None:
    empty.wearer.weigh(datetime(2026, 11, 2, 7, 12), "82.4")
    empty.wearer.weigh(datetime(2026, 11, 8, 23, 59, 59), "82.05")

    assert read_all(household, token, "weight") == [
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


def test_last_weight_of_the_day_counts(household: Household, empty: Sandbox, token: Token) -> None:
    empty.wearer.weigh(datetime(2026, 11, 3, 21, 0), "83")
    empty.wearer.weigh(datetime(2026, 11, 3, 7, 0), "82.4")

    assert read_all(household, token, "body-weight") == [{"dateTime": "2026-11-03", "value": "83"}]


def test_bmi_needs_a_height(household: Household, empty: Sandbox, token: Token) -> None:
    empty.wearer.weigh(datetime(2026, 11, 3, 7, 0), "82.4")
    assert read_all(household, token, "body-bmi") == [{"dateTime": "2026-11-03", "value": "24.66"}]

    empty.wearer.height_mm = None

    assert read_all(household, token, "body-bmi") == []
    assert "bmi" not in read_all(household, token, "weight")[0]


def test_steps_of_days_without_data_are_absent(
    household: Household, empty: Sandbox, token: Token
) -> None:
    empty.wearer.days[date(2026, 11, 2)] = Day(steps=8123, millimeters=6_000_000, kcal=2213)
    empty.wearer.days[date(2026, 11, 8)] = Day(steps=12, millimeters=9_000, kcal=1800)
    empty.wearer.days[date(2026, 11, 9)] = Day(steps=9999, millimeters=1, kcal=1)

    assert read_all(household, token, "activities-steps") == [
        {"dateTime": "2026-11-02", "value": "8123"},
        {"dateTime": "2026-11-08", "value": "12"},
    ]


def test_questions_name_local_days(household: Household, sandbox: Sandbox, token: Token) -> None:
    provider = household.services.provider
    sandbox.reset()

    provider.read(token.grant.access, Read("weight:reconcile", MONDAY, SUNDAY))
    provider.read(token.grant.access, Read("steps:dailyRollUp", MONDAY, SUNDAY))

    weight, steps = sandbox.journal
    assert (weight.method, weight.path) == (
        "GET",
        "/google/v4/users/me/dataTypes/weight/dataPoints:reconcile",
    )
    assert weight.query == {
        "pageSize": "10000",
        "filter": 'weight.sample_time.civil_time >= "2026-11-02"'
        ' AND weight.sample_time.civil_time < "2026-11-09"',
    }
    assert (steps.method, steps.path) == (
        "POST",
        "/google/v4/users/me/dataTypes/steps/dataPoints:dailyRollUp",
    )
    assert json.loads(steps.body) == {
        "range": {
            "start": {"date": {"year": 2026, "month": 11, "day": 2}},
            "end": {"date": {"year": 2026, "month": 11, "day": 9}},
        },
        "windowSizeDays": 1,
    }


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
        GoogleHealth(url, "metric", Http()).read("access", Read(source, MONDAY, SUNDAY))


def error(status: int, reason: str = "", message: str = "") -> bytes:
    details = [{"@type": "type.googleapis.com/google.rpc.ErrorInfo", "reason": reason}]
    return json.dumps(
        {"error": {"code": status, "message": message, "status": "X", "details": details}}
    ).encode()


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
        GoogleHealth(url, "metric", Http()).read(
            "the-token", Read("weight:reconcile", MONDAY, SUNDAY)
        )

    assert type(caught.value) is kind
    assert "the-token" not in caught.value.sentence


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

    assert tolerated("body-weight", raw) == [{"dateTime": "2026-11-03", "value": "82.4"}]


def test_zone_of_last_resort_is_utc() -> None:
    (element,) = days_of([sample("2026-11-03T23:30:00Z", 82400)], zone=None)
    assert element["dateTime"] == "2026-11-03"


def test_point_id_that_is_no_number_gives_way_to_the_instant() -> None:
    point = sample("2026-11-03T06:12:00Z", 71200, utcOffset="3600s")
    point["dataPointName"] = "users/1/dataTypes/weight/dataPoints/0f3b-uuid"

    (element,) = converted("weight", {"weight:reconcile": [point]})

    assert element["logId"] == 1793686320000
    assert element["weight"] == 71.2


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
    with pytest.raises(TryLater, match="body-weight in an unknown shape"):
        days_of([point])


@pytest.mark.parametrize("settings", [{"HEALTHRELAY_SYSTEM": "en_US"}])
def test_pounds_for_a_household_that_wants_them(
    household: Household, empty: Sandbox, token: Token
) -> None:
    empty.wearer.weigh(datetime(2026, 11, 3, 7, 0), "82.4")

    assert read_all(household, token, "body-weight")[0]["value"] == "181.66"


def test_account_is_the_health_user_with_their_zone(
    household: Household, sandbox: Sandbox, token: Token
) -> None:
    assert token.account == Account(sandbox.wearer.health_id, "Europe/Amsterdam")


def test_account_without_a_zone_is_good_enough(household: Household, sandbox: Sandbox) -> None:
    sandbox.fail("/settings$", status=403)

    household.connect()

    token = household.services.grants.current("jack", household.services.now())
    assert token.account == Account(sandbox.wearer.health_id, None)
