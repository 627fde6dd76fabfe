"""What jack measured, as his settings ask for it and as Igor stores it.

The element names and their order are those that the old plugin left in Igor's database.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from tests.household import Household
from tests.peers.igor import Igor

PLUGIN = Path(__file__).resolve().parents[2] / "igor" / "healthrelay"
SENSOR = "sensors/fitbit"
JACK = f"{SENSOR}/jack"
EMPTY = "<fitbit></fitbit>"

DAYS = {"base_date": "2026-06-02", "end_date": "2026-06-03"}
WEIGHTS = {"methods": "time_series", "resource": "body/weight", **DAYS}
ALL = {"methods": "get_bodyweight,time_series", "resource": "body/weight,activities/steps", **DAYS}

KEY_SETTINGS = ["HEALTHRELAY_IGOR_TOKEN", "HEALTHRELAY_IGOR_USER", "HEALTHRELAY_IGOR_PASSWORD"]
FIX_THIS = "Fix this, then: healthrelay relay replay jack --target igor"
"""What the owner is to do about the paused target."""

STEPS_XML = (
    "<activities-steps><dateTime>2026-06-02</dateTime><value>8042</value></activities-steps>"
    "<activities-steps><dateTime>2026-06-03</dateTime><value>512</value></activities-steps>"
)
FIRST_XML = "<body-weight><dateTime>2026-06-02</dateTime><value>82.6</value></body-weight>"
SECOND_XML = "<body-weight><dateTime>2026-06-03</dateTime><value>82.4</value></body-weight>"
WEIGHTS_XML = f"<jack>{FIRST_XML}{SECOND_XML}</jack>"
ARRIVED = (1, 0, WEIGHTS_XML)
"""What `push` returns when all went well."""

KEPT = {"body-weight": {"dateTime": "2026-06-01", "value": "83.1"}}
KEPT_XML = (
    "<jack><body-weight><dateTime>2026-06-01</dateTime><value>83.1</value></body-weight></jack>"
)
ONE = b'{"jack":{"body-weight":[{"value":"1"}]}}'
ONE_XML = "<jack><body-weight><value>1</value></body-weight></jack>"
LOG_XML = (
    "<weight><bmi>24.72</bmi><date>2026-06-02</date><fat>18.2</fat>"
    "<logId>1780384320000</logId><source>{source}</source>"
    "<time>07:12:00</time><weight>82.6</weight></weight>"
    "<weight><bmi>24.66</bmi><date>2026-06-03</date>"
    "<logId>1780470720000</logId><source>{source}</source>"
    "<time>07:12:00</time><weight>82.4</weight></weight>"
)
ALL_XML = f"<jack>{STEPS_XML}{FIRST_XML}{SECOND_XML}{LOG_XML}</jack>"


def opening(igor: Igor) -> dict[str, str]:
    """Return the settings that open *igor* to a push, whatever its kind."""
    token = {"igor_token": igor.mint_push_token()} if igor.capabilities else {}
    ca = {"igor_ca": str(igor.verify)} if igor.tls else {}
    return {"igor_url": igor.url, **token, **ca}


def push(household: Household, igor: Igor, path: str = JACK) -> tuple[int, int, str]:
    """Fetch; return how much was delivered, how much waits, and what Igor has at *path*."""
    fetched = household.fetched()
    return fetched["delivered"], fetched["waiting"], igor.data_xml(path)


def trouble_of(fetched: dict[str, Any]) -> dict[str, Any]:
    """Return the trouble of a push that waits, without the time since when it lasts."""
    assert (fetched["delivered"], fetched["waiting"]) == (0, 1), fetched
    trouble = dict(fetched["trouble"])
    assert trouble.pop("since"), trouble
    return trouble


def for_owner(error: str, settings: list[str] | None = None) -> dict[str, Any]:
    """Return the trouble *error*, which the owner must fix, maybe in these *settings*."""
    named = {"settings": settings} if settings else {}
    fix = {"who": "owner", "cause": "misconfigured", "next_step": FIX_THIS}
    return {"error": error, **named, **fix}
