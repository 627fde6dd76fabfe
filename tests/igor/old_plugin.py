"""A household that the old plugin served, in a real Igor's own database.

What lies under ``sensors/fitbit`` is what Fitbit answered the plugin; stored over HTTP it is, to
the byte, what the plugin itself stored.
"""

from __future__ import annotations

from typing import Any

from tests.peers.igor import Igor
from tests.peers.igor_server import ADMIN

TOKEN = {
    "access_token": "old-access-token",
    "expires_in": 28800,
    "refresh_token": "old-refresh-token",
    "scope": ["weight", "profile"],
    "token_type": "Bearer",
    "user_id": "7XYZ9",
    "expires_at": 1583450000.5,
}
DAYS = ("2020-01-01", "2020-01-02")


def values(*of_days: object) -> list[dict[str, object]]:
    """Return a time series of the first of DAYS, or of both."""
    return [{"dateTime": day, "value": value} for day, value in zip(DAYS, of_days, strict=False)]


EVENING = {"bmi": 23.57, "date": DAYS[0], "fat": 14.52, "logId": 1577923199000, "source": "Aria"}
MORNING = {"bmi": 23.6, "date": DAYS[1], "logId": 1577949120000, "source": "Aria"}
ZONES = [
    {"caloriesOut": 1200.5, "max": 94, "min": 30, "minutes": 1300, "name": "Out of Range"},
    {"caloriesOut": 80, "max": 132, "min": 94, "minutes": 20, "name": "Fat Burn"},
]
WEIGHT = {
    "weight": [
        {**EVENING, "time": "23:59:59", "weight": 118.2},
        {**MORNING, "time": "07:12:00", "weight": 118.4},
    ]
}
BODY_WEIGHT = {"body-weight": values("165.3", "165.0")}
STEPS = {"activities-steps": values("8042", "512")}
HEART = {
    "activities-heart": values(
        {"customHeartRateZones": [], "heartRateZones": ZONES, "restingHeartRate": 60}
    )
}
ALL: dict[str, Any] = {**WEIGHT, **BODY_WEIGHT, **STEPS, **HEART}


def use_old_plugin(igor: Igor, plugin: str = "fitbit") -> None:
    """Install Igor's own *plugin* as its owner did: its fragment, its places and its action."""
    igor.delete(f"/data/sensors/{plugin}", auth=ADMIN)  # its fragment would make a second one
    igor.stop()
    igor.setup("addstd", plugin)
    igor.start()
    _put(igor, f"plugindata/{plugin}/client_id", "22ABCD")
    _put(igor, f"plugindata/{plugin}/client_secret", "old-client-secret")
    _put(igor, f"plugindata/{plugin}/system", "nl_NL")


def serve(
    igor: Igor, user: str, answer: dict[str, Any], plugin: str = "fitbit", **own: Any
) -> None:
    """Let *user* have Fitbit's *answer*, a token, and the settings *own*."""
    plugin_data = {plugin: {"token": TOKEN, **own}}
    for path, body in {
        f"identities/{user}": {"plugindata": {}},
        f"identities/{user}/plugindata/{plugin}": plugin_data,
        f"sensors/{plugin}/{user}": {user: answer},
    }.items():
        stored = igor.put(f"/data/{path}", json=body, auth=ADMIN)
        assert stored.status_code == 200, f"{path}: {stored.status_code} {stored.text}"


def save_database(igor: Igor) -> str:
    """The path of the database, just written by Igor."""
    igor.admin_get("/internal/save")
    return str(igor.database / "database.xml")


def _put(igor: Igor, path: str, value: str) -> None:
    plain = {"Content-Type": "text/plain"}
    answer = igor.put(f"/data/{path}", data=value.encode(), headers=plain, auth=ADMIN)
    assert answer.status_code == 200, answer.text
