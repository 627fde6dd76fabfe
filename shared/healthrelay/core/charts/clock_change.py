"""A night in which the clocks are changed, or a zone is crossed.

Its stages have the time of the wearer's clock, which shows an hour twice in autumn and leaves one
out in spring. Only the order in which the source names them, and their lengths, say which is which.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import pairwise
from typing import NamedTuple

Part = tuple[int, int]
"""From one minute to another."""
_HOUR, _QUARTER = 60, 15
_USUAL = 2 * _HOUR
"""Clocks are changed on the hour, most of them at two or an hour from it."""
_ROUNDED = 1
"""Minutes by which times that are cut to whole ones may miss each other."""


class ClockChange(NamedTuple):
    """When, in minutes by the clock before, and how many minutes further the clock shows then."""

    at: int
    shift: int

    def passing(self, parts: Iterable[Part]) -> list[Part]:
        """Return *parts*, which are in order, in minutes that go on as if nothing was changed."""
        passed: list[Part] = []
        for begin, end in parts:
            earliest = passed[-1][1] - _ROUNDED if passed else begin
            late = 0 if earliest <= begin < self.at else self.shift
            passed.append((begin - late, end - late))
        return passed

    def by_clock(self, begin: int, end: int) -> list[tuple[int, int, int]]:
        """Return what the clocks show from *begin* to *end*, and how far they were changed.

        That is in two pieces where they are changed between.
        """
        pieces = []
        if begin < self.at:
            pieces.append((begin, min(end, self.at), 0))
        if end > self.at:
            pieces.append((max(begin, self.at) + self.shift, end + self.shift, self.shift))
        return pieces


def change_within(parts: Sequence[Part], last: int, ahead: int) -> ClockChange | None:
    """Return the change in a session that ends at *last* by the clock.

    *ahead*: how many minutes more than have passed the clocks say. None where nothing was changed,
    or where the *parts*, in their order, do not show when.
    """
    shift = (ahead + _QUARTER // 2) // _QUARTER * _QUARTER
    if not shift:
        return None
    for (begin, end), (after, _) in pairwise((*parts, (last, last))):
        if abs(after - end - shift) <= _ROUNDED:
            hours = range((begin // _HOUR + 1) * _HOUR, end + 1, _HOUR)
            return ClockChange(min(hours, key=lambda at: abs(at - _USUAL), default=end), shift)
    return None
