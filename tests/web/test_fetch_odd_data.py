"""Points that cannot be read: they are named, and nothing else is lost."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

import pytest

from tests.household import TODAY, Household, run_command

METHODS = {"methods": "time_series", "resource": "activities/steps,activities/heart"}
STEPS = "/dataTypes/steps/"


def day(ago: int) -> str:
    return (TODAY - timedelta(days=ago)).isoformat()


def bucket(ago: int, count: Any) -> dict[str, Any]:
    first = TODAY - timedelta(days=ago)
    start, end = (
        {"date": {"year": each.year, "month": each.month, "day": each.day}, "time": {}}
        for each in (first, first + timedelta(days=1))
    )
    return {"civilStartTime": start, "civilEndTime": end, "steps": {"countSum": count}}


@pytest.fixture
def jack(household: Household) -> Household:
    household.connect(**METHODS)
    return household


def answer(jack: Household, *buckets: Any) -> None:
    """Let the next question for steps be answered with *buckets*."""
    jack.sandbox.fail(STEPS, status=200, body={"rollupDataPoints": list(buckets)})


def stored(jack: Household) -> dict[str, str]:
    """Return the steps in the store."""
    records = jack.services.store.records.everything("jack")
    return {r.key: str(r.data["value"]) for r in records if r.series == "activities-steps"}


def test_what_is_odd_is_named_without_its_value_and_the_rest_arrives(jack: Household) -> None:
    answer(jack, bucket(3, "8123"), bucket(2, "4711x"), {"steps": {"countSum": "9"}})

    fetched = jack.fetched()

    assert stored(jack) == {day(3): "8123"}
    named = fetched["unavailable"]["activities-steps"]
    assert (named["cause"], named["who"]) == ("odd_data", "nobody")
    assert f"activities-steps ({day(2)}: 1, day not known: 1)" in named["error"]
    assert "report" in named["next_step"]
    assert "4711x" not in json.dumps(fetched)
    assert fetched["series"]["activities-heart"]["count"] > 1
    assert fetched["connection"]["state"] == "connected"
    assert day(2) in fetched["connection"]["cause"]


def test_what_is_known_of_an_odd_day_stays_and_the_others_are_compared(jack: Household) -> None:
    answer(jack, bucket(4, "1000"), bucket(3, "2000"), bucket(2, "3000"))
    jack.fetched()
    answer(jack, bucket(3, "many"), bucket(2, "3500"), bucket(1, "4000"))

    fetched = jack.fetched()

    # That there is nothing of the oldest day any more was seen once only.
    known = {day(4): "1000", day(3): "2000", day(2): "3500", day(1): "4000"}
    assert stored(jack) == known
    assert fetched["unavailable"].keys() == {"activities-steps"}


def test_nothing_is_removed_where_the_odd_point_has_no_day(jack: Household) -> None:
    answer(jack, bucket(4, "1000"), bucket(3, "2000"))
    jack.fetched()
    answer(jack, bucket(3, "2000"), "steps")

    jack.fetched()

    assert stored(jack) == {day(4): "1000", day(3): "2000"}


def test_doctor_and_log_say_it_until_the_day_is_read_again(
    jack: Household, capfd: pytest.CaptureFixture[str]
) -> None:
    answer(jack, bucket(3, "8123"), bucket(2, "4711x"))
    jack.fetched()
    lines = [json.loads(line) for line in capfd.readouterr().err.splitlines() if line[:1] == "{"]

    (line,) = [line for line in lines if line["event"] == "odd data"]
    assert (line["severity"], line["odd"]) == ("WARNING", {"activities-steps": {day(2): 1}})
    words = run_command("doctor", "jack").out
    assert words.startswith("jack: connected since")
    assert f"activities-steps ({day(2)}: 1)" in words
    assert "without any values" in words

    jack.fetched(methods="time_series", resource="activities/heart")
    assert "left out" in run_command("doctor", "jack").out
    jack.fetched()
    assert "left out" not in run_command("doctor", "jack").out
