"""Floor 1: the log, its followers, and a person's own targets."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from healthrelay.core.damage import Damaged
    from healthrelay.core.delivery.entries import Entry
    from healthrelay.core.delivery.following import Following
    from healthrelay.core.delivery.progress import Progress
    from healthrelay.core.json import Document


class Log(Protocol):
    """One gap-free sequence of changes a person, and how far each target has followed."""

    def head(self, user: str) -> int:
        """Return the newest sequence number; 0 before the first."""

    def after(self, user: str, sequence: int, limit: int) -> list[Entry]:
        """Return the first *limit* entries behind *sequence*, in order.

        When the first of them is not the next number, or there is none though the head is
        further, those between have been pruned.
        """

    def prune(self, user: str, before: datetime) -> int:
        """Forget the entries from before that instant, but never the newest; return how many."""

    def following(self, user: str) -> Following:
        """Return the head and all followers, as they were at one instant."""

    def followings(self) -> dict[str, Following | Damaged]:
        """Return the same of everybody; of whom it cannot be read, that instead."""

    def save(
        self, user: str, target: str, progress: Progress | None, *, still: bool = False
    ) -> None:
        """Store how far *target* is, or forget the target.

        A progress behind the stored one comes too late and is dropped; *still*, so is that of
        a target that has been forgotten. Raises `Unknown` for a person who does not exist.
        """

    def retell(self, user: str, system: str, whole: Collection[str], now: datetime) -> None:
        """Store that all targets are told in the unit *system* from now on, if it is another one.

        Unless *whole* is empty, one entry with it says to read these series again whole.
        Raises `Unknown` for a person who does not exist.
        """


class Targets(Protocol):
    """Where each person's own targets are, their keys sealed."""

    def of(self, user: str) -> dict[str, Document]:
        """Return the person's targets by name."""

    def save(
        self, user: str, name: str, document: Document | None, before: Document | None
    ) -> None:
        """Store one, or forget it, if it is still as it was *before* (None: there was none).

        Each sealing of keys differs, so no two versions of one target are equal. Raises
        `Conflict` when it was changed or removed meanwhile, `Unknown` for a person who does not
        exist.
        """
