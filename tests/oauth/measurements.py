"""One weight of jack's, in the words of each provider: path → what it answers."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Resource:
    """What a path answers; *measured* unless it only says who the wearer is."""

    answer: dict[str, object]
    measured: bool = False


WEIGHT: dict[str, object] = {"body-weight": [{"dateTime": "2026-06-03", "value": "82.4"}]}
"""Also what Igor gets of it."""
FITBIT = {
    "/1/user/-/profile.json": Resource({"user": {"timezone": "Europe/Amsterdam"}}),
    "/1/user/-/body/weight/date/2026-06-03/2026-06-03.json": Resource(WEIGHT, measured=True),
}
ME = "users/me"
SEVEN = {"physicalTime": "2026-06-03T05:12:00Z", "utcOffset": "7200s"}
GOOGLE = {
    f"/v4/{ME}/identity": Resource({"name": f"{ME}/identity", "healthUserId": "111256657788"}),
    f"/v4/{ME}/settings": Resource({"name": f"{ME}/settings", "timeZone": "Europe/Amsterdam"}),
    f"/v4/{ME}/dataTypes/weight/dataPoints:reconcile": Resource(
        {"dataPoints": [{"weight": {"sampleTime": SEVEN, "weightGrams": 82400}}]}, measured=True
    ),
}
