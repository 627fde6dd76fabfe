"""Random numbers that depend on a name and the day alone, on every machine."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from random import Random


class DailyRandom:
    """The random numbers of the person *name* on *day* for one *matter*."""

    def __init__(self, name: str, matter: str, day: date) -> None:
        # Random(str) is seeded through SHA-512: the same on every machine and Python version.
        self._random = Random(f"{name} {matter} {day.isoformat()}")

    def happens(self, chance: float) -> bool:
        """Return whether something with this *chance* happens on the day."""
        return self._random.random() < chance

    def between(self, low: int, high: int) -> int:
        """Return a whole number from *low* up to, but not including, *high*."""
        return low + int(self._random.random() * (high - low))

    def tenths(self, low: int, high: int) -> Decimal:
        """Return a number with one decimal, from *low* tenths up to *high*."""
        return Decimal(self.between(low, high)) / 10

    def one_of(self, *choices: str) -> str:
        """One of *choices*."""
        return choices[self.between(0, len(choices))]
