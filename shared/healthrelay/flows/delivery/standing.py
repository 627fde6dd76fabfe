"""How every target stands: the worst thing first, who must act, and what helps.

The page and ``relay status`` show what is decided here, each in its own words.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, NamedTuple

from healthrelay.core.delivery import progress as delivery
from healthrelay.core.delivery.progress import (
    ADDRESS_REFUSED,
    FAILING,
    KEY_REFUSED,
    LOG,
    OK,
    PAUSED,
    READER,
    SNAPSHOT,
    kind_of,
)
from healthrelay.core.errors import Refused

if TYPE_CHECKING:
    from healthrelay.core.delivery.following import Following
    from healthrelay.core.delivery.progress import Progress
    from healthrelay.core.trouble import Trouble
    from healthrelay.ports.peers import Target

WELL, NEED, WAITING = "well", "need", "waiting"
SHARED = "igor."
"""Before the keys of what is said of Igor, who takes snapshots."""
_REFUSALS = {KEY_REFUSED: "key", ADDRESS_REFUSED: "address"}
"""Cause of a trouble → what is said of it."""
_STATUS = re.compile(r"\(status ([1-5][0-9]{2})\)")


class Follower(NamedTuple):
    """A target, or a reader, and how far it has followed the log of *user*."""

    user: str
    name: str
    """As it is stored (`core.delivery.progress`)."""
    progress: Progress
    head: int

    @property
    def kind(self) -> str:
        return kind_of(self.name)

    @property
    def waiting(self) -> int:
        """How many entries it lacks that were not given up on."""
        return max(self.head - self.progress.sequence, 0)

    @property
    def dead(self) -> int:
        """How many entries were given up on."""
        return delivery.dead_letters(self.progress)


class TargetStanding(NamedTuple):
    """How a follower stands.

    *state* is ``well``, ``waiting`` or ``need`` (somebody must act), *key* names a sentence, and
    *button* what helps: ``replay`` (send what it lacks), ``test`` or nothing.
    """

    state: str
    key: str
    button: str = ""
    status: int | None = None
    """What the receiver answered, where the sentence speaks of it."""


def target_names(following: Following, shared: Iterable[Target]) -> list[str]:
    """Return the names of what is sent the changes of a person, the *shared* ones first."""
    return [*(target.name for target in shared), *following.of_kind(LOG)]


def followers(user: str, following: Following, shared: Iterable[str]) -> list[Follower]:
    """Return who follows the log of *user*, with the targets of everybody that are *shared*."""
    known = {name: following.progress(name) for name in shared}
    every = dict(following.targets) | known
    return [Follower(user, name, progress, following.head) for name, progress in every.items()]


def standing(follower: Follower) -> TargetStanding:
    """Return how *follower* stands."""
    if follower.kind == READER:
        return _of_reader(follower)
    trouble = follower.progress.trouble
    if follower.progress.state == OK or trouble is None:
        return _of_well(follower)
    return (_of_snapshot if follower.kind == SNAPSHOT else _of_log)(follower, trouble)


def answered_status(trouble: Trouble) -> int | None:
    """Return the status with which the receiver answered, as the sentence of *trouble* has it."""
    match = _STATUS.search(trouble.sentence)
    return int(match[1]) if match else None


def _of_reader(follower: Follower) -> TargetStanding:
    if follower.waiting:
        return TargetStanding(WAITING, "reader_behind")
    return TargetStanding(WELL, "reader_has")


def _of_well(follower: Follower) -> TargetStanding:
    begin = SHARED if follower.kind == SNAPSHOT else ""
    if follower.dead and follower.kind == LOG:
        return TargetStanding(NEED, "not_arrived", "replay")
    if follower.waiting:
        return TargetStanding(WAITING, f"{begin}waits", "replay")
    if follower.progress.at is None:
        return TargetStanding(WAITING, f"{begin}new", "" if begin else "test")
    return TargetStanding(WELL, f"{begin}has", "replay" if begin else "test")


def _of_snapshot(follower: Follower, trouble: Trouble) -> TargetStanding:
    if follower.progress.state == FAILING:
        key = "down" if follower.progress.due else "waits"
        return TargetStanding(WAITING, f"{SHARED}{key}", "replay")
    key = "key" if trouble.settings and trouble.settings[0].endswith("_TOKEN") else "owner"
    return TargetStanding(NEED, f"{SHARED}{key}", "replay")


def _of_log(follower: Follower, trouble: Trouble) -> TargetStanding:
    status = answered_status(trouble)
    if trouble.cause == Refused.cause:
        return TargetStanding(NEED, "gone", "replay")
    if trouble.cause in _REFUSALS:
        return TargetStanding(NEED, _REFUSALS[trouble.cause], "replay", status)
    if follower.progress.state == PAUSED:
        return TargetStanding(NEED, "owner", "replay")
    if follower.dead:
        return TargetStanding(NEED, "answered_long" if status else "silent", "replay", status)
    return TargetStanding(WAITING, "answered" if status else "down", "replay", status)


def worst(followers: Sequence[Follower]) -> Follower:
    """Return of several of one target whom its card speaks of: of whom there is something."""
    order, some = (NEED, WAITING, WELL), [one for one in followers if one.head]
    return min(some or followers, key=lambda one: (order.index(standing(one).state), _since(one)))


def _since(follower: Follower) -> tuple[bool, str]:
    since: datetime | None = follower.progress.trouble.since if follower.progress.trouble else None
    return since is None, since.isoformat() if since else ""
