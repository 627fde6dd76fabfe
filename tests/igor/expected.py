"""What jack measured, as his settings ask for it and as Igor stores it.

The element names and their order are those that the old plugin left in Igor's database.
"""

from __future__ import annotations

DAYS = {"base_date": "2026-06-02", "end_date": "2026-06-03"}
WEIGHTS = {"methods": "time_series", "resource": "body/weight", **DAYS}
ALL = {"methods": "get_bodyweight,time_series", "resource": "body/weight,activities/steps", **DAYS}

FIX_THIS = "Fix this, then: healthrelay relay replay jack --target igor"
"""What the owner is to do about the paused target."""

STEPS_XML = (
    "<activities-steps><dateTime>2026-06-02</dateTime><value>8042</value></activities-steps>"
    "<activities-steps><dateTime>2026-06-03</dateTime><value>512</value></activities-steps>"
)
FIRST_XML = "<body-weight><dateTime>2026-06-02</dateTime><value>82.6</value></body-weight>"
SECOND_XML = "<body-weight><dateTime>2026-06-03</dateTime><value>82.4</value></body-weight>"
WEIGHTS_XML = f"<jack>{FIRST_XML}{SECOND_XML}</jack>"
LOG_XML = (
    "<weight><bmi>24.72</bmi><date>2026-06-02</date><fat>18.2</fat>"
    "<logId>1780384320000</logId><source>{source}</source>"
    "<time>07:12:00</time><weight>82.6</weight></weight>"
    "<weight><bmi>24.66</bmi><date>2026-06-03</date>"
    "<logId>1780470720000</logId><source>{source}</source>"
    "<time>07:12:00</time><weight>82.4</weight></weight>"
)
ALL_XML = f"<jack>{STEPS_XML}{FIRST_XML}{SECOND_XML}{LOG_XML}</jack>"
