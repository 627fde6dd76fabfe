"""Classic sessions as version 1 of Fitbit's log had them, recorded by others.

What they show: restless stretches are awakenings; restless minutes are awake, but for those
before the first sleep and behind the last, so that asleep + awake + to fall asleep + after
wake-up is the time in bed; efficiency is the part of asleep + awake that was sleep. One of the
recordings departs from the first of these, another from the second.
"""

from __future__ import annotations

from typing import NamedTuple


class RecordedSession(NamedTuple):
    """The numbers of one session, and those that do not follow from the others as elsewhere."""

    awake: tuple[int, int]
    """awakeCount and awakeDuration."""
    restless: tuple[int, int]
    """restlessCount and restlessDuration."""
    asleep: int
    in_bed: int
    to_fall_asleep: int
    after_wakeup: int
    awakenings: int
    minutes_awake: int
    efficiency: int
    departs: frozenset[str] = frozenset()

    @property
    def members(self) -> dict[str, int]:
        """The session as the answer had it, without what departs."""
        members = {
            "awakeCount": self.awake[0],
            "awakeDuration": self.awake[1],
            "restlessCount": self.restless[0],
            "restlessDuration": self.restless[1],
            "minutesAsleep": self.asleep,
            "timeInBed": self.in_bed,
            "minutesToFallAsleep": self.to_fall_asleep,
            "minutesAfterWakeup": self.after_wakeup,
            "awakeningsCount": self.awakenings,
            "minutesAwake": self.minutes_awake,
            "efficiency": self.efficiency,
        }
        return {name: value for name, value in members.items() if name not in self.departs}

    def stretches(self) -> list[tuple[str, int]]:
        """Stretches that could have been: their counts, minutes and end are as recorded."""
        wakings = [*_parts("RESTLESS", *self.restless), *_parts("AWAKE", *self.awake)]
        turns = len(wakings) + (not self.after_wakeup)
        sleeps = _parts("ASLEEP", turns, self.asleep)
        turned = [stretch for pair in zip(sleeps, wakings, strict=False) for stretch in pair]
        return turned + sleeps[len(wakings) :]


def _parts(kind: str, count: int, minutes: int) -> list[tuple[str, int]]:
    """Return *minutes* in *count* stretches, all but the last of a minute."""
    if not count:
        return []
    return [(kind, 1)] * (count - 1) + [(kind, minutes - count + 1)]


RECORDED = {
    # RAPIDS, docs/features/fitbit-sleep-intraday.md (https://github.com/carissalow/rapids): the
    # four sessions of its example of version 1, 7 to 9 October 2020.
    "an afternoon": RecordedSession((2, 3), (8, 9), 123, 135, 0, 0, 10, 12, 91),
    "a morning": RecordedSession((0, 0), (1, 1), 62, 63, 0, 1, 1, 0, 100),
    "a night of 321 minutes": RecordedSession(
        (3, 21), (13, 25), 275, 321, 0, 0, 16, 33, 89, frozenset({"minutesAwake", "efficiency"})
    ),
    "a night of 322 minutes": RecordedSession((1, 3), (7, 10), 309, 322, 0, 0, 8, 13, 96),
    # The answer in the tests of node-red-node-fitbit (https://github.com/node-red/node-red-web-nodes).
    "a night of 384 minutes": RecordedSession(
        (1, 7), (7, 16), 361, 384, 7, 4, 6, 12, 97, frozenset({"awakeningsCount"})
    ),
}
