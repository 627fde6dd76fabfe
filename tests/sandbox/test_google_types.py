"""The data types of the Health API, beyond those of the body."""

from __future__ import annotations

from collections import Counter
from datetime import datetime
from decimal import Decimal
from typing import Any

import pytest

from sandbox import Heart, Zone
from tests.sandbox.conftest import JUNE_1, Clock
from tests.sandbox.person import AREAS, GooglePerson, health, reason

FIRST, SECOND = ({"year": 2026, "month": 6, "day": day} for day in (1, 2))
SPAN = {"range": {"start": {"date": FIRST}, "end": {"date": SECOND}}}


@pytest.fixture
def token(google: GooglePerson) -> str:
    return str(google.connect(scope=health(*AREAS, "sleep", "nutrition"))["access_token"])


@pytest.fixture
def one_heart(google: GooglePerson, one_day: None) -> None:
    """As `one_day`, with the heart of that day."""
    google.sandbox.wearer.hearts[JUNE_1] = Heart(
        resting=57,
        zones=(
            Zone(kind="LIGHT", low=30, high=104, seconds=60_000, kcal=Decimal("1500.5")),
            Zone(kind="MODERATE", low=104, high=131, seconds=1530, kcal=Decimal("150.2")),
            Zone(kind="VIGOROUS", low=131, high=163, seconds=240, kcal=Decimal(40)),
            Zone(kind="PEAK", low=163, high=220, seconds=0, kcal=Decimal(0)),
        ),
        pulse=60,
    )


def rolled(google: GooglePerson, token: str, kind: str) -> Any:
    (point,) = google.roll(kind, token, SPAN).json()["rollupDataPoints"]
    return {name: value for name, value in point.items() if not name.startswith("civil")}


def parts(name: str, figure: str, **values: object) -> list[dict[str, object]]:
    """Return a part for each of *values*, with its *name* and its *figure*."""
    return [{name: each, figure: value} for each, value in values.items()]


SPENT = {"SEDENTARY": "41400s", "LIGHTLY_ACTIVE": "10800s", "VERY_ACTIVE": "1320s"}
LEVELS = parts("activityLevelType", "totalDuration", **SPENT)
MINUTES = parts("activityLevel", "activeMinutesSum", LIGHT="180", VIGOROUS="22")
ZONE_MINUTES = {"sumInFatBurnHeartZone": "25", "sumInCardioHeartZone": "8"}
TIMES = parts("heartRateZone", "duration", LIGHT="60000s", MODERATE="1530s", VIGOROUS="240s")
ENERGIES = parts("heartRateZone", "kcal", LIGHT=1500.5, MODERATE=150.2, VIGOROUS=40)


@pytest.mark.usefixtures("one_heart")
@pytest.mark.parametrize(
    ("kind", "expected"),
    [
        ("altitude", {"altitude": {"gainMillimetersSum": "27432"}}),
        ("total-calories", {"totalCalories": {"kcalSum": 2213.4}}),
        ("active-energy-burned", {"activeEnergyBurned": {"kcalSum": 612.2}}),
        ("sedentary-period", {"sedentaryPeriod": {"durationSum": "41400s"}}),
        ("active-zone-minutes", {"activeZoneMinutes": ZONE_MINUTES}),
        ("activity-level", {"activityLevel": {"activityLevelRollupsByActivityLevelType": LEVELS}}),
        ("active-minutes", {"activeMinutes": {"activeMinutesRollupByActivityLevel": MINUTES}}),
        ("time-in-heart-rate-zone", {"timeInHeartRateZone": {"timeInHeartRateZones": TIMES}}),
        (
            "calories-in-heart-rate-zone",
            {"caloriesInHeartRateZone": {"caloriesInHeartRateZones": ENERGIES}},
        ),
    ],
)
def test_days_rolled_up(google: GooglePerson, token: str, kind: str, expected: Any) -> None:
    assert rolled(google, token, kind) == expected


@pytest.mark.usefixtures("one_heart")
def test_activity_levels_may_have_no_roll_up(google: GooglePerson, token: str) -> None:
    google.sandbox.google.activity_level_rolls_up = False
    refused = google.roll("activity-level", token, SPAN)
    assert reason(refused)[2] == "UNSUPPORTED_DATA_TYPE_ACTION"
    text = 'activity_level.interval.civil_start_time >= "2026-06-01"'
    points = google.points("activity-level", token, ":reconcile", filter=text).json()["dataPoints"]
    spent: Counter[str] = Counter()
    for point in points:
        stretch = point["activityLevel"]
        start, end = (
            datetime.fromisoformat(stretch["interval"][f"{which}Time"])
            for which in ("start", "end")
        )
        spent[stretch["activityLevelType"]] += int((end - start).total_seconds()) // 60
    assert spent == {"SEDENTARY": 690, "LIGHTLY_ACTIVE": 180, "VERY_ACTIVE": 22}


