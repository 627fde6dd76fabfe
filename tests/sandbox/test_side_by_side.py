"""Both APIs tell the same about jack: at home, abroad, and when the clocks change."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

import pytest

from sandbox import Sandbox
from tests.sandbox.legacy import LEVELS, Converted, local, main_of, minute_data, plain
from tests.sandbox.person import AREAS, FitbitPerson, GooglePerson, health

# Summer begins on 29 March 2026 and ends on 26 October 2025; the journey is in September.
PERIODS = {
    "spring": (date(2026, 3, 16), date(2026, 4, 6)),
    "journey": (date(2025, 9, 8), date(2025, 10, 3)),
    "autumn": (date(2025, 10, 20), date(2025, 11, 2)),
    "now": (date(2026, 5, 25), date(2026, 6, 3)),
}
SCOPES = "activity heartrate nutrition sleep weight"


@pytest.fixture(scope="module")
def running() -> Iterator[Sandbox]:
    with Sandbox(today=date(2026, 6, 3), clock=lambda: 1_780_470_000.0) as sandbox:
        sandbox.google.per_minute = sandbox.fitbit.per_hour = 100_000
        yield sandbox


@pytest.fixture(scope="module", params=PERIODS)
def sides(running: Sandbox, request: pytest.FixtureRequest) -> tuple[Converted, Legacy]:
    first, last = PERIODS[request.param]
    google, fitbit = GooglePerson(running), FitbitPerson(running)
    granted = google.connect(scope=health(*AREAS, "sleep", "nutrition"))["access_token"]
    token = str(fitbit.connect(scope=SCOPES)["access_token"])
    return Converted(google, granted, first, last), Legacy(fitbit, token, first, last)


class Legacy:
    """The same days, as Fitbit tells them."""

    def __init__(self, person: FitbitPerson, token: str, first: date, last: date) -> None:
        self.person = person
        self.token = token
        self.range = f"{first}/{last}"

    def get(self, path: str) -> Any:
        response = self.person.get(f"{path}.json", self.token)
        assert response.status_code == 200, response.text
        return response.json()

    def series(self, name: str) -> dict[str, Any]:
        """The days of a series."""
        (items,) = self.get(f"{name}/date/{self.range}").values()
        return {item["dateTime"]: item["value"] for item in items}


def whole(value: float | Decimal) -> str:
    """Return *value* as Fitbit wrote energies: whole, halves up."""
    return str(Decimal(str(value)).quantize(Decimal(1), ROUND_HALF_UP))


@pytest.mark.parametrize(
    ("name", "kind", "figure"),
    [
        ("steps", "steps", lambda v: v["countSum"]),
        ("floors", "floors", lambda v: v["countSum"]),
        ("distance", "distance", lambda v: plain(Decimal(v["millimetersSum"]) / 10**6)),
        ("elevation", "altitude", lambda v: plain(Decimal(v["gainMillimetersSum"]) / 1000)),
        ("calories", "total-calories", lambda v: whole(v["kcalSum"])),
        ("activityCalories", "active-energy-burned", lambda v: whole(v["kcalSum"])),
    ],
)
def test_totals(sides: tuple[Converted, Legacy], name: str, kind: str, figure: Any) -> None:
    converted, legacy = sides
    cap = 14 if kind == "total-calories" else 90
    days = {day: figure(value) for day, value in converted.rolled(kind, cap).items()}
    assert days
    for path in (f"activities/{name}", f"activities/tracker/{name}"):
        legacy_values = legacy.series(path)
        assert {day: legacy_values[day] for day in days} == days
        assert {value for day, value in legacy_values.items() if day not in days} <= {"0"}


@pytest.mark.parametrize("name", LEVELS)
def test_levels(sides: tuple[Converted, Legacy], name: str) -> None:
    converted, legacy = sides
    days, legacy_values = converted.levels(name), legacy.series(f"activities/{name}")
    assert {day: legacy_values[day] for day in days} == days


def test_basal_energy_is_the_sum_of_its_points(sides: tuple[Converted, Legacy]) -> None:
    converted, legacy = sides
    days: dict[str, Decimal] = {}
    for point in converted.points("basal-energy-burned", "interval.civil_start_time"):
        day = str(local(point["interval"], "start").date())
        days[day] = days.get(day, Decimal(0)) + Decimal(str(point["kcal"]))
    legacy_values = legacy.series("activities/caloriesBMR")
    assert {day: legacy_values[day] for day in days} == {day: whole(v) for day, v in days.items()}


def test_hearts(sides: tuple[Converted, Legacy]) -> None:
    converted, legacy = sides
    days, legacy_values = converted.hearts(), legacy.series("activities/heart")
    assert {day: legacy_values[day] for day in days} == days
    assert all(
        "restingHeartRate" not in legacy_values[day] for day in legacy_values.keys() - days.keys()
    )


def test_zone_minutes(sides: tuple[Converted, Legacy]) -> None:
    converted, legacy = sides
    days = {}
    for day, value in converted.rolled("active-zone-minutes").items():
        zones = {"fatBurn": "FatBurn", "cardio": "Cardio", "peak": "Peak"}
        parts = {
            f"{name}ActiveZoneMinutes": int(value.get(f"sumIn{zone}HeartZone", 0))
            for name, zone in zones.items()
        }
        days[day] = parts | {"activeZoneMinutes": sum(parts.values())}
    assert legacy.series("activities/active-zone-minutes") == days


@pytest.mark.parametrize(
    "name",
    [
        *("minutesAsleep", "minutesAwake", "timeInBed", "awakeningsCount"),
        *("minutesToFallAsleep", "minutesAfterWakeup"),
    ],
)
def test_sums_of_sleep(sides: tuple[Converted, Legacy], name: str) -> None:
    converted, legacy = sides
    days = {
        day: str(sum(_session(s)[name] for s in sessions)) for day, sessions in converted.nights()
    }
    legacy_values = legacy.series(f"sleep/{name}")
    assert {day: value for day, value in legacy_values.items() if day in days} == days
    assert {value for day, value in legacy_values.items() if day not in days} <= {"0"}


def test_sleep_logs(sides: tuple[Converted, Legacy]) -> None:
    converted, legacy = sides
    for day, sessions in converted.nights():
        legacy_values = legacy.get(f"sleep/date/{day}")
        assert legacy_values["sleep"] == [_session(s) for s in sessions]
        main = _session(main_of(sessions))
        (start,) = legacy.get(f"sleep/startTime/date/{day}/1d").values()
        (efficiency,) = legacy.get(f"sleep/efficiency/date/{day}/1d").values()
        assert start[0]["value"] == main["startTime"][11:16]
        assert efficiency[0]["value"] == str(main["efficiency"])


def _session(session: dict[str, Any]) -> dict[str, Any]:
    """A session as version 1 has it: `tests/recorded_sleep.py` shows how Fitbit counted.

    Google's minutes awake are those of AWAKE alone. Fitbit counted the restless ones of a classic
    session as well, but not what lay before the first sleep or behind the last.
    """
    summary = {name: int(v) for name, v in session["summary"].items() if name != "stagesSummary"}
    stages = {stage["type"]: stage for stage in session["summary"].get("stagesSummary", [])}
    awake, restless = stages.get("AWAKE", {}), stages.get("RESTLESS", {})
    start, end = local(session["interval"], "start"), local(session["interval"], "end")
    in_bed, asleep = summary["minutesInSleepPeriod"], summary["minutesAsleep"]
    minutes_awake = summary["minutesAwake"]
    if session["type"] == "CLASSIC":
        around = summary["minutesToFallAsleep"] + summary["minutesAfterWakeUp"]
        minutes_awake += int(restless.get("minutes", 0)) - around
    return {
        "awakeCount": int(awake.get("count", 0)),
        "awakeDuration": int(awake.get("minutes", 0)),
        "awakeningsCount": int(awake.get("count", 0)) + int(restless.get("count", 0)),
        "dateOfSleep": str(end.date()),
        "duration": in_bed * 60_000,
        "efficiency": int(whole(Decimal(100 * asleep) / (asleep + minutes_awake))),
        "endTime": end.isoformat(timespec="milliseconds"),
        "isMainSleep": session["metadata"].get("mainSleep", False),
        "logId": (start - datetime(1970, 1, 1)).total_seconds() * 1000,
        "minuteData": minute_data(session),
        "minutesAfterWakeup": summary["minutesAfterWakeUp"],
        "minutesAsleep": asleep,
        "minutesAwake": minutes_awake,
        "minutesToFallAsleep": summary["minutesToFallAsleep"],
        "restlessCount": int(restless.get("count", 0)),
        "restlessDuration": int(restless.get("minutes", 0)),
        "startTime": start.isoformat(timespec="milliseconds"),
        "timeInBed": in_bed,
    }


def test_food_and_water(sides: tuple[Converted, Legacy]) -> None:
    converted, legacy = sides
    water = {
        day: whole(value["amountConsumed"]["millilitersSum"])
        for day, value in converted.rolled("hydration-log").items()
    }
    eaten = converted.rolled("nutrition-log")
    drunk, food = legacy.series("foods/log/water"), legacy.series("foods/log/caloriesIn")
    assert {day: drunk[day] for day in water} == water
    assert {day: food[day] for day in eaten} == {
        day: whole(value["energy"]["kcalSum"]) for day, value in eaten.items()
    }
    for day, value in eaten.items():
        summary = legacy.get(f"foods/log/date/{day}")["summary"]
        assert summary["carbs"] == value["totalCarbohydrate"]["gramsSum"]
        assert summary["fat"] == value["totalFat"]["gramsSum"]
        grams = {n["nutrient"]: n["quantity"]["gramsSum"] for n in value["nutrients"]}
        assert (summary["fiber"], summary["protein"]) == (grams["DIETARY_FIBER"], grams["PROTEIN"])
        assert summary["sodium"] == round(grams["SODIUM"] * 1000)


def test_weights_keep_the_offset_of_their_place(sides: tuple[Converted, Legacy]) -> None:
    converted, legacy = sides
    days = {}
    for point in converted.points("weight", "sample_time.civil_time"):
        time = point["sampleTime"]
        at = local({"atTime": time["physicalTime"], "atUtcOffset": time["utcOffset"]}, "at")
        days[str(at.date())] = plain(Decimal(str(point["weightGrams"])) / 1000)
    assert legacy.series("body/weight") == days
