"""What a test may change about Fitbit while it runs."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(kw_only=True)
class FitbitSwitches:
    """Fitbit's moods.

    gone: every endpoint answers 410 with HTML, as it has since the service was switched off.
    grace: seconds in which a used refresh token may be shown again for the same answer.
    per_hour: requests an hour before 429; retry_after: whether that 429 says how long to wait.
    """

    gone: bool = False
    grace: float = 0
    per_hour: int = 150
    retry_after: bool = False