@pytest.mark.usefixtures("one_heart")
def test_hearts_day(google: GooglePerson, token: str) -> None:
    text = 'daily_resting_heart_rate.date >= "2026-06-01"'
    (point,) = google.points("daily-resting-heart-rate", token, filter=text).json()["dataPoints"]
    assert point["dailyRestingHeartRate"] == {
        "date": FIRST,
        "beatsPerMinute": "57",
        "dailyRestingHeartRateMetadata": {"calculationMethod": "WITH_SLEEP"},
    }
    refused = google.roll("daily-resting-heart-rate", token, SPAN)
    assert reason(refused)[2] == "UNSUPPORTED_DATA_TYPE_ACTION"
    rates = rolled(google, token, "heart-rate")["heartRate"]
    assert 60 <= rates["beatsPerMinuteMin"] < rates["beatsPerMinuteAvg"] < 100


def test_heart_rates_are_paged_newest_first(google: GooglePerson, token: str) -> None:
    body = google.points("heart-rate", token, pageSize=2000).json()
    times = [p["heartRate"]["sampleTime"]["physicalTime"] for p in body["dataPoints"]]
    assert len(times) == 2000
    assert times == sorted(times, reverse=True)
    following = google.points("heart-rate", token, pageSize=2000, pageToken=body["nextPageToken"])
    assert following.json()["dataPoints"][0]["heartRate"]["sampleTime"]["physicalTime"] < times[-1]


def test_sleep_in_full(google: GooglePerson, token: str) -> None:
    wearer = google.sandbox.wearer
    wearer.clear()
    wearer.sleep(datetime(2026, 3, 28, 23, 30), ("LIGHT", 240), ("AWAKE", 3))
    (point,) = google.points("sleep", token, ":reconcile").json()["dataPoints"]
    assert point["dataPointName"].endswith("/sleep/dataPoints/1774740600000")
    fell_asleep = {"startTime": "2026-03-28T22:30:00Z", "startUtcOffset": "3600s"}
    stirred = {"startTime": "2026-03-29T02:30:00Z", "startUtcOffset": "7200s"}
    until_then = {"endTime": "2026-03-29T02:30:00Z", "endUtcOffset": "7200s"}
    woke_up = {"endTime": "2026-03-29T02:33:00Z", "endUtcOffset": "7200s"}
    assert point["sleep"] == {
        "interval": fell_asleep | woke_up,
        "type": "STAGES",
        "metadata": {"processed": True, "stagesStatus": "SUCCEEDED", "mainSleep": True},
        "stages": [
            {"type": "LIGHT", **fell_asleep, **until_then},
            {"type": "AWAKE", **stirred, **woke_up},
        ],
        "summary": {
            "minutesInSleepPeriod": "243",
            "minutesAsleep": "240",
            "minutesAwake": "3",
            "minutesToFallAsleep": "0",
            "minutesAfterWakeUp": "3",
            "stagesSummary": [
                {"type": "AWAKE", "minutes": "3", "count": "1"},
                {"type": "LIGHT", "minutes": "240", "count": "1"},
            ],
        },
        "createTime": "2026-03-29T02:43:00Z",
        "updateTime": "2026-03-29T08:33:00Z",
    }


def test_last_nights_stages_come_later(google: GooglePerson, token: str, clock: Clock) -> None:
    wearer = google.sandbox.wearer
    wearer.clear()
    wearer.sleep(datetime(2026, 6, 3, 0, 10), ("LIGHT", 400), ("AWAKE", 5))

    def night() -> dict[str, Any]:
        (point,) = google.points("sleep", token, ":reconcile").json()["dataPoints"]
        return dict(point["sleep"])

    assert night()["metadata"] == {"processed": False, "mainSleep": True}
    assert "stages" not in night()
    clock.now += 3 * 3600
    token = google.connect(scope=health("sleep"))["access_token"]
    assert night()["metadata"]["processed"] is True
    assert len(night()["stages"]) == 2


@pytest.mark.parametrize("kind", ["sleep", "exercise"])
def test_sessions_come_twenty_five_a_page(google: GooglePerson, token: str, kind: str) -> None:
    body = google.points(kind, token, pageSize=100).json()
    assert len(body["dataPoints"]) == 25
    assert body["nextPageToken"]
    assert "civilStartTime" not in body["dataPoints"][0][kind]["interval"]


@pytest.mark.parametrize(
    ("kind", "area"),
    [
        ("sleep", "sleep"),
        ("hydration-log", "nutrition"),
        ("nutrition-log", "nutrition"),
        ("daily-vo2-max", "activity_and_fitness"),
        ("daily-oxygen-saturation", "health_metrics_and_measurements"),
    ],
)
def test_every_type_has_its_scope(google: GooglePerson, kind: str, area: str) -> None:
    every = {*AREAS, "sleep", "nutrition"}
    less = google.connect(scope=health(*sorted(every - {area})))["access_token"]
    assert reason(google.points(kind, less))[2] == "ACCESS_TOKEN_SCOPE_INSUFFICIENT"
    enough = google.connect(scope=health(area))["access_token"]
    assert google.points(kind, enough).json()["dataPoints"]


@pytest.mark.parametrize(("kind", "seen"), [("sleep", True), ("hydration-log", False)])
def test_wearables_do_not_log_by_hand(
    google: GooglePerson, token: str, kind: str, seen: bool
) -> None:
    family = "users/me/dataSourceFamilies/google-wearables"
    body = google.points(kind, token, ":reconcile", dataSourceFamily=family).json()
    assert bool(body) == seen
