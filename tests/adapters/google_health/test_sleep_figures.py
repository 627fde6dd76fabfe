"""Sleep: Google's figures, and what Fitbit made of the same."""

from __future__ import annotations

from typing import Any

import pytest

from tests.adapters.google_health.moving import converted
from tests.adapters.google_health.sleeping import SOURCE, session, stage
from tests.adapters.reading import values
from tests.recorded_sleep import RECORDED, RecordedSession

WOKE_UP = "2026-11-03T05:10:00Z"


def classic(recorded: RecordedSession) -> dict[str, Any]:
    """Return what Google would say of the session, whose minutes awake are those of AWAKE."""
    kinds = {"AWAKE": recorded.awake, "RESTLESS": recorded.restless, "ASLEEP": (9, recorded.asleep)}
    return session(
        type="CLASSIC",
        metadata={"mainSleep": True, "processed": True},
        summary={
            "minutesInSleepPeriod": str(recorded.in_bed),
            "minutesAsleep": str(recorded.asleep),
            "minutesAwake": str(recorded.awake[1]),
            "minutesToFallAsleep": str(recorded.to_fall_asleep),
            "minutesAfterWakeUp": str(recorded.after_wakeup),
            "stagesSummary": [
                {"type": kind, "count": str(count), "minutes": str(minutes)}
                for kind, (count, minutes) in kinds.items()
                if count
            ],
        },
    )


@pytest.mark.parametrize("recorded", RECORDED.values(), ids=RECORDED)
def test_a_classic_session_is_as_fitbit_recorded_it(recorded: RecordedSession) -> None:
    raw = {SOURCE: [classic(recorded)]}

    (element,) = converted("sleep", raw)

    assert recorded.members.items() <= element.items()
    for name in recorded.members.keys() & {"minutesAwake", "awakeningsCount", "efficiency"}:
        expected = values(d3=str(recorded.members[name]))
        assert converted(f"sleep-{name}", raw) == expected


@pytest.mark.parametrize("recorded", RECORDED.values(), ids=RECORDED)
def test_minutes_of_a_classic_session_add_up(recorded: RecordedSession) -> None:
    (element,) = converted("sleep", {SOURCE: [classic(recorded)]})

    parts = ("minutesAsleep", "minutesAwake", "minutesToFallAsleep", "minutesAfterWakeup")
    assert sum(element[part] for part in parts) == element["timeInBed"]


@pytest.mark.parametrize(
    ("summary", "known"),
    [
        # More asleep than in bed: nobody was awake for less than no time.
        ({"minutesInSleepPeriod": "60", "minutesAsleep": "61", "minutesAwake": "3"}, set()),
        ({"minutesInSleepPeriod": "60", "minutesAwake": "3"}, set()),
        ({"minutesInSleepPeriod": "60", "minutesAsleep": "55", "minutesAwake": "3"}, {5}),
    ],
)
def test_minutes_awake_are_left_out_where_they_are_not_known(
    summary: dict[str, str], known: set[int]
) -> None:
    (element,) = converted("sleep", {SOURCE: [session(type="CLASSIC", summary=summary)]})

    assert {value for name, value in element.items() if name == "minutesAwake"} == known


@pytest.mark.parametrize(("asleep", "awake", "percent"), [(101, 99, 51), (1, 199, 1), (0, 60, 0)])
def test_efficiency_is_rounded_half_up(asleep: int, awake: int, percent: int) -> None:
    in_bed = str(asleep + awake)
    summary = {"minutesInSleepPeriod": in_bed, "minutesAsleep": str(asleep)}
    night = session(type="STAGES", summary={**summary, "minutesAwake": str(awake)})

    assert converted("sleep-efficiency", {SOURCE: [night]}) == values(d3=str(percent))


def stirring(**summary: Any) -> dict[str, Any]:
    """Return a night with two short awakenings, of 30 and of 90 seconds."""
    return session(
        type="STAGES",
        metadata={"mainSleep": True, "processed": True},
        stages=[
            stage("LIGHT", "2026-11-02T22:40:00Z", "2026-11-03T05:00:00Z"),
            stage("AWAKE", "2026-11-03T05:00:00Z", WOKE_UP),
        ],
        shortAwakenings=[
            stage("AWAKE", "2026-11-03T03:00:00Z", "2026-11-03T03:01:30Z"),
            stage("AWAKE", "2026-11-02T23:10:00Z", "2026-11-02T23:10:30Z"),
        ],
        summary={"minutesInSleepPeriod": "390", "minutesAsleep": "380", "minutesAwake": "10"}
        | summary,
    )


GOOGLES = [
    {"type": "LIGHT", "count": "1", "minutes": "380"},
    {"type": "AWAKE", "count": "1", "minutes": "10"},
]


@pytest.mark.parametrize("summary", [{}, {"stagesSummary": GOOGLES}])
def test_short_awakenings_are_wake_and_no_light_sleep(summary: dict[str, Any]) -> None:
    (element,) = converted("sleep", {SOURCE: [stirring(**summary)]})

    levels = element["levels"]
    assert levels["shortData"] == [
        {"dateTime": "2026-11-03T00:10:00.000", "level": "wake", "seconds": 30},
        {"dateTime": "2026-11-03T04:00:00.000", "level": "wake", "seconds": 90},
    ]
    assert [part["level"] for part in levels["data"]] == ["light", "wake"]
    assert levels["summary"] == {
        "light": {"count": 1, "minutes": 378},
        "wake": {"count": 3, "minutes": 12},
    }
    # What Google counts itself stays as it is.
    assert (element["minutesAsleep"], element["minutesAwake"]) == (380, 10)
    assert (element["awakeningsCount"], element["awakeDuration"]) == (1, 10)


def test_stages_of_a_day_are_those_of_its_nights() -> None:
    (day,) = converted("sleep-summary", {SOURCE: [stirring()]})

    assert day["stages"] == {"light": 378, "wake": 12}


def test_a_level_is_never_less_than_nothing() -> None:
    dreamt = stirring()
    dreamt["sleep"]["stages"][0]["type"] = "REM"

    (element,) = converted("sleep", {SOURCE: [dreamt]})

    assert element["levels"]["summary"] == {
        "rem": {"count": 1, "minutes": 380},
        "wake": {"count": 3, "minutes": 12},
    }
