"""Contract: the answers of the legacy API are those its OpenAPI description has."""

from __future__ import annotations

from typing import Any

import pytest

from sandbox.fitbit.series import SERIES
from tests.contract import openapi
from tests.contract.conftest import Asking

ACTIVITIES = "/1/user/-/activities"
DAY, RANGE = "2026-06-01", "2026-05-20/2026-06-03"
# What is asked, and the path of the description that it belongs to.
ANSWERS = {
    "activities/heart/date/2026-06-03/7d": f"{ACTIVITIES}/heart/date/{{date}}/{{period}}",
    f"activities/heart/date/{RANGE}": f"{ACTIVITIES}/heart/date/{{base-date}}/{{end-date}}",
    f"activities/heart/date/{DAY}/1d/1sec": (
        f"{ACTIVITIES}/heart/date/{{date}}/1d/{{detail-level}}"
    ),
    f"activities/heart/date/{DAY}/1d/1min/time/08:00/09:00": (
        f"{ACTIVITIES}/heart/date/{{date}}/1d/{{detail-level}}/time/{{start-time}}/{{end-time}}"
    ),
    f"activities/active-zone-minutes/date/{RANGE}": (
        f"{ACTIVITIES}/active-zone-minutes/date/{{start-date}}/{{end-date}}"
    ),
    **{
        f"activities/{name}/date/{DAY}/1d/15min": (
            f"{ACTIVITIES}/{{resource-path}}/date/{{date}}/1d/{{detail-level}}"
        )
        for name in ("steps", "distance", "floors", "elevation", "calories")
    },
    f"activities/date/{DAY}": f"{ACTIVITIES}/date/{{date}}",
    "activities/date/2010-01-01": f"{ACTIVITIES}/date/{{date}}",
    "activities": ACTIVITIES,
    "activities/goals/daily": f"{ACTIVITIES}/goals/{{period}}",
    "activities/goals/weekly": f"{ACTIVITIES}/goals/{{period}}",
    f"body/log/weight/date/{RANGE}": "/1/user/-/body/log/weight/date/{base-date}/{end-date}",
    f"body/log/fat/date/{RANGE}": "/1/user/-/body/log/fat/date/{base-date}/{end-date}",
    "body/log/weight/goal": "/1/user/-/body/log/{goal-type}/goal",
    "body/log/fat/goal": "/1/user/-/body/log/{goal-type}/goal",
    "devices": "/1/user/-/devices",
    "profile": "/1/user/-/profile",
    "badges": "/1/user/-/badges",
    f"foods/log/date/{DAY}": "/1/user/-/foods/log/date/{date}",
    f"foods/log/water/date/{DAY}": "/1/user/-/foods/log/water/date/{date}",
    "foods/log/goal": "/1/user/-/foods/log/goal",
    "foods/log/water/goal": "/1/user/-/foods/log/water/goal",
    "foods/log/favorite": "/1/user/-/foods/log/favorite",
    "foods/log/frequent": "/1/user/-/foods/log/frequent",
    "foods/log/recent": "/1/user/-/foods/log/recent",
    "meals": "/1/user/-/meals",
    # Version 1 of the sleep log is older than the description; 1.2 has the same members and more.
    f"sleep/date/{DAY}": "/1.2/user/-/sleep/date/{date}",
    "sleep/date/2026-06-03": "/1.2/user/-/sleep/date/{date}",
}
# The templates of the time series, by the beginning of a resource.
TEMPLATES = {
    "body/": "/1/user/-/body/{resource-path}/date/{base-date}/{end-date}",
    "activities/tracker/": (
        f"{ACTIVITIES}/tracker/{{resource-path}}/date/{{base-date}}/{{end-date}}"
    ),
    "activities/heart": f"{ACTIVITIES}/heart/date/{{base-date}}/{{end-date}}",
    "activities/active": f"{ACTIVITIES}/active-zone-minutes/date/{{start-date}}/{{end-date}}",
    "activities/": f"{ACTIVITIES}/{{resource-path}}/date/{{base-date}}/{{end-date}}",
    "foods/log/": "/1/user/-/foods/log/{resource-path}/date/{base-date}/{end-date}",
}
DESCRIBED = [name for name in SERIES if not name.startswith("sleep/")]


@pytest.fixture(scope="module")
def told() -> dict[str, Any]:
    return openapi.document()


def answer(fitbit: Asking, path: str) -> Any:
    response = fitbit.get(f"{path}.json")
    assert response.status_code == 200, response.text
    return response.json()


@pytest.mark.parametrize("path", ANSWERS)
def test_contract_of_answers(fitbit: Asking, told: dict[str, Any], path: str) -> None:
    openapi.validator(told, f"{ANSWERS[path]}.json").validate(answer(fitbit, path))


@pytest.mark.parametrize("name", DESCRIBED)
def test_contract_of_time_series(fitbit: Asking, told: dict[str, Any], name: str) -> None:
    body = answer(fitbit, f"{name}/date/{RANGE}")
    template = next(text for start, text in TEMPLATES.items() if name.startswith(start))
    openapi.validator(told, f"{template}.json").validate(body)
    (items,) = body.values()
    assert list(body) == [name.replace("/", "-")]
    assert items


@pytest.mark.parametrize("name", [name for name in SERIES if name.startswith("sleep/")])
def test_contract_of_sleep_series_is_strings(fitbit: Asking, name: str) -> None:
    """The description came after these series; they are written like all others."""
    (items,) = answer(fitbit, f"{name}/date/{RANGE}").values()
    assert len(items) == 15
    assert all(isinstance(item["value"], str) for item in items)


def test_contract_of_food_units(fitbit: Asking, told: dict[str, Any]) -> None:
    units = answer(fitbit, "../../foods/units")
    openapi.validator(told, "/1/foods/units.json").validate(units)
