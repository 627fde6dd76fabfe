"""The invented wearer and the recorded ones."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path

import pytest

from sandbox import Day, Levels, Sandbox, UnknownParticipant
from tests.sandbox.conftest import Clock
from tests.sandbox.person import FitbitPerson, GooglePerson

WEIGHTS = """Id,Date,WeightKg,WeightPounds,Fat,BMI,IsManualReport,LogId
11,5/2/2016 11:59:59 PM,52.5999984741211,115.963146545323,22.0,22.6499996185303,True,1462233599000
11,5/3/2016 6:47:11 AM,52.7000007629395,116.183610,22.6,22.6900005340576,False,1462258031000
"""
ACTIVITY = """Id,ActivityDate,TotalSteps,TotalDistance,Calories
11,5/4/16,8064,6.12,1849
11,5/5/16,0,0,1347
12,5/1/16,100,0.07,1500
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "weight-log.csv").write_text(WEIGHTS)
    (tmp_path / "daily-activity.csv").write_text(ACTIVITY)
    return tmp_path


def test_jacks_days_do_not_depend_on_today() -> None:
    one = Sandbox(today=date(2026, 6, 3)).wearer
    later = Sandbox(today=date(2026, 6, 13)).wearer
    common = date(2026, 6, 3)
    assert [w for w in later.weights if w.at.date() <= common][-500:] == one.weights[-500:]
    known = dict(list(one.days.items())[100:])
    assert {day: later.days.get(day) for day in known} == known


def test_jack_lives_plausibly() -> None:
    jack = Sandbox(today=date(2026, 6, 3)).wearer
    mornings = {weight.at.date() for weight in jack.weights}
    assert 0.80 < len(mornings) / 730 < 0.90
    assert len(jack.weights) > len(mornings)
    assert all(weight.at.hour in (7, 8) for weight in jack.weights)
    assert all(weight.grams % 100 == 0 for weight in jack.weights)
    assert all(78_000 < weight.grams < 86_000 for weight in jack.weights)
    assert len({weight.log_id for weight in jack.weights}) == len(jack.weights)
    assert min(mornings) > date(2026, 6, 3) - timedelta(days=740)
    assert max(jack.days) <= date(2026, 6, 3)
    assert 660 < len(jack.days) < 730


def test_today_follows_the_clock_in_the_wearers_zone() -> None:
    just_before_midnight_utc = 1_780_487_940.0 + 43_200
    jack = Sandbox(clock=lambda: just_before_midnight_utc).wearer
    assert jack.today() == date(2026, 6, 4)


def test_a_new_day_brings_new_measurements(clock: Clock) -> None:
    with Sandbox(clock=clock) as sandbox:
        google = GooglePerson(sandbox)
        token = google.connect()["access_token"]
        before = len(sandbox.wearer.weights)
        assert google.points("weight", token).status_code == 200
        assert len(sandbox.wearer.weights) == before
        clock.now += 10 * 86_400
        token = google.connect()["access_token"]
        assert google.points("weight", token).status_code == 200
        expected = Sandbox(clock=clock).wearer.weights
        assert sandbox.wearer.weights[-10:] == expected[-10:]
        assert len(sandbox.wearer.weights) > before


def test_recorded_wearer_ends_today(folder: Path) -> None:
    wearer = Sandbox(today=date(2026, 6, 3), measurements=folder, participant="11").wearer
    first, second = wearer.weights
    assert (first.grams, first.bmi, first.manual) == (52600, Decimal("22.65"), True)
    assert first.at.isoformat() == "2026-06-01T23:59:59+00:00"
    assert first.log_id == str(1462233599000 + 3682 * 86_400_000)
    assert (second.grams, second.manual) == (52700, False)
    assert wearer.days == {
        date(2026, 6, 3): Day(steps=8064, millimeters=6_120_000, kcal=1849, floors=None)
    }
    assert (wearer.height_mm, wearer.name, str(wearer.zone)) == (1524, "11", "Etc/UTC")
    assert wearer.fats == []


