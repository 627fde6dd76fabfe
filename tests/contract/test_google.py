"""Contract: every answer of the sandbox is one that Google's own description allows."""

from __future__ import annotations

from functools import cache
from typing import Any

import pytest
import requests
from jsonschema import Draft202012Validator, ValidationError

from sandbox import Sandbox
from sandbox.google.datatypes import ROWS
from tests.contract.conftest import Asking
from tests.contract.discovery import ERROR, document, validator

MAY, JUNE = {"year": 2026, "month": 5, "day": 24}, {"year": 2026, "month": 6, "day": 4}
DAYS = {"range": {"start": {"date": MAY}, "end": {"date": JUNE}}}
HOURS = {
    "range": {"startTime": "2026-05-24T00:00:00Z", "endTime": "2026-06-03T00:00:00Z"},
    "windowSize": "3600s",
}
RESPONSES = {
    "l": ("", "ListDataPointsResponse"),
    "r": (":reconcile", "ReconcileDataPointsResponse"),
    "R": ("rollUp", "RollUpDataPointsResponse"),
    "d": ("dailyRollUp", "DailyRollUpDataPointsResponse"),
}
CASES = [(row.id, op) for row in ROWS for op in RESPONSES if op in row.ops]
# The sandbox knows these types, but has nothing to tell about them.
SILENT = {
    *("electrocardiogram", "irregular-rhythm-notification", "swim-lengths-data", "food"),
    *("heart-rate-variability", "oxygen-saturation"),
    *("respiratory-rate-sleep-summary", "core-body-temperature"),
}


@cache
def of(schema: str) -> Draft202012Validator:
    return validator(schema)


def ask(google: Asking, kind: str, op: str, **parameters: Any) -> requests.Response:
    path = RESPONSES[op][0]
    if op in "lr":
        return google.get(f"dataTypes/{kind}/dataPoints{path}", **parameters)
    body = DAYS if op == "d" else HOURS
    response: requests.Response = google.person.roll(kind, google.token, body, path)
    return response


@pytest.mark.parametrize(("kind", "op"), CASES)
def test_contract_of_every_type_and_operation(google: Asking, kind: str, op: str) -> None:
    response = ask(google, kind, op, pageSize=30)
    assert response.status_code == 200, response.text
    body = response.json()
    of(RESPONSES[op][1]).validate(body)
    points = body.get("dataPoints", []) + body.get("rollupDataPoints", [])
    assert bool(points) == (kind not in SILENT), "points are there, or known to be missing"


@pytest.mark.parametrize("kind", [row.id for row in ROWS if row.named and row.id not in SILENT])
def test_contract_of_a_point_by_name(google: Asking, kind: str) -> None:
    listed = ask(google, kind, "l", pageSize=1).json()["dataPoints"][0]
    point = google.get(listed["name"].removeprefix("users/111256657788/"))
    assert point.json() == listed
    of("DataPoint").validate(point.json())


@pytest.mark.parametrize(
    ("path", "schema"),
    [
        ("identity", "Identity"),
        ("profile", "Profile"),
        ("settings", "Settings"),
        ("pairedDevices", "ListPairedDevicesResponse"),
    ],
)
def test_contract_of_the_account(google: Asking, path: str, schema: str) -> None:
    response = google.get(path)
    assert response.status_code == 200
    of(schema).validate(response.json())


def test_contract_knows_every_type_of_the_sandbox() -> None:
    members = document()["schemas"]["DataPoint"]["properties"].keys()
    rolled = document()["schemas"]["DailyRollupDataPoint"]["properties"].keys()
    assert {row.key for row in ROWS if "l" in row.ops} <= members
    assert {row.key for row in ROWS if "d" in row.ops} <= rolled


def test_contract_refuses_what_is_not_described() -> None:
    wrong = {"dataPoints": [{"steps": {"count": 4321}}]}
    more = {"dataPoints": [{"steps": {"count": "4321", "stepz": "1"}}]}
    for body in (wrong, more):
        with pytest.raises(ValidationError):
            of("ListDataPointsResponse").validate(body)


MEMBER = 'sleep.interval.start_time >= "2026-01-01T00:00:00Z"'
BAD: dict[str, tuple[int, str, dict[str, Any]]] = {
    "unknown-type": (400, "dataTypes/weights/dataPoints", {}),
    "unsupported-operation": (400, "dataTypes/floors/dataPoints", {}),
    "filter": (400, "dataTypes/weight/dataPoints", {"filter": "weight"}),
    "filter-member": (400, "dataTypes/sleep/dataPoints", {"filter": MEMBER}),
    "family": (400, "dataTypes/steps/dataPoints", {"dataSourceFamily": "x"}),
    "page-size": (400, "dataTypes/steps/dataPoints", {"pageSize": "x"}),
    "page-token": (400, "dataTypes/steps/dataPoints", {"pageToken": "x"}),
    "parameter": (400, "dataTypes/steps/dataPoints", {"orderBy": "x"}),
    "fields": (400, "dataTypes/steps/dataPoints", {"fields": "("}),
    "no-such-point": (404, "dataTypes/weight/dataPoints/1", {}),
}


@pytest.mark.parametrize("name", BAD)
def test_contract_of_errors(google: Asking, name: str) -> None:
    status, path, parameters = BAD[name]
    check_error(google.get(path, **parameters), status)


@pytest.mark.parametrize("body", [{}, DAYS | {"filter": ""}, DAYS | {"pageSize": 91}], ids=str)
def test_contract_of_roll_up_errors(google: Asking, body: dict[str, Any]) -> None:
    check_error(google.person.roll("steps", google.token, body), 400)


def test_contract_of_refusals(google: Asking, sandbox: Sandbox) -> None:
    check_error(requests.get(google.person.url("identity"), timeout=5), 401)
    check_error(google.person.get("identity", "nobody"), 401)
    check_error(requests.get(google.person.url("identity").replace("me", "42"), timeout=5), 401)
    thin = google.person.connect(scope="https://www.googleapis.com/auth/googlehealth.ecg.readonly")
    check_error(google.person.points("sleep", thin["access_token"]), 403)
    sandbox.google.per_minute = 0
    try:
        check_error(google.get("identity"), 429)
    finally:
        sandbox.google.per_minute = 1_000_000


def check_error(response: requests.Response, status: int) -> None:
    assert response.status_code == status, response.text
    Draft202012Validator(ERROR).validate(response.json())
    assert response.json()["error"]["code"] == status
