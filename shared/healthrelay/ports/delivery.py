"""Floor 1, the relay's part: the log, who follows it, and the ways out."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import TYPE_CHECKING, NamedTuple, Protocol

from healthrelay.core.delivery.progress import Progress
from healthrelay.core.json import Json

if TYPE_CHECKING:
    from healthrelay.core.delivery.entries import Entry

Document = Mapping[str, Json]


class Following(NamedTuple):
    """One person's log: its newest number, and how far each target has come."""

    head: int = 0
    targets: Mapping[str, Progress] = {}

    def progress(self, target: str) -> Progress:
        """How far *target* is: at the beginning, if it was never heard of."""
        return self.targets.get(target) or Progress()


class Log(Protocol):
    """One gap-free sequence of changes a person, and how far each target has followed."""

    def head(self, user: str) -> int:
        """The newest sequence number; 0 before the first."""

    def after(self, user: str, sequence: int, limit: int) -> list[Entry]:
        """The first *limit* entries behind *sequence*, in order.

        When the first of them is not the next number, or there is none though the head is
        further, those between have been pruned.
        """

    def prune(self, user: str, before: datetime) -> int:
        """Forget the entries from before that instant, but never the newest; returns how many."""

    def following(self, user: str) -> Following:
        """The head and all targets, as they were at one instant."""

    def followings(self) -> dict[str, Following]:
        """The same of everybody."""

    def save(
        self, user: str, target: str, progress: Progress | None, *, still: bool = False
    ) -> None:
        """Keep how far *target* is, or forget the target.

        What speaks of less than is known already comes too late and is dropped; *still*, so
        is what speaks of a target that has been forgotten. Raises `Unknown` for a person who
        does not exist (any more).
        """


class Targets(Protocol):
    """Where each person's own targets are, their keys sealed."""

    def of(self, user: str) -> dict[str, Document]:
        """The person's targets by name."""

    def save(
        self, user: str, name: str, document: Document | None, before: Document | None
    ) -> None:
        """Keep one, or forget it, if it is still as it was *before* (None: there was none).

        Keys are sealed with fresh luck each time, so no two versions of one target are equal.
        Raises `Conflict` when it was changed or removed meanwhile, `Unknown` for a person who
        does not exist.
        """
