"""The Health API: who may read, and what the data look like."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal

import pytest
import requests

from sandbox import Day
from tests.sandbox.conftest import Clock
from tests.sandbox.person import GooglePerson, health, reason


@pytest.fixture
def one_weight(google: GooglePerson) -> None:
    wearer = google.sandbox.wearer
    wearer.weights.clear()
    wearer.fats.clear()
    wearer.weigh(datetime(2026, 1, 5, 7, 0), "82.4")


def test_no_token(google: GooglePerson) -> None:
    response = requests.get(google.url("identity"), timeout=5)
    assert reason(response) == (401, "UNAUTHENTICATED", "CREDENTIALS_MISSING")
    assert response.headers["WWW-Authenticate"].startswith("Bearer ")


def test_expired_token(google: GooglePerson, token: str, clock: Clock) -> None:
    clock.now += 3599
    assert reason(google.get("identity", token))[:2] == (401, "UNAUTHENTICATED")


def test_expiry_on_demand_spares_the_refresh_token(google: GooglePerson) -> None:
    tokens = google.connect()
    google.sandbox.expire_access_tokens()
    assert google.get("identity", tokens["access_token"]).status_code == 401
    assert google.refresh(tokens["refresh_token"]).status_code == 200


def test_error_body_in_full(google: GooglePerson) -> None:
    token = google.connect(scope=health("settings"))["access_token"]
    assert google.points("weight", token).json() == {
        "error": {
            "code": 403,
            "message": "Request had insufficient authentication scopes.",
            "status": "PERMISSION_DENIED",
            "details": [
                {
                    "@type": "type.googleapis.com/google.rpc.ErrorInfo",
                    "reason": "ACCESS_TOKEN_SCOPE_INSUFFICIENT",
                    "domain": "googleapis.com",
                    "metadata": {"service": "health.googleapis.com"},
                }
            ],
        }
    }


def test_account(google: GooglePerson, token: str) -> None:
    assert google.get("identity", token).json() == {
        "name": "users/me/identity",
        "healthUserId": "111256657788",
        "legacyUserId": "A1B2C3",
    }
    settings = google.get("settings", token).json()
    assert (settings["timeZone"], settings["utcOffset"]) == ("Europe/Amsterdam", "7200s")
    assert google.get("profile", token).json()["membershipStartDate"]["year"] == 2015
    devices = google.get("pairedDevices", token).json()["pairedDevices"]
    assert [device["deviceType"] for device in devices] == ["TRACKER", "SCALE"]
    page = google.get("pairedDevices", token, pageSize=1).json()
    assert len(page["pairedDevices"]) == 1
    assert page["nextPageToken"]


def test_the_numeric_id_stands_for_me(google: GooglePerson, token: str) -> None:
    headers = {"Authorization": f"Bearer {token}"}
    known = google.url("identity").replace("/me/", "/111256657788/")
    assert requests.get(known, headers=headers, timeout=5).status_code == 200
    other = google.url("identity").replace("/me/", "/42/")
    assert requests.get(other, headers=headers, timeout=5).status_code == 404


@pytest.mark.usefixtures("one_weight")
def test_weight_listed_and_reconciled(google: GooglePerson, token: str) -> None:
    name = "users/111256657788/dataTypes/weight/dataPoints/1767596400000"
    weight = {
        "sampleTime": {
            "physicalTime": "2026-01-05T06:00:00Z",
            "utcOffset": "3600s",
            "civilTime": {"date": {"year": 2026, "month": 1, "day": 5}, "time": {"hours": 7}},
        },
        "weightGrams": 82400,
    }
    source = {
        "platform": "FITBIT",
        "recordingMethod": "PASSIVELY_MEASURED",
        "device": {"displayName": "Aria", "formFactor": "SCALE", "manufacturer": "Fitbit"},
    }
    listed = {"name": name, "dataSource": source, "weight": weight}
    assert google.points("weight", token).json() == {"dataPoints": [listed]}
    reconciled = {"dataPointName": name, "weight": weight}
    assert google.points("weight", token, ":reconcile").json() == {"dataPoints": [reconciled]}
    assert google.points("weight", token, "/1767596400000").json() == listed
    assert google.points("weight", token, "/17").status_code == 404


def test_points_come_newest_first(google: GooglePerson, token: str) -> None:
    points = google.points("weight", token, ":reconcile").json()["dataPoints"]
    times = [point["weight"]["sampleTime"]["physicalTime"] for point in points]
    assert times == sorted(times, reverse=True)
    assert len(times) == len(google.sandbox.wearer.weights)


def test_height_and_fat(google: GooglePerson, token: str) -> None:
    height = google.points("height", token, ":reconcile").json()["dataPoints"][0]["height"]
    assert height["heightMillimeters"] == "1828"
    fat = google.points("body-fat", token, ":reconcile", pageSize=1).json()["dataPoints"][0]
    assert fat["bodyFat"]["percentage"] == float(google.sandbox.wearer.fats[-1].percent)


def test_minutes_of_steps_add_up_to_the_day(google: GooglePerson, token: str) -> None:
    civil = 'steps.interval.civil_start_time >= "2026-06-03"'
    points = google.points("steps", token, filter=civil).json()["dataPoints"]
    assert "name" not in points[0]
    assert isinstance(points[0]["steps"]["count"], str)
    total = sum(int(point["steps"]["count"]) for point in points)
    assert total == google.sandbox.wearer.days[date(2026, 6, 3)].steps


def test_known_type_without_data_is_empty(google: GooglePerson, token: str) -> None:
    assert google.points("core-body-temperature", token).json() == {}
    google.sandbox.wearer.clear()
    for kind in ("steps", "heart-rate", "daily-resting-heart-rate", "active-minutes"):
        assert google.points(kind, token, ":reconcile").json() == {}


def test_unknown_type_and_unsupported_operation(google: GooglePerson, token: str) -> None:
    unknown = google.points("weights", token)
    assert reason(unknown) == (400, "INVALID_ARGUMENT", "INVALID_PARENT_DATA_TYPE_COLLECTION")
    floors = google.points("floors", token)
    assert reason(floors) == (400, "INVALID_ARGUMENT", "UNSUPPORTED_DATA_TYPE_ACTION")
    allowed = floors.json()["error"]["details"][0]["metadata"]["allowed_actions"]
    assert allowed == "reconcile, rollUp, dailyRollUp"
    assert reason(google.points("total-calories", token))[2] == "UNSUPPORTED_DATA_TYPE_ACTION"


def test_unknown_or_repeated_parameters(google: GooglePerson, token: str) -> None:
    assert google.points("weight", token, page_size=3).status_code == 400
    assert google.points("weight", token, orderBy="x").status_code == 400
    assert google.points("weight", token, pageSize=["1", "2"]).status_code == 400
    assert google.points("weight", token, prettyPrint="false").status_code == 200


def test_data_source_families(google: GooglePerson, token: str) -> None:
    def ask(kind: str, family: str) -> requests.Response:
        family = f"users/me/dataSourceFamilies/{family}"
        return google.points(kind, token, dataSourceFamily=family, pageSize=1)

    assert "dataPoints" in ask("weight", "all-sources").json()
    assert ask("weight", "google-wearables").json() == {}
    assert "dataPoints" in ask("steps", "google-wearables").json()
    assert ask("steps", "self-sources").json() == {}
    assert reason(ask("steps", "mine"))[2] == "INVALID_DATA_POINT_DATA_SOURCE_FAMILY"
    short = google.points("steps", token, dataSourceFamily="all-sources")
    assert reason(short)[2] == "INVALID_DATA_POINT_DATA_SOURCE_FAMILY"


def test_partial_responses(google: GooglePerson, token: str) -> None:
    def ask(fields: str) -> requests.Response:
        return google.points("weight", token, pageSize=1, fields=fields)

    grams = google.sandbox.wearer.weights[-1].grams
    thin = {"dataPoints": [{"weight": {"weightGrams": grams}}]}
    assert ask("dataPoints(weight/weightGrams)").json() == thin
    assert ask("dataPoints/weight/weightGrams").json() == thin
    assert sorted(ask("nextPageToken,dataPoints(name)").json()) == ["dataPoints", "nextPageToken"]
    assert ask("*").json() == google.points("weight", token, pageSize=1, fields="*").json()
    for wrong in ("dataPoints(", "dataPoints)", ",", "a b", "a//b"):
        assert reason(ask(wrong))[:2] == (400, "INVALID_ARGUMENT")


def test_writing_is_not_in_any_scope(google: GooglePerson, token: str) -> None:
    headers = {"Authorization": f"Bearer {token}"}
    url = google.url("dataTypes/weight/dataPoints")
    assert reason(requests.post(url, json={}, headers=headers, timeout=5))[0] == 403
    assert reason(requests.patch(f"{url}/1", json={}, headers=headers, timeout=5))[0] == 403


def test_truth_may_change(google: GooglePerson, token: str) -> None:
    wearer = google.sandbox.wearer

    def last() -> tuple[str, float]:
        point = google.points("weight", token, pageSize=1).json()["dataPoints"][0]
        return point["name"].rsplit("/", 1)[1], point["weight"]["weightGrams"]

    added = wearer.weigh(datetime(2026, 6, 3, 21, 0), Decimal("80.1"))
    assert last() == (added.log_id, 80100)
    wearer.correct(added.log_id, "81.1")
    assert last() == (added.log_id, 81100)
    wearer.forget(added.log_id)
    assert last()[0] != added.log_id
    wearer.days[date(2026, 6, 3)] = Day(steps=7, millimeters=5000, kcal=1)
    civil = 'steps.interval.civil_start_time >= "2026-06-03"'
    points = google.points("steps", token, filter=civil).json()["dataPoints"]
    assert [point["steps"]["count"] for point in points] == ["1"] * 7


def test_quota_a_minute(google: GooglePerson, token: str, clock: Clock) -> None:
    google.sandbox.google.per_minute = 2
    codes = [google.get("identity", token).status_code for _ in range(3)]
    assert codes == [200, 200, 429]
    refused = google.get("identity", token)
    assert reason(refused) == (429, "RESOURCE_EXHAUSTED", "RATE_LIMIT_EXCEEDED")
    assert "Retry-After" not in refused.headers
    google.sandbox.google.retry_after = True
    assert 0 < int(google.get("identity", token).headers["Retry-After"]) <= 60
    clock.now += 60
    assert google.get("identity", token).status_code == 200
