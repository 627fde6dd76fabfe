"""The owner sets another unit system: everything that goes out follows at once, nothing stored."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from healthrelay.core.measurements.reading import Delta
from healthrelay.core.measurements.records import Record
from tests.household import Household, result_of, run_command
from tests.igor.recorder import Recorder

EVERYTHING = {
    "methods": "get_bodyweight,body,activities,foods_log_water,user_profile_get,time_series,"
    "intraday_time_series",
    "resource": "body/weight,activities/distance,activities/elevation,activities/tracker/distance,"
    "foods/log/water",
    "period": "1w",
}
SETTING = "HEALTHRELAY_SYSTEM"
Set = Callable[[str], None]


@pytest.fixture
def use(household: Household, monkeypatch: pytest.MonkeyPatch) -> Set:
    """Have all functions use another system from now on."""

    def use(system: str) -> None:
        monkeypatch.setenv(SETTING, system)
        household.rebuild()

    return use


@pytest.fixture
def receiver() -> Iterator[Recorder]:
    with Recorder() as running:
        yield running


def numbers(value: Any, name: str = "", path: str = "") -> Iterator[tuple[str, float]]:
    """Yield the path of every number in *value*, and the number."""
    if isinstance(value, dict):
        for inner, member in value.items():
            yield from numbers(member, inner, f"{path}.{inner}")
    elif isinstance(value, list):
        for place, item in enumerate(value):
            yield from numbers(item, name, f"{path}[{place}]")
    elif isinstance(value, int | float) or (name == "value" and value.replace(".", "").isdigit()):
        yield path, float(value)


def stored(household: Household) -> list[str]:
    return [repr(record) for record in household.services.store.records.everything("jack")]


# What one metric unit is in en_US: kg in lb, km in mi, m in ft, cm in in, ml in fl oz.
FACTORS = {"lb": 2.20462, "mi": 0.621371, "ft": 3.28084, "in": 0.393701, "fl oz": 0.033814}
UNITS = {
    "weight": {"weight": "lb"},
    "body-weight": {"value": "lb"},
    "body": {"weight": "lb"},
    "activities": {"distance": "mi", "elevationGain": "ft"},
    "activities-summary": {"distance": "mi", "elevation": "ft"},
    "activities-distance": {"value": "mi"},
    "activities-tracker-distance": {"value": "mi"},
    "activities-elevation": {"value": "ft"},
    "activities-distance-intraday": {"value": "mi"},
    "activities-elevation-intraday": {"value": "ft"},
    "water": {"amount": "fl oz"},
    "water-summary": {"water": "fl oz"},
    "foods-log-water": {"value": "fl oz"},
    "user": {
        "weight": "lb",
        "height": "in",
        "strideLengthWalking": "in",
        "strideLengthRunning": "in",
    },
}
"""Series → its members that follow the system; every other number stays what it is."""


def assert_american(metric: Any, american: Any) -> None:
    assert metric.keys() == american.keys() == UNITS.keys()
    for series, members in UNITS.items():
        before, after = dict(numbers(metric[series])), dict(numbers(american[series]))
        assert before.keys() == after.keys()
        seen = set()
        for path, value in before.items():
            name = path.rpartition(".")[2]
            unit = members.get(name)
            seen.add(name)
            # Half of the last decimal, where a way or a climb has two.
            wanted = pytest.approx(value * FACTORS[unit], abs=0.051) if unit else value
            assert after[path] == wanted, (series, path)
        assert members.keys() <= seen | {"elevationGain"}


@pytest.mark.parametrize("provider", ["google_health", "fitbit"])
def test_every_value_of_every_series_follows(household: Household, use: Set) -> None:
    household.connect(**EVERYTHING)
    household.fetched()
    metric, before = household.snapshot(), stored(household)

    use("en_US")
    household.fetched()
    american = household.snapshot()

    assert_american(metric, american)
    assert stored(household) == before
    use("metric")
    assert household.snapshot() == metric


def test_all_ways_out_say_the_same(household: Household, use: Set, tmp_path: Path) -> None:
    household.connect(methods="get_bodyweight,time_series", resource="body/weight", period="1w")
    household.fetched()
    use("en_US")

    key = household.poll_key()
    ask = {"user": "jack", "key": key}
    polled = household.get("relay", ask).json()["jack"]
    xml = household.get("relay", {**ask, "format": "xml"}).text
    page = household.get("events", {**ask, "after": "0"}).json()
    run_command("export", "jack", "--to", str(tmp_path))

    exported = json.loads((tmp_path / "jack.json").read_text())
    rows = csv.DictReader(io.StringIO((tmp_path / "jack.body-weight.csv").read_text()))
    days = [element["value"] for element in polled["body-weight"]]
    # Jack weighs some 82 kg.
    assert all(175 < float(day) < 190 for day in days)
    # The last weighing of each day is the day's.
    weighed = {entry["date"]: entry["weight"] for entry in polled["weight"]}
    assert list(weighed.values()) == [float(day) for day in days]
    assert all(f"<value>{day}</value>" in xml for day in days)
    assert [e["value"] for e in page["events"][0]["added"]["body-weight"].values()] == days
    assert exported["records"] == polled
    assert exported["system"] == "en_US"
    assert [row["value"] for row in rows] == days


@pytest.mark.parametrize("provider", ["google_health", "fitbit"])
def test_igor_and_receivers_are_told_again_once(
    household: Household, use: Set, igor: Recorder, receiver: Recorder, monkeypatch: Any
) -> None:
    monkeypatch.setenv("HEALTHRELAY_IGOR_URL", igor.url)
    use("metric")
    household.connect(methods="time_series", resource="body/weight", period="1w")
    words = ["relay", "add", "jack", f"{receiver.url}/in", "--name", "node-red"]
    run_command(*words, "--allow-private")
    household.fetched()
    assert (len(igor.seen), len(receiver.seen)) == (1, 1)

    use("en_US")
    first, second = household.fetched(), household.fetched()

    assert (first["added"], first["changed"], first["delivered"]) == (0, 0, 1)
    assert (second["delivered"], second["waiting"]) == (0, 0)
    (_, put), (_, post) = igor.seen, receiver.seen
    whole = json.loads(post.body)["data"]["whole"]
    polled = household.snapshot()
    assert json.loads(put.body)["jack"] == polled
    assert list(whole["body-weight"].values()) == polled["body-weight"]
    assert all(175 < float(element["value"]) < 190 for element in polled["body-weight"])


def test_a_poll_that_brings_nothing_new_has_equal_bytes(household: Household, use: Set) -> None:
    household.connect(methods="get_bodyweight,activities", period="1w")
    for system in ("metric", "en_US"):
        use(system)
        household.fetched()
        key = household.poll_key()
        before = household.poll(key=key).content
        household.fetched()
        assert household.poll(key=key).content == before


def test_the_doctor_says_which_system_counts(household: Household, use: Set) -> None:
    household.connect(methods="time_series", resource="body/weight", period="1w")
    household.fetched()
    use("en_US")

    printed = run_command("doctor").out
    assert "Values are given out in en_US now; the targets still have them in metric." in printed
    household.fetched()
    assert "the targets still have" not in run_command("doctor").out


def test_the_doctor_names_what_is_mixed(household: Household, use: Set) -> None:
    household.connect(methods="time_series", resource="body/weight", period="1w")
    mixed = tuple(
        Record("body-weight", day, day, {"dateTime": day, "value": value})
        for day, value in (("2024-05-01", "82.5"), ("2024-05-02", "181.88"))
    )
    household.services.store.records.apply("jack", Delta(added=mixed), household.services.now())

    jack = result_of("doctor", code=5)["jack"]

    assert jack["cause"] == (
        "An earlier version stored values in more than one unit: body-weight (2)."
        " They stay as they are."
    )
    assert jack["next_step"] == (
        "Read those days again: healthrelay fetch jack base_date=2024-05-01 end_date=2024-05-02"
    )
