"""All that is stored of a person: the list, a table and files of each series, and of each day."""

from __future__ import annotations

import csv
import re
from collections.abc import Callable
from datetime import timedelta
from html import unescape
from io import StringIO

import pytest
import requests

from healthrelay.core.measurements.catalogue import SERIES, Kind
from healthrelay.core.measurements.ledger import Days
from healthrelay.flows.household.export import export
from healthrelay.flows.household.system import keep_system
from healthrelay.web.setup.texts import load_texts
from tests.core.charts.given import TODAY, daily, day, record, session
from tests.household import Household
from tests.peers.firestore import MakeFirestore
from tests.web.setup.conftest import Visitor, heading
from tests.web.setup.test_person import CHARTED, keep

LIST = "people/jack/measurements"
WEIGHTS = f"{LIST}/body-weight"


def rows(page: requests.Response) -> list[list[str]]:
    """The cells of a page's table, its head first."""
    assert page.status_code == 200, page.text
    found = re.findall(r"<tr>(.*?)</tr>", page.text)
    cells = [re.findall(r"<t[hd][^>]*>(.*?)</t[hd]>", row) for row in found]
    return [[unescape(re.sub(r"<[^>]+>", "", cell)) for cell in row] for row in cells]


def lines(file: requests.Response) -> list[list[str]]:
    assert file.headers["Content-Type"] == "text/csv; charset=utf-8"
    return list(csv.reader(StringIO(file.text)))


