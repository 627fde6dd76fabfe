"""What a wearer knows themselves by: newest weight, yesterday's steps, last night."""

from __future__ import annotations

from typing import NamedTuple

SERIES_OF = {"weight": "weight", "steps": "activities-steps", "night": "sleep"}
"""Part of a glance → the series whose scopes it needs."""


class Seen(NamedTuple):
    """What a provider says for a part of a glance: kilograms, steps or minutes asleep."""

    amount: object
    day: str
    """Local, as ISO text; of a night the one on which it ended."""
