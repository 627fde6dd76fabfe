"""The same wearer through both providers: a record is the same wherever it came from."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

import pytest

from healthrelay.adapters.fitbit.provider import LegacyFitbit
from healthrelay.adapters.google_health.provider import GoogleHealth
from healthrelay.adapters.http import Http
from healthrelay.core.grants.consent import CONSENTS
from healthrelay.core.grants.token import Account
from healthrelay.core.measurements.catalogue import EPOCH, SERIES, Kind
from healthrelay.core.measurements.reading import Window, parse, select
from healthrelay.ports.peers import Provider
from sandbox import Sandbox
from tests.adapters.reading import read_window
from tests.sandbox.person import FitbitPerson, GooglePerson

TODAY = date(2026, 6, 3)
NOON = 1_780_480_800.0
WEEK = date(2026, 5, 26), TODAY
ABROAD = date(2025, 9, 12), date(2025, 9, 29)
CLOCKS_GO_BACK = date(2025, 10, 22), date(2025, 10, 28)

Records = dict[str, dict[str, Any]]


@dataclass(frozen=True)
class Side:
    """One provider, and a token for everything."""

    provider: Provider
    access: str

    def records(self, series: str, first: date, last: date) -> Records:
        """Key → members."""
        row = SERIES[series]
        detail = "1min" if row.kind is Kind.INTRADAY else ""
        window = Window(series, first, last, detail)
        if row.kind is Kind.STATE:
            window = window._replace(start=EPOCH, end=EPOCH)
        account = Account("x", "Europe/Amsterdam")
        records, _ = parse(series, read_window(self.provider, self.access, window, account))
        return {record.key: dict(record.data) for record in select(records, [window])}


Both = tuple[Side, Side]


@pytest.fixture(scope="module")
def both() -> Iterator[Both]:
    """Google Health and Fitbit, over one sandbox that does not count requests."""
    with Sandbox(today=TODAY, clock=lambda: NOON) as sandbox, pytest.MonkeyPatch.context() as env:
        env.setenv("OAUTHLIB_INSECURE_TRANSPORT", "1")
        sandbox.fitbit.per_hour = sandbox.google.per_minute = 1_000_000
        urls, scopes = sandbox.settings, {n: " ".join(c.scopes) for n, c in CONSENTS.items()}
        google = GooglePerson(sandbox).connect(scope=scopes["google_health"])["access_token"]
        fitbit = FitbitPerson(sandbox).connect(scope=scopes["fitbit"])["access_token"]
        health = GoogleHealth(urls["HEALTHRELAY_GOOGLE_API_URL"], Http())
        legacy = LegacyFitbit(urls["HEALTHRELAY_FITBIT_API_URL"], "cid", Http())
        yield Side(health, google), Side(legacy, fitbit)


OF_SLEEP = ("startTime", "timeInBed", "efficiency", "minutesAsleep", "minutesAwake")
ALIKE = [
    *("body", "body-weight", "body-fat", "body-bmi"),
    *(name for name in SERIES if name.startswith("activities-") and SERIES[name].value),
    *("activities-caloriesBMR", "activities-heart", "activities-active-zone-minutes"),
    *(f"sleep-{name}" for name in OF_SLEEP),
    *("sleep-minutesToFallAsleep", "sleep-minutesAfterWakeup"),
    *("foods-summary", "foods-log-caloriesIn", "foods-log-water", "water", "water-summary"),
]


@pytest.mark.parametrize("days", [WEEK, ABROAD, CLOCKS_GO_BACK], ids=["week", "abroad", "clocks"])
@pytest.mark.parametrize("series", dict.fromkeys(ALIKE))
def test_days_are_the_same(both: Both, series: str, days: tuple[date, date]) -> None:
    google, fitbit = (side.records(series, *days) for side in both)

    assert google
    assert google == fitbit


@pytest.mark.parametrize("name", ["steps", "distance", "floors", "calories", "heart"])
def test_points_of_a_day_are_the_same(both: Both, name: str) -> None:
    google, fitbit = (side.records(f"activities-{name}-intraday", *WEEK) for side in both)

    assert google
    assert google == fitbit


# Series → what only Google has, and what only Fitbit does.
BEYOND: dict[str, tuple[set[str], set[str]]] = {
    "sleep": ({"levels", "type"}, set()),
    "sleep-summary": ({"stages"}, set()),
    "foods": (set(), {"isFavorite"}),
    "devices": ({"features"}, set()),
    "user": (set(), {"displayName", "fullName"}),
}
OF_A_FOOD = {"calories", "mealTypeId", "name"}


def plain(record: dict[str, Any], without: set[str]) -> dict[str, Any]:
    """Return what both may know; of the food in a log entry, only its name, energy and meal."""
    members = {name: value for name, value in record.items() if name not in without}
    if "loggedFood" in members:
        members["loggedFood"] = {name: members["loggedFood"][name] for name in OF_A_FOOD}
    return members


@pytest.mark.parametrize("days", [ABROAD, CLOCKS_GO_BACK], ids=["abroad", "clocks"])
@pytest.mark.parametrize("series", BEYOND)
def test_records_are_the_same_but_for_what_one_alone_tells(
    both: Both, series: str, days: tuple[date, date]
) -> None:
    google, fitbit = (side.records(series, *days) for side in both)

    assert google
    more, less = BEYOND[series]
    assert {k: plain(r, more) for k, r in google.items()} == {
        k: plain(r, less) for k, r in fitbit.items()
    }


GOALS = ("body-weight", "body-fat", "activities-daily", "activities-weekly", "food", "water")


@pytest.mark.parametrize("series", ["badges", "activity-stats", *(f"{of}-goal" for of in GOALS)])
def test_fitbit_alone_knows_goals_and_badges(both: Both, series: str) -> None:
    assert len(both[1].records(series, *WEEK)) == 1


VITALS = ("hrv", "spo2", "br", "tempSkin", "cardioScore", "vo2Max", "runVo2Max")


@pytest.mark.parametrize("series", [*VITALS, "activeMinutes", "basalEnergy", "sedentaryPeriods"])
def test_google_alone_knows_the_vitals(both: Both, series: str) -> None:
    assert both[0].records(series, *ABROAD)


def test_the_last_night_has_no_stages_until_they_are_worked_out(both: Both) -> None:
    (night,) = both[0].records("sleep", TODAY, TODAY).values()

    assert night["timeInBed"] > 0
    assert "levels" not in night