def test_recorded_dates_may_stay(folder: Path) -> None:
    wearer = Sandbox(measurements=folder, participant="11", shift=False).wearer
    assert [weight.log_id for weight in wearer.weights] == ["1462233599000", "1462258031000"]
    assert list(wearer.days) == [date(2016, 5, 4)]


def test_recorded_wearer_without_weights(folder: Path) -> None:
    with Sandbox(measurements=folder, participant="12") as sandbox:
        assert sandbox.wearer.height_mm is None
        google, fitbit = GooglePerson(sandbox), FitbitPerson(sandbox)
        token = google.connect()["access_token"]
        assert google.points("height", token).json() == {}
        assert google.points("weight", token).json() == {}
        token = fitbit.connect()["access_token"]
        assert fitbit.get("body/log/weight/date/today/1w.json", token).json() == {"weight": []}
        assert "height" not in fitbit.get("profile.json", token).json()["user"]


def test_fitbits_own_bmi_is_served(folder: Path) -> None:
    with Sandbox(today=date(2026, 6, 3), measurements=folder, participant="11") as sandbox:
        fitbit = FitbitPerson(sandbox)
        token = fitbit.connect()["access_token"]
        log = fitbit.get("body/log/weight/date/2026-06-01.json", token).json()["weight"]
        assert (log[0]["bmi"], log[0]["source"], log[0]["weight"]) == (22.65, "API", 52.6)


def test_unknown_participant(folder: Path) -> None:
    with pytest.raises(UnknownParticipant, match="participant '13'"):
        Sandbox(measurements=folder, participant="13")


def test_participant_and_measurements_belong_together(folder: Path) -> None:
    with pytest.raises(ValueError, match="belong together"):
        Sandbox(measurements=folder)


SLEEP = """Id,SleepDay,TotalSleepRecords,TotalMinutesAsleep,TotalTimeInBed
11,5/4/16,1,327,346
11,5/5/16,2,384,407
"""
LEVELS = """Id,ActivityDate,TotalSteps,TotalDistance,VeryActiveMinutes,FairlyActiveMinutes,\
LightlyActiveMinutes,SedentaryMinutes,Calories
11,5/5/16,13162,8.5,25,13,328,728,1985
"""


def test_recorded_nights_have_their_totals(folder: Path) -> None:
    (folder / "sleep-day.csv").write_text(SLEEP)
    wearer = Sandbox(today=date(2026, 6, 3), measurements=folder, participant="11").wearer
    first, night, nap = wearer.sleeps
    assert first.end.isoformat() == "2026-06-02T07:00:00+00:00"
    assert (first.asleep, first.in_bed, first.staged) == (327, 346, False)
    assert (night.day, nap.day) == (date(2026, 6, 3), date(2026, 6, 3))
    assert night.end.isoformat() == "2026-06-03T07:00:00+00:00"
    assert (night.asleep + nap.asleep, night.in_bed + nap.in_bed) == (384, 407)
    assert (night.nap, nap.nap) == (False, True)
    assert night.in_bed > nap.in_bed > 0


def test_recorded_levels_of_activity(folder: Path) -> None:
    (folder / "daily-activity.csv").write_text(LEVELS)
    with Sandbox(today=date(2026, 6, 3), measurements=folder, participant="11") as sandbox:
        levels = Levels(sedentary=728, lightly=328, fairly=13, very=25)
        assert sandbox.wearer.days[date(2026, 6, 3)].levels == levels
        fitbit = FitbitPerson(sandbox)
        token = fitbit.connect()["access_token"]
        answer = fitbit.get("activities/minutesSedentary/date/2026-06-03/1d.json", token).json()
        assert answer["activities-minutesSedentary"][0]["value"] == "728"
        basal = fitbit.get("activities/caloriesBMR/date/2026-06-03/1d.json", token).json()
        assert basal["activities-caloriesBMR"][0]["value"] == "0"
