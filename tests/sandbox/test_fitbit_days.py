"""The Web API day by day: details, logs, and what never changes."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

import pytest
import requests

from sandbox import Day
from tests.sandbox.conftest import Clock
from tests.sandbox.person import FitbitPerson, fault_of

SCOPES = "activity heartrate nutrition profile settings sleep social weight"


@pytest.fixture
def token(fitbit: FitbitPerson) -> str:
    return str(fitbit.connect(scope=SCOPES)["access_token"])


def detail(answer: dict[str, Any], name: str) -> dict[str, Any]:
    day: dict[str, Any] = answer[f"activities-{name}-intraday"]
    return day


@pytest.mark.usefixtures("one_day")
@pytest.mark.parametrize(
    ("name", "day", "total"),
    [
        ("steps", "8123", 8123),
        ("floors", "9", 9),
        ("calories", "2213", 2213.4),
        ("distance", "6.012345", 6.012345),
        ("elevation", "27.432", 27.432),
    ],
)
def test_minutes_add_up_to_the_day(
    fitbit: FitbitPerson, token: str, name: str, day: str, total: float
) -> None:
    answer = fitbit.get(f"activities/{name}/date/2026-06-01/1d/1min.json", token).json()
    assert answer[f"activities-{name}"] == [{"dateTime": "2026-06-01", "value": day}]
    figures = detail(answer, name)
    assert (figures["datasetInterval"], figures["datasetType"]) == (1, "minute")
    assert [item["time"] for item in figures["dataset"]][:2] == ["00:00:00", "00:01:00"]
    assert len(figures["dataset"]) == 1440
    assert sum(item["value"] for item in figures["dataset"]) == pytest.approx(total)


@pytest.mark.usefixtures("one_day")
def test_quarters_of_an_hour_and_parts_of_a_day(fitbit: FitbitPerson, token: str) -> None:
    path = "activities/steps/date/2026-06-01/1d/15min/time/08:00/09:00.json"
    answer = fitbit.get(path, token).json()
    points = [(item["time"], item["value"]) for item in detail(answer, "steps")["dataset"]]
    still = [(f"08:{minute}:00", 0) for minute in (15, 30, 45)]
    assert points == [("08:00:00", 542), *still, ("09:00:00", 542)]
    assert answer["activities-steps"][0]["value"] == "1084"


@pytest.mark.usefixtures("one_day")
def test_a_day_without_data_has_zeros_in_detail(fitbit: FitbitPerson, token: str) -> None:
    answer = fitbit.get("activities/steps/date/2026-06-02/1d/1min.json", token).json()
    assert {item["value"] for item in detail(answer, "steps")["dataset"]} == {0}


def test_heart_in_seconds_and_minutes(fitbit: FitbitPerson, token: str) -> None:
    path = f"activities/heart/date/{max(fitbit.sandbox.wearer.hearts)}/1d"
    exact = detail(fitbit.get(f"{path}/1sec.json", token).json(), "heart")
    rough = detail(fitbit.get(f"{path}/1min.json", token).json(), "heart")
    assert (exact["datasetType"], rough["datasetType"]) == ("second", "minute")
    assert len(exact["dataset"]) == len(rough["dataset"]) > 1300
    assert {item["time"][-2:] for item in rough["dataset"]} == {"00"}
    part = fitbit.get(f"{path}/1min/time/08:00/08:59.json", token).json()
    assert 50 < len(detail(part, "heart")["dataset"]) <= 60


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("activities/steps/date/2026-06-01/1d/1sec.json", 400),
        ("activities/heart/date/2026-06-01/1d/15min.json", 400),
        ("activities/steps/date/2026-06-01/1d/1min/time/8:00/24:00.json", 400),
        ("activities/minutesSedentary/date/2026-06-01/1d/1min.json", 404),
        ("activities/activityCalories/date/2026-01-01/2026-01-31.json", 400),
        ("activities/heart/date/2026-06-01/3m.json", 400),
        ("sleep/minutesAsleep/date/2026-01-01/2026-05-01.json", 400),
        ("activities/tracker/caloriesBMR/date/2026-06-01/1d.json", 404),
        ("devices/tracker/27072629/alarms.json", 404),
        ("heart/date/2026-06-01.json", 404),
    ],
)
def test_refused(fitbit: FitbitPerson, token: str, path: str, status: int) -> None:
    assert fault_of(fitbit.get(path, token))[0] == status


@pytest.mark.usefixtures("one_day")
def test_activities_of_a_day(fitbit: FitbitPerson, token: str) -> None:
    summary = fitbit.get("activities/date/2026-06-01.json", token).json()["summary"]
    assert summary["distances"][0] == {"activity": "total", "distance": 6.01}
    figures = [summary[name] for name in ("steps", "floors", "elevation", "caloriesOut")]
    assert figures == [8123, 9, 27.43, 2213]
    assert (summary["activityCalories"], summary["activeScore"]) == (612, -1)
    assert "restingHeartRate" not in summary
    empty = fitbit.get("activities/date/2026-06-02.json", token).json()
    assert (empty["activities"], empty["summary"]["steps"]) == ([], 0)


def test_logged_activities(fitbit: FitbitPerson, token: str) -> None:
    walk = fitbit.sandbox.wearer.exercises[-1]
    day = walk.start.date()
    (entry,) = fitbit.get(f"activities/date/{day}.json", token).json()["activities"]
    known = int(walk.log_id), walk.steps, walk.name
    assert (entry["logId"], entry["steps"], entry["name"]) == known
    assert entry["duration"] == walk.seconds * 1000
    recent = fitbit.get("activities/recent.json", token).json()
    assert {activity["name"] for activity in recent} == {"Walk", "Run"}


def test_the_whole_life(fitbit: FitbitPerson, token: str) -> None:
    stats = fitbit.get("activities.json", token).json()
    days = fitbit.sandbox.wearer.days
    assert stats["lifetime"]["total"]["steps"] == sum(day.steps for day in days.values())
    best = stats["best"]["tracker"]["steps"]
    assert days[date.fromisoformat(best["date"])].steps == best["value"]


def test_body_of_a_day(fitbit: FitbitPerson, token: str) -> None:
    wearer = fitbit.sandbox.wearer
    wearer.clear()
    wearer.weigh(datetime(2026, 6, 1, 7, 0), "82.4")
    wearer.weigh(datetime(2026, 6, 1, 21, 0), "83")
    known = {"bmi": 24.84, "weight": 83}
    goals = {"weight": 80}
    assert fitbit.get("body/date/2026-06-01.json", token).json() == {"body": known, "goals": goals}
    assert fitbit.get("body/date/2026-06-02.json", token).json() == {"body": {}, "goals": goals}


def test_sleep_of_a_day_accepts_dates_without_zeros(fitbit: FitbitPerson, token: str) -> None:
    wearer = fitbit.sandbox.wearer
    wearer.clear()
    wearer.sleep(datetime(2026, 5, 31, 23, 40), ("LIGHT", 50), ("AWAKE", 2), ("REM", 8))
    wearer.sleep(datetime(2026, 6, 1, 14, 0), ("ASLEEP", 18), ("RESTLESS", 2), nap=True)
    answer = fitbit.get("sleep/date/2026-6-1.json", token).json()
    night, nap = answer["sleep"]
    total = {"totalMinutesAsleep": 76, "totalSleepRecords": 2, "totalTimeInBed": 80}
    assert answer["summary"] == total
    span = "2026-05-31T23:40:00.000", "2026-06-01T00:40:00.000"
    assert (night["startTime"], night["endTime"]) == span
    assert (night["isMainSleep"], nap["isMainSleep"]) == (True, False)
    # What the nap ended with came after waking up, and does not count: `tests/recorded_sleep.py`.
    assert (night["efficiency"], nap["efficiency"]) == (97, 100)
    values = "".join(minute["value"] for minute in night["minuteData"])
    assert values == "1" * 50 + "33" + "1" * 8
    assert night["minuteData"][20]["dateTime"] == "00:00:00"
    start = fitbit.get("sleep/startTime/date/2026-06-01/2026-06-02.json", token).json()
    assert [item["value"] for item in start["sleep-startTime"]] == ["23:40", ""]


def test_last_nights_stages_come_later(fitbit: FitbitPerson, token: str, clock: Clock) -> None:
    fitbit.sandbox.wearer.clear()
    fitbit.sandbox.wearer.sleep(datetime(2026, 6, 3, 0, 10), ("LIGHT", 400), ("AWAKE", 5))

    def night() -> dict[str, Any]:
        (day,) = fitbit.get("sleep/date/2026-06-03.json", token).json()["sleep"]
        return dict(day)

    assert (night()["minutesAsleep"], night()["minuteData"]) == (405, [])
    clock.now += 3 * 3600
    assert (night()["minutesAsleep"], len(night()["minuteData"])) == (400, 405)


def test_american_units(fitbit: FitbitPerson, token: str) -> None:
    wearer = fitbit.sandbox.wearer
    drink = wearer.drinks[-1]
    day = drink.at.date()
    wearer.drinks[:] = [drink]
    wearer.days[day] = Day(steps=1, millimeters=1_609_344, kcal=1, climbed_mm=3048)
    path = f"foods/log/water/date/{day}.json"
    assert fitbit.get(path, token).json()["summary"] == {"water": drink.ml}
    ounces = fitbit.get(path, token, "en_US").json()["summary"]["water"]
    assert ounces == pytest.approx(drink.ml / 29.5735, abs=0.01)
    summary = fitbit.get(f"activities/date/{day}.json", token, "en_US").json()["summary"]
    assert (summary["elevation"], summary["distances"][0]["distance"]) == (10, 1)


def test_devices_tell_what_they_know(fitbit: FitbitPerson, token: str) -> None:
    tracker, scale = fitbit.get("devices.json", token).json()
    assert tracker["lastSyncTime"] == "2026-06-03T07:30:00.000"
    assert "lastSyncTime" not in scale
    assert scale["features"] == []


@pytest.mark.parametrize(
    ("path", "member"),
    [
        ("body/log/weight/goal.json", "goal"),
        ("body/log/fat/goal.json", "goal"),
        ("activities/goals/daily.json", "goals"),
        ("activities/goals/weekly.json", "goals"),
        ("foods/log/goal.json", "goals"),
        ("foods/log/water/goal.json", "goal"),
        ("badges.json", "badges"),
        ("friends.json", "friends"),
        ("meals.json", "meals"),
    ],
)
def test_what_never_changes(fitbit: FitbitPerson, token: str, path: str, member: str) -> None:
    assert list(fitbit.get(path, token).json()) == [member]


def test_catalogues_and_lists(fitbit: FitbitPerson, token: str) -> None:
    base = fitbit.settings["HEALTHRELAY_FITBIT_API_URL"]
    headers = {"Authorization": f"Bearer {token}"}
    for path in ("activities.json", "activities/90013.json", "foods/units.json"):
        assert requests.get(f"{base}/1/{path}", headers=headers, timeout=5).status_code == 200
    for path in ("activities/favorite.json", "activities/frequent.json", "foods/log/recent.json"):
        assert fitbit.get(path, token).status_code == 200


@pytest.mark.parametrize(
    ("path", "scope"),
    [
        ("sleep/date/2026-06-01.json", "sleep"),
        ("sleep/minutesAsleep/date/today/1d.json", "sleep"),
        ("activities/heart/date/today/1d.json", "heartrate"),
        ("activities/heart/date/today/1d/1sec.json", "heartrate"),
        ("foods/log/date/today.json", "nutrition"),
        ("foods/log/water/date/today/1d.json", "nutrition"),
        ("activities/date/today.json", "activity"),
        ("friends.json", "social"),
        ("devices.json", "settings"),
    ],
)
def test_every_area_has_its_scope(fitbit: FitbitPerson, path: str, scope: str) -> None:
    others = " ".join(name for name in SCOPES.split() if name != scope)
    token = str(fitbit.connect(scope=others)["access_token"])
    assert fault_of(fitbit.get(path, token)) == (403, "insufficient_scope")
