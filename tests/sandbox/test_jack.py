"""What jack lives through: nearly every kind of measurement, on nearly every day."""

from __future__ import annotations

from datetime import date, timedelta
from statistics import mean
from zoneinfo import ZoneInfo

import pytest

from sandbox import Sandbox, Wearer
from sandbox.sleep import Sleep, by_day
from tests.sandbox.person import FitbitPerson, GooglePerson

TODAY = date(2026, 6, 3)
HISTORY = 730


@pytest.fixture(scope="module")
def jack() -> Wearer:
    return Sandbox(today=TODAY).wearer


def test_every_kind_has_days_without_data(jack: Wearer) -> None:
    kinds = {
        "worn": jack.days.keys(),
        "climbed": {d for d, day in jack.days.items() if day.climbed_mm is not None},
        "levels": {d for d, day in jack.days.items() if day.levels is not None},
        "hearts": jack.hearts.keys(),
        "resting": {d for d, heart in jack.hearts.items() if heart.resting is not None},
        "nights": by_day(jack.sleeps).keys(),
        "rmssd": {d for d, v in jack.vitals.items() if v.rmssd is not None},
        "spo2": {d for d, v in jack.vitals.items() if v.spo2 is not None},
        "breaths": {d for d, v in jack.vitals.items() if v.breaths is not None},
        "celsius": {d for d, v in jack.vitals.items() if v.celsius is not None},
        "vo2": {d for d, v in jack.vitals.items() if v.vo2_max is not None},
    }
    shares = {name: len(days) / HISTORY for name, days in kinds.items()}
    assert {name: share for name, share in shares.items() if not 0.8 < share < 0.99} == {}
    assert 200 < len({drink.at.date() for drink in jack.drinks}) < 500
    assert 150 < len({food.at.date() for food in jack.foods}) < 400
    assert 1 < len(jack.exercises) / (HISTORY / 7) < 5


def test_all_of_it_depends_on_the_day_alone(jack: Wearer) -> None:
    later = Sandbox(today=TODAY + timedelta(days=20)).wearer
    since = TODAY - timedelta(days=600)

    def part(wearer: Wearer) -> list[object]:
        days = [wearer.days, wearer.hearts, wearer.vitals]
        logs = [wearer.sleeps, wearer.drinks, wearer.foods, wearer.exercises]
        in_range = [{d: v for d, v in series.items() if since <= d <= TODAY} for series in days]
        return [*in_range, *([x for x in log if since <= _day(x) <= TODAY] for log in logs)]

    assert part(later) == part(jack)


def _day(entry: object) -> date:
    at = getattr(entry, "at", None) or getattr(entry, "start", None)
    assert at is not None
    return at.date() if not isinstance(entry, Sleep) else entry.day


def test_energies_and_levels_fit_together(jack: Wearer) -> None:
    for day in jack.days.values():
        assert day.active_kcal is not None
        assert day.basal_kcal is not None
        assert day.active_kcal + day.basal_kcal == day.kcal
        if day.levels is not None:
            levels = day.levels
            awake = levels.sedentary + levels.lightly + levels.fairly + levels.very
            assert 930 <= awake < 1010


def test_nights_are_nights(jack: Wearer) -> None:
    nights = [sleep for sleep in jack.sleeps if not sleep.nap]
    naps = [sleep for sleep in jack.sleeps if sleep.nap]
    assert 380 < mean(sleep.in_bed for sleep in nights) < 480
    assert {sleep.start.hour for sleep in nights} == {22, 23, 0}
    assert {sleep.staged for sleep in nights} == {True, False}
    assert naps
    assert not any(sleep.staged for sleep in naps)
    assert min(sleep.in_bed for sleep in nights if not sleep.staged) < 300
    for sleep in jack.sleeps:
        assert sleep.in_bed == sum(stage.minutes for stage in sleep.stages)
        assert all(a.end == b.start for a, b in zip(sleep.stages, sleep.stages[1:], strict=False))


def test_a_fortnight_abroad_every_year(jack: Wearer) -> None:
    abroad, home = date(2025, 9, 20), date(2025, 9, 30)
    assert jack.zone_on(abroad) == ZoneInfo("America/New_York")
    offsets = {w.at.date(): w.at.utcoffset() for w in jack.weights}
    assert {offsets[d] for d in offsets if date(2025, 9, 14) <= d <= date(2025, 9, 26)} == {
        timedelta(hours=-4)
    }
    assert jack.zone_on(home) == jack.zone
    assert date(2025, 9, 27) not in jack.days
    assert all(w.manual for w in jack.weights if w.at.date() == abroad)


def test_clocks_change_while_jack_sleeps(jack: Wearer) -> None:
    changes = [date(2025, 3, 30), date(2025, 10, 26), date(2026, 3, 29)]
    nights = [s for s in jack.sleeps if s.day in changes and not s.nap]
    assert nights
    assert all(s.start.utcoffset() != s.end.utcoffset() for s in nights)


def test_heart_rates_nearly_every_minute(jack: Wearer) -> None:
    day = max(jack.hearts)
    beats = list(jack.beats(day))
    assert 1300 < len(beats) < 1320
    assert all(beat.at.date() == day for beat in beats)
    assert all(40 < beat.bpm < 120 for beat in beats)
    assert [b.at for b in beats] == sorted(b.at for b in beats)
    short = len(list(jack.beats(date(2026, 3, 29)))) if date(2026, 3, 29) in jack.hearts else 1255
    assert short < 1300


def test_account_keeps_the_home_zone_on_a_journey() -> None:
    abroad = date(2025, 9, 20)
    with Sandbox(today=abroad) as sandbox:
        google, fitbit = GooglePerson(sandbox), FitbitPerson(sandbox)
        granted = google.connect()["access_token"]
        settings = google.get("settings", granted).json()
        assert (settings["timeZone"], settings["utcOffset"]) == ("Europe/Amsterdam", "7200s")
        synced = google.get("pairedDevices", granted).json()["pairedDevices"][0]["lastSyncTime"]
        assert synced == "2025-09-20T05:30:00Z"
        token = fitbit.connect()["access_token"]
        last_sync = fitbit.get("devices.json", token).json()[0]["lastSyncTime"]
        assert last_sync == "2025-09-20T07:30:00.000"
