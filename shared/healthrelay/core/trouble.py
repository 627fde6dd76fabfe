"""What stands in the way, in one form for grants, deliveries and answers."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any, NamedTuple

from healthrelay.core.json import instant, require

MAX_DAYS_NAMED = 7
"""In one sentence about odd data."""


class Trouble(NamedTuple):
    """What stands in the way, who must act, and since when."""

    cause: str
    """One word, for programs."""
    who: str
    """``caller``, ``wearer``, ``owner`` or ``nobody``."""
    sentence: str
    since: datetime | None = None
    settings: tuple[str, ...] = ()
    """The settings to fix."""
    next_step: str = ""
    """What who must act does now; it follows from the rest and is not stored."""

    def to_document(self) -> dict[str, Any]:
        document: dict[str, Any] = {
            "cause": self.cause,
            "who": self.who,
            "sentence": self.sentence,
            "since": self.since.isoformat() if self.since else None,
            "settings": list(self.settings),
        }
        return {name: value for name, value in document.items() if value}

    @classmethod
    def from_document(cls, document: Mapping[str, Any]) -> Trouble:
        since = document.get("since")
        return cls(
            require(document["cause"], str),
            require(document["who"], str),
            require(document["sentence"], str),
            instant(since) if since else None,
            tuple(document.get("settings", ())),
        )


class Diagnosis(NamedTuple):
    """How a person's connection is: a state in words, and the trouble behind it, if any."""

    state: str
    since: datetime | None = None
    """When the state began, where that is known."""
    trouble: Trouble | None = None
    odd: Trouble | None = None
    """What could not be read of the measurements: nobody must act, and the rest is there."""
    units: tuple[Trouble, ...] = ()
    """What there is to say of the units of the measurements."""
    damage: tuple[Trouble, ...] = ()
    """What of all that is stored of the person cannot be read."""

    @property
    def troubles(self) -> tuple[Trouble, ...]:
        """Return all that there is to say, the worst first."""
        every = filter(None, (self.trouble, *self.damage, self.odd, *self.units))
        return tuple({trouble.sentence: trouble for trouble in every}.values())

    @property
    def well(self) -> bool:
        """Return whether neither the wearer nor the owner need act now."""
        return not any(trouble.who in ("wearer", "owner") for trouble in self.troubles)

    def as_json(self) -> dict[str, str | None]:
        """Return the diagnosis for programs; ``cause`` is a sentence, empty when all is well."""
        return {
            "state": self.state,
            "cause": " ".join(trouble.sentence for trouble in self.troubles),
            "since": self.since.isoformat() if self.since else None,
            "next_step": " ".join(trouble.next_step for trouble in self.troubles),
        }


def odd_sentence(odd: Mapping[str, Mapping[str, int]]) -> str:
    """Return which points could not be read, as one sentence."""
    parts = [f"{series} ({_odd_days(days)})" for series, days in sorted(odd.items())]
    return f"Points that cannot be read were left out: {', '.join(parts)}."


def _odd_days(days: Mapping[str, int]) -> str:
    """Return the newest days and their numbers, and how many there are in all the others."""
    newest = sorted(days.items(), reverse=True)
    parts = [f"{day or 'day not known'}: {number}" for day, number in newest[:MAX_DAYS_NAMED]]
    if others := sum(number for _, number in newest[MAX_DAYS_NAMED:]):
        parts.append(f"other days: {others}")
    return ", ".join(parts)
