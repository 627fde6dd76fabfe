"""The log for programs: each reader at its own pace, with a cursor of its own."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, NamedTuple

from healthrelay.core.delivery.events import event, known
from healthrelay.core.delivery.progress import Progress
from healthrelay.core.delivery.tasks import acknowledgement
from healthrelay.core.errors import BadRequest, LimitReached
from healthrelay.core.household.names import READER

if TYPE_CHECKING:
    from healthrelay.core.json import Json
    from healthrelay.ports.peers import Queue
    from healthrelay.ports.store import Store

MAX_READERS = 16


class Page(NamedTuple):
    """Which entries are wanted: *limit* behind *after*."""

    after: int
    limit: int


def cursor(user: str, reader: str, store: Store) -> int:
    """What *reader* has acknowledged last; 0 for one that was never heard of."""
    return store.log.following(user).progress(READER + reader).sequence


def events(user: str, page: Page, store: Store) -> dict[str, Json]:
    """The entries of *page* with their values, and where the next page begins.

    ``snapshot`` is true when entries behind *after* are no longer kept: then all records
    come instead, to replace what the reader has.
    """
    head = store.log.head(user)
    entries = store.log.after(user, page.after, page.limit) if head > page.after else []
    told: dict[str, Json] = {"user": user, "after": page.after, "head": head}
    if head <= page.after:
        # A cursor of a life that is over is ahead of everything: begin again.
        return told | _snapshot(user, head, store) if head < page.after else told | _none(head)
    now = known(store.records.everything(user))
    if not entries or entries[0].sequence != page.after + 1:
        return told | _snapshot(user, head, store)
    listed: list[Json] = [event(entry, now) for entry in entries]
    return told | {"next": entries[-1].sequence, "snapshot": False, "events": listed}


def acknowledge(user: str, reader: str, sequence: int, store: Store, now: datetime) -> int:
    """LogEvent that *reader* has everything up to *sequence*; returns what is noted now.

    It never goes back, and what is noted already is not written again. Nothing depends on
    it but where that reader goes on, and what the owner is shown.
    """
    before = _noted(user, reader, sequence, store)
    if sequence > before:
        store.log.save(user, READER + reader, Progress(sequence, at=now))
    return max(sequence, before)


def hand_in(user: str, reader: str, sequence: int, store: Store, queue: Queue) -> int:
    """The same for who may only read: looked at here, and left to *queue* to be written.

    Returns what will be noted. What is noted already makes no task.
    """
    before = _noted(user, reader, sequence, store)
    if sequence > before:
        queue.enqueue(acknowledgement(user, reader, sequence))
    return max(sequence, before)


def _noted(user: str, reader: str, sequence: int, store: Store) -> int:
    """What is noted of *reader* so far. Raises `BadRequest` if *sequence* cannot be."""
    following = store.log.following(user)
    if sequence > following.head:
        raise BadRequest(
            f"The cursor {sequence} is ahead of the log, which ends at {following.head}."
        )
    name = READER + reader
    readers = [target for target in following.targets if target.startswith(READER)]
    if name not in readers and len(readers) >= MAX_READERS:
        raise LimitReached(f"There are {MAX_READERS} readers already.")
    return following.progress(name).sequence


def _none(head: int) -> dict[str, Json]:
    return {"next": head, "snapshot": False, "events": []}


def _snapshot(user: str, head: int, store: Store) -> dict[str, Json]:
    now = known(store.records.everything(user))
    series: dict[str, Json] = dict(now.whole(now.series))
    return {"next": head, "snapshot": True, "series": series}
