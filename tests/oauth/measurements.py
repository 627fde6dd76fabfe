"""One weight of jack's, in the words of each provider: path → what it answers."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Resource:
    """What a path answers; *measured* unless it only says who the wearer is."""

    answer: dict[str, object]
    measured: bool = False


FITBIT = {
    "/1/user/-/profile.json": Resource({"user": {"timezone": "Europe/Amsterdam"}}),
    "/1/user/-/body/weight/date/2026-06-03/2026-06-03.json": Resource(
        {"body-weight": [{"dateTime": "2026-06-03", "value": "82.4"}]}, measured=True
    ),
}
GOOGLE = {
    "/v4/users/me/identity": Resource(
        {"name": "users/me/identity", "healthUserId": "111256657788"}
    ),
    "/v4/users/me/settings": Resource(
        {"name": "users/me/settings", "timeZone": "Europe/Amsterdam"}
    ),
    "/v4/users/me/dataTypes/weight/dataPoints:reconcile": Resource(
        {
            "dataPoints": [
                {
                    "weight": {
                        "sampleTime": {
                            "physicalTime": "2026-06-03T05:12:00Z",
                            "utcOffset": "7200s",
                        },
                        "weightGrams": 82400,
                    }
                }
            ]
        },
        measured=True,
    ),
}
