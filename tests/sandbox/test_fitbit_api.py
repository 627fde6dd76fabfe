"""The Web API 1."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal

import pytest
import requests

from sandbox import BodyFat, Day
from tests.sandbox.conftest import Clock
from tests.sandbox.person import FitbitPerson, fault_of


@pytest.fixture
def token(fitbit: FitbitPerson) -> str:
    wearer = fitbit.sandbox.wearer
    wearer.weights.clear()
    wearer.fats.clear()
    wearer.days.clear()
    wearer.weigh(datetime(2026, 6, 1, 21, 30), "82.1")
    morning = wearer.weigh(datetime(2026, 6, 1, 7, 12, 5), "82.4")
    wearer.weigh(datetime(2026, 6, 3, 7, 0), "81", manual=True)
    wearer.fats.append(BodyFat(at=morning.at, percent=Decimal("18.4"), log_id=morning.log_id))
    wearer.days[date(2026, 6, 1)] = Day(steps=8123, millimeters=6012345, kcal=2213, floors=9)
    return str(fitbit.connect()["access_token"])


def logged(log_id: int, at: str, source: str = "Aria", **figures: float) -> dict[str, object]:
    day, time = at.split()
    return {"logId": log_id, "date": day, "time": time, "source": source, **figures}


def test_weight_log(fitbit: FitbitPerson, token: str) -> None:
    morning = logged(1780297925000, "2026-06-01 07:12:05", weight=82.4, bmi=24.66, fat=18.4)
    evening = logged(1780349400000, "2026-06-01 21:30:00", weight=82.1, bmi=24.57)
    by_hand = logged(1780470000000, "2026-06-03 07:00:00", "API", weight=81, bmi=24.24)
    path = "body/log/weight/date"
    everything = {"weight": [morning, evening, by_hand]}
    assert fitbit.get(f"{path}/2026-06-01/2026-06-03.json", token).json() == everything
    assert fitbit.get(f"{path}/2026-06-03/7d.json", token).json() == everything
    assert fitbit.get(f"{path}/today/1m.json", token).json() == everything
    assert fitbit.get(f"{path}/2026-06-01.json", token).json() == {"weight": [morning, evening]}
    assert fitbit.get(f"{path}/today.json", token).json() == {"weight": [by_hand]}
    assert fitbit.get(f"{path}/2026-06-02/1d.json", token).json() == {"weight": []}
    assert '"weight":81' in fitbit.get(f"{path}/today.json", token).text.replace(" ", "")


def test_fat_log(fitbit: FitbitPerson, token: str) -> None:
    body = fitbit.get("body/log/fat/date/2026-06-01.json", token).json()
    assert body == {"fat": [logged(1780297925000, "2026-06-01 07:12:05", fat=18.4)]}


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("body/weight", {"2026-06-01": "82.1", "2026-06-03": "81"}),
        ("body/fat", {"2026-06-01": "18.4"}),
        ("body/bmi", {"2026-06-01": "24.57", "2026-06-03": "24.24"}),
        ("activities/steps", {"2026-06-01": "8123", "2026-06-02": "0", "2026-06-03": "0"}),
        ("activities/distance", {"2026-06-01": "6.012345", "2026-06-02": "0", "2026-06-03": "0"}),
        ("activities/floors", {"2026-06-01": "9", "2026-06-02": "0", "2026-06-03": "0"}),
        ("activities/calories", {"2026-06-01": "2213", "2026-06-02": "0", "2026-06-03": "0"}),
    ],
)
def test_series_have_strings(
    fitbit: FitbitPerson, token: str, path: str, expected: dict[str, str]
) -> None:
    body = fitbit.get(f"{path}/date/2026-06-01/2026-06-03.json", token).json()
    items = [{"dateTime": day, "value": value} for day, value in expected.items()]
    assert body == {path.replace("/", "-"): items}


METRIC = (82.4, "6.012345", 182.8)
AMERICAN = (181.66, "3.735898", 72)


@pytest.mark.parametrize(
    ("language", "expected"),
    [
        ("", METRIC),
        ("en_UK", METRIC),
        ("nl-NL,nl;q=0.9", METRIC),
        ("en_US", AMERICAN),
        ("en-US,en;q=0.5", AMERICAN),
        ("en_GB", (12.98, "6.012345", 182.8)),
    ],
)
def test_units_follow_the_language(
    fitbit: FitbitPerson, token: str, language: str, expected: tuple[float, str, float]
) -> None:
    log = fitbit.get("body/log/weight/date/2026-06-01.json", token, language).json()
    way = fitbit.get("activities/distance/date/2026-06-01/1d.json", token, language).json()
    user = fitbit.get("profile.json", token, language).json()["user"]
    assert log["weight"][0]["bmi"] == 24.66
    values = log["weight"][0]["weight"], way["activities-distance"][0]["value"], user["height"]
    assert values == expected


@pytest.mark.parametrize(
    "path",
    [
        "body/log/weight/date/2026-05-01/2026-06-01.json",
        "body/log/fat/date/2026-05-01/2026-05-31.json",
        "body/weight/date/2026-05-01/2026-06-01.json",
        "body/fat/date/2026-05-01/2026-05-31.json",
        "body/bmi/date/2020-01-01/2026-06-01.json",
        "activities/steps/date/2020-01-01/2026-06-01.json",
        "body/weight/date/2026-06-01/1y.json",
        "body/log/weight/date/2026-06-01/3m.json",
        "body/log/weight/date/2026-06-01/max.json",
        "body/log/weight/date/2026-06-03/2026-06-01.json",
        "body/log/weight/date/2026-6-3.json",
        "body/log/weight/date/2026-02-30.json",
        "body/log/weight/date/yesterday.json",
        "activities/steps/date/0001-01-01/1y.json",
    ],
)
def test_bad_dates_and_long_ranges(fitbit: FitbitPerson, token: str, path: str) -> None:
    response = fitbit.get(path, token)
    assert fault_of(response) == (400, "validation")
    assert response.json()["errors"][0]["fieldName"]


@pytest.mark.parametrize(
    "path",
    [
        "body/log/weight/date/2026-05-01/2026-05-31.json",
        "body/log/fat/date/2026-05-01/2026-05-30.json",
        "activities/steps/date/2023-06-05/2026-06-03.json",
        "activities/steps/date/2026-06-03/1y.json",
    ],
)
def test_longest_ranges(fitbit: FitbitPerson, token: str, path: str) -> None:
    assert fitbit.get(path, token).status_code == 200


@pytest.mark.parametrize(
    ("period", "first", "count"),
    [("1d", "2026-03-31", 1), ("1w", "2026-03-25", 7), ("1m", "2026-03-01", 31)],
)
def test_periods_end_on_their_date(
    fitbit: FitbitPerson, token: str, period: str, first: str, count: int
) -> None:
    body = fitbit.get(f"activities/steps/date/2026-03-31/{period}.json", token).json()
    days = [item["dateTime"] for item in body["activities-steps"]]
    assert (days[0], days[-1], len(days)) == (first, "2026-03-31", count)


def test_profile_and_devices(fitbit: FitbitPerson, token: str) -> None:
    user = fitbit.get("profile.json", token).json()["user"]
    assert (user["encodedId"], user["timezone"]) == ("A1B2C3", "Europe/Amsterdam")
    assert (user["offsetFromUTCMillis"], user["weight"]) == (7200000, 81)
    devices = fitbit.get("devices.json", token).json()
    assert [device["type"] for device in devices] == ["TRACKER", "SCALE"]
    assert devices[0]["lastSyncTime"] == "2026-06-03T07:30:00.000"


def test_missing_scope(fitbit: FitbitPerson) -> None:
    token = fitbit.connect(scope="activity")["access_token"]
    refused = fitbit.get("body/log/weight/date/today.json", token)
    assert fault_of(refused) == (403, "insufficient_scope")
    assert fitbit.get("activities/steps/date/today/1d.json", token).status_code == 200


def test_unknown_paths_and_users(fitbit: FitbitPerson, token: str) -> None:
    assert fault_of(fitbit.get("body/neck/date/today/1d.json", token)) == (404, "not_found")
    assert fault_of(fitbit.get("nothing.json", token)) == (404, "not_found")
    headers = {"Authorization": f"Bearer {token}"}
    base = fitbit.settings["HEALTHRELAY_FITBIT_API_URL"]
    own = requests.get(f"{base}/1/user/A1B2C3/profile.json", headers=headers, timeout=5)
    assert own.status_code == 200
    other = requests.get(f"{base}/1/user/B2C3D4/profile.json", headers=headers, timeout=5)
    assert fault_of(other) == (403, "insufficient_permissions")
    assert fault_of(requests.get(f"{base}/1/user/-/profile.json", timeout=5))[0] == 401


def test_rate_limit(fitbit: FitbitPerson, token: str, clock: Clock) -> None:
    fitbit.sandbox.fitbit.per_hour = 2
    clock.now = 1_780_480_800.0 + 1000
    first = fitbit.get("profile.json", token)
    assert first.headers["Fitbit-Rate-Limit-Limit"] == "2"
    assert first.headers["Fitbit-Rate-Limit-Remaining"] == "1"
    assert first.headers["Fitbit-Rate-Limit-Reset"] == "2600"
    assert fitbit.get("nothing.json", token).headers["Fitbit-Rate-Limit-Remaining"] == "1"
    fitbit.get("profile.json", token)
    refused = fitbit.get("profile.json", token)
    assert fault_of(refused) == (429, "system")
    assert "Retry-After" not in refused.headers
    fitbit.sandbox.fitbit.retry_after = True
    assert fitbit.get("profile.json", token).headers["Retry-After"] == "2600"
    clock.now += 2600
    assert fitbit.get("profile.json", token).status_code == 200
