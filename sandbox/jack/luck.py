"""Chance that is the same on every machine, every day anew."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from random import Random


class Luck:
    """What befalls jack on *day* in one *matter*."""

    def __init__(self, matter: str, day: date) -> None:
        # Random(str) is seeded through SHA-512: the same on every machine and Python version.
        self._random = Random(f"jack {matter} {day.isoformat()}")

    def happens(self, chance: float) -> bool:
        """Whether something happens that does so in *chance* of all days."""
        return self._random.random() < chance

    def between(self, low: int, high: int) -> int:
        """A whole number from *low* up to, but not including, *high*."""
        return low + int(self._random.random() * (high - low))

    def tenths(self, low: int, high: int) -> Decimal:
        """A number with one decimal, from *low* tenths up to *high*."""
        return Decimal(self.between(low, high)) / 10

    def one_of(self, *choices: str) -> str:
        """One of *choices*."""
        return choices[self.between(0, len(choices))]
