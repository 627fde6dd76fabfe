"""Sessions of sleep as Google Health sends them."""

from __future__ import annotations

from typing import Any

from tests.adapters.google_health.moving import interval

SOURCE = "sleep:reconcile"


def stage(kind: str, start: str, end: str, offset: str = "3600s") -> dict[str, str]:
    """From *start* to *end*, both UTC."""
    return {"type": kind, **interval(start, end, offset)}


def session(point: str = "456", **value: Any) -> dict[str, Any]:
    """Return a night in Amsterdam, from 23:40 to 06:10, unless *value* says otherwise."""
    return {
        "dataPointName": f"users/1/dataTypes/sleep/dataPoints/{point}",
        "sleep": {"interval": interval("2026-11-02T22:40:00Z", "2026-11-03T05:10:00Z"), **value},
    }


def night() -> dict[str, Any]:
    """With stages, some of 30 seconds."""
    return session(
        type="STAGES",
        metadata={"mainSleep": True, "processed": True, "stagesStatus": "SUCCEEDED"},
        stages=[
            stage("AWAKE", "2026-11-03T05:08:00Z", "2026-11-03T05:10:00Z"),
            stage("LIGHT", "2026-11-02T22:40:00Z", "2026-11-02T22:42:30Z"),
            stage("DEEP", "2026-11-02T22:42:30Z", "2026-11-02T22:44:00Z"),
        ],
        summary={
            "minutesInSleepPeriod": "390",
            "minutesAsleep": "341",
            "minutesAwake": "49",
            "minutesAfterWakeUp": "2",
            "stagesSummary": [
                {"type": "DEEP", "minutes": "70", "count": "4"},
                {"type": "LIGHT", "minutes": "271", "count": "9"},
                {"type": "AWAKE", "minutes": "49", "count": "21"},
            ],
        },
    )


def nap() -> dict[str, Any]:
    """Return a classic one, in the afternoon; Google writes no zero."""
    return session(
        "457",
        interval=interval("2026-11-03T13:00:00Z", "2026-11-03T13:30:00Z"),
        type="CLASSIC",
        metadata={"processed": True, "nap": True},
        stages=[
            stage("ASLEEP", "2026-11-03T13:00:00Z", "2026-11-03T13:28:00Z"),
            stage("RESTLESS", "2026-11-03T13:28:00Z", "2026-11-03T13:29:00Z"),
            stage("AWAKE", "2026-11-03T13:29:00Z", "2026-11-03T13:30:00Z"),
        ],
        summary={"minutesInSleepPeriod": "30", "minutesAsleep": "28", "minutesAwake": "1"},
    )


def noticed(**summary: str) -> dict[str, Any]:
    """Return the night as it looks while its stages are worked out."""
    return session(type="STAGES", metadata={"mainSleep": True}, summary=summary)