@pytest.fixture(autouse=True)
def settings(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> dict[str, str]:
    if "make_firestore" not in request.fixturenames:
        return {}
    monkeypatch.setenv("GOOGLE_CLOUD_PROJECT", request.getfixturevalue("firestore_project"))
    return {"HEALTHRELAY_STORE": "firestore", "HEALTHRELAY_SEALING_KEYS": f"k:{'A' * 43}="}


def test_the_list_has_what_was_read_and_what_was_taken_over(owner: Visitor) -> None:
    keep(
        owner.household,
        record("weight", "2026-11-20T07:00:00", {"logId": 1, "date": "2026-11-20", "weight": 82}),
        days={
            "sleep": Days(day(1), "sssfff"),  # to the 3rd: the days after it could not be read
            "activities-steps": Days(day(1, 12, 2025), "seo"),
            "activities-heart-intraday 22:00-23:00": Days(day(5), "s"),
            "activities-heart-intraday": Days(day(7), "s"),
            "hrv": Days(day(1), "ff"),
        },
    )

    page = owner.open(LIST)

    assert heading(page) == "All measurements"
    assert rows(page) == [
        ["Measurement", "First day", "Last day"],
        ["Weight log", "–", "–"],
        ["Steps", "1 December 2025", "3 December 2025"],
        ["Heart rate by the minute", "5 November", "7 November"],
        ["Sleep", "1 November", "3 November"],
    ]
    assert f'<a href="/setup/{LIST}/sleep">Sleep</a>' in page.text
    assert f'href="/setup/{LIST}"' in owner.open("people/jack").text


def test_whatever_a_fetch_stores_is_in_the_list(owner: Visitor) -> None:
    household = owner.household
    methods = "time_series,sleep,get_bodyweight,activities,foods_log,get_devices"
    household.connect(**{**CHARTED, "methods": methods, "period": "7d"})
    household.fetched()
    stored = {one.series for one in household.services.store.records.everything("jack")}
    assert len(stored) > 5
    assert any(SERIES[name].kind is Kind.STATE for name in stored)

    listed = set(re.findall(rf'href="/setup/{LIST}/([^"]+)"', owner.open(LIST).text))

    assert stored <= listed
    for name in stored:
        table = rows(owner.open(f"{LIST}/{name}"))
        assert table[1][0] != "Nothing yet", name


def test_what_was_only_taken_over_is_in_the_list(owner: Visitor) -> None:
    """Neither a summary nor a ledger has any of it."""
    keep(owner.household, daily("br", day(20), "14.2"), read_at="")

    page = owner.open(LIST)

    assert rows(page)[1:] == [["Breathing rate", "–", "–"]]
    assert len(rows(owner.open(f"{LIST}/br"))) == 2


def test_a_table_is_newest_first_and_goes_on(owner: Visitor) -> None:
    """Of 70 days that end with 28 November the first is 20 September."""
    days = [TODAY - timedelta(n) for n in range(70)]
    keep(owner.household, *(daily("body-weight", one, f"{one.day}.5") for one in days))

    first, third = owner.open(WEIGHTS), owner.open(f"{WEIGHTS}?page=3")

    assert heading(first) == "Weight"
    table = rows(first)
    assert table[:2] == [["Day", "Weight, kg"], ["28 November", "28.5"]]
    assert (len(table), table[-1]) == (31, ["30 October", "30.5"])
    assert f'<a href="/setup/{WEIGHTS}?page=2">40 older rows</a>' in first.text
    assert (len(rows(third)), rows(third)[-1]) == (11, ["20 September", "20.5"])
    assert f'<a href="/setup/{WEIGHTS}?page=2">Newer rows</a>' in third.text
    assert "older rows" not in third.text
    for page in ("0", "4", "x", "-1", ""):
        assert owner.open(f"{WEIGHTS}?page={page}").status_code == 404, page


def test_an_entry_of_a_log_has_its_time(owner: Visitor) -> None:
    entry = {"logId": 7, "date": "2026-11-27", "time": "07:12:00", "weight": 82.4}
    keep(owner.household, record("weight", "2026-11-27T07:12:00", entry, key="7"))

    head, row = rows(owner.open(f"{LIST}/weight"))

    assert head == ["Day", "Time", "Weight log, kg"]
    assert row == ["27 November", "07:12", "82.4"]


@pytest.mark.parametrize(
    ("system", "unit", "value"),
    # 82,400 g are 82,400 / 453.59237 = 181.66 lb, and so 12 stones of 14 and 13.7.
    [("en_US", "lb", "181.66"), ("en_GB", "st and lb", "12 st 13.7"), ("metric", "kg", "82.4")],
)
def test_units_are_those_of_the_household(
    owner: Visitor, system: str, unit: str, value: str
) -> None:
    keep(owner.household, daily("body-weight", TODAY, "82.4"))
    keep_system(system, owner.household.services.store.identities)

    assert rows(owner.open(WEIGHTS)) == [["Day", f"Weight, {unit}"], ["28 November", value]]


def test_numbers_are_written_as_in_the_language(owner: Visitor) -> None:
    keep(owner.household, daily("activities-steps", TODAY, "8123"))
    keep(owner.household, daily("body-weight", TODAY, "82.4"))
    dutch = {"Accept-Language": "nl"}

    assert rows(owner.open(f"{LIST}/activities-steps"))[1] == ["28 November", "8,123"]
    table = rows(owner.open(f"{LIST}/activities-steps", **dutch))
    assert table == [["Dag", "Stappen"], ["28 november", "8.123"]]
    assert rows(owner.open(WEIGHTS, **dutch))[1] == ["28 november", "82,4"]


def test_what_is_no_single_number_has_the_columns_of_its_file(owner: Visitor) -> None:
    zones = [{"name": "Peak", "min": 160}]
    value = {"restingHeartRate": 61, "heartRateZones": zones, "a": 1, "b": 2, "c": 3, "d": [4]}
    keep(owner.household, daily("activities-heart", TODAY, value))

    page = owner.open(f"{LIST}/activities-heart")

    assert rows(page) == [
        ["Day", "value.restingHeartRate", "value.a", "value.b", "value.c", "value.d"],
        ["28 November", "61", "1", "2", "3", "[4]"],
    ]
    files = re.findall(rf'href="/setup/{LIST}/([^"]+\.csv)"', page.text)
    assert files == ["activities-heart.csv", "activities-heart.value.heartRateZones.csv"]


def test_files_are_those_of_the_export(owner: Visitor) -> None:
    night = session("2026-11-27T23:04:00", [("light", 200), ("deep", 60)])
    keep(owner.household, night, daily("body-weight", TODAY, "=1+1"))
    keep_system("en_US", owner.household.services.store.identities)
    services = owner.household.services
    exported = export("jack", services.store, services.now(), "en_US")

    for name in ("body-weight", "sleep", "sleep.levels.data"):
        answer = owner.open(f"{LIST}/{name}.csv")
        assert answer.content.decode() == exported[f"jack.{name}.csv"], name
        assert answer.headers["Content-Disposition"] == (
            f"attachment; filename*=UTF-8''jack-{name}.csv"
        )
    assert lines(owner.open(f"{WEIGHTS}.csv")) == [["dateTime", "value"], ["2026-11-28", "'=1+1"]]


def test_days_have_the_state_of_each_series(owner: Visitor) -> None:
    """jack's seven days begin with 22 November: those that no fetch has read are open."""
    settings = {"methods": "time_series", "resource": "activities/steps", "period": "7d"}
    owner.household.add(**settings, timezone="Europe/Amsterdam")
    known = {"activities-steps": Days(day(22), "sefo"), "hrv": Days(day(1), "s")}
    keep(owner.household, days=known, causes={"activities-steps": "try_later"})

    head, *found = lines(owner.open("people/jack/days.csv"))

    assert head == ["series", "day", "state"]
    states = ["complete", "none", "failed", "open", "open", "open", "open"]
    steps = [["activities-steps", f"2026-11-{22 + n}", one] for n, one in enumerate(states)]
    assert found == [*steps, ["hrv", "2026-11-01", "complete"]]


def test_nothing_yet_is_a_row(owner: Visitor) -> None:
    owner.household.add("jack")

    assert rows(owner.open(LIST)) == [
        ["Measurement", "First day", "Last day"],
        ["Nothing yet", "", ""],
    ]
    for name in SERIES:
        assert rows(owner.open(f"{LIST}/{name}"))[1][0] == "Nothing yet", name
    assert owner.open(f"{WEIGHTS}.csv").status_code == 200
    assert owner.open("people/jack/days.csv").status_code == 200


def test_what_is_not_there_has_a_way_on(owner: Visitor) -> None:
    owner.household.add("jack")

    for name in ("moods", "body-weight.xml", "sleep.levels.csv", ".csv", "<b>"):
        page = owner.open(f"{LIST}/{name}")
        assert (page.status_code, heading(page)) == (404, "There is no such page"), name
    for path in ("measurements", "measurements/sleep", "measurements/sleep.csv", "days.csv"):
        page = owner.open(f"people/nobody/{path}")
        assert heading(page) == "There is nobody of that name here", path


def test_a_person_has_their_own_and_nobody_elses(
    household: Household, somebody: Callable[[], Visitor]
) -> None:
    keep(household, daily("body-weight", TODAY, "82.4"))
    household.add("anna")
    himself = somebody().be("jack")

    for path in ("measurements", "measurements/body-weight", "days.csv"):
        assert himself.open(f"people/jack/{path}").status_code == 200
        assert heading(himself.open(f"people/anna/{path}")) == "This is someone else’s page"


@pytest.mark.parametrize("value", ["<i>x</i>", {"<i>x</i>": "<i>x</i>"}, [{"<i>": 1}], "1e999999"])
def test_odd_values_stay_text(owner: Visitor, value: object) -> None:
    keep(
        owner.household,
        daily("body-weight", TODAY, value),  # type: ignore[arg-type]
        daily("hrv", TODAY, value),  # type: ignore[arg-type]
    )

    for name in ("body-weight", "hrv"):
        page = owner.open(f"{LIST}/{name}")
        assert page.status_code == 200
        assert "<i>" not in page.text


def test_names_are_those_of_the_catalogue() -> None:
    texts = load_texts("en", "measurements")

    names = {key.removeprefix("name."): texts[key] for key in texts if key.startswith("name.")}
    assert names == {row.name: row.label for row in SERIES.values()}


@pytest.mark.peer
def test_a_list_reads_little_and_a_table_its_own(
    make_firestore: MakeFirestore, owner: Visitor
) -> None:
    # A patient one over the same database: the machine may be busy.
    owner.household.services.store = store = make_firestore()
    names = ("body-weight", "body-fat", "activities-steps")
    years = [day(1, month, year) for year in range(2022, 2027) for month in (1, 6)]
    records = [daily(name, one, "80") for name in names for one in years]
    keep(owner.household, *records, days=dict.fromkeys(names, Days(day(27), "ss")))

    def cost(path: str) -> int:
        before = store.meter.reads
        assert owner.open(path).status_code == 200
        return store.meter.reads - before

    # Whose session it is, the person twice, a document of each series, and none after them.
    assert cost(LIST) == 1 + 2 + 3 + 1
    # And the units, the person's settings, and one document for each of five years.
    assert cost(WEIGHTS) == 2 + 2 + 5
    assert cost(f"{WEIGHTS}.csv") == 2 + 2 + 5
