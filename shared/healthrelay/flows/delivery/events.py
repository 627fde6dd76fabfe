"""The log for programs: each reader at its own pace, with a cursor of its own."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, NamedTuple

from healthrelay.core.delivery.entries import named_records
from healthrelay.core.delivery.events import event, index_records
from healthrelay.core.delivery.progress import READER, Progress, reader_key
from healthrelay.core.delivery.tasks import acknowledgement
from healthrelay.core.errors import BadRequest, LimitReached
from healthrelay.core.measurements.catalogue import METRIC
from healthrelay.flows.presenter import presenter

if TYPE_CHECKING:
    from healthrelay.core.json import Json
    from healthrelay.ports.delivery import Log
    from healthrelay.ports.peers import Queue
    from healthrelay.ports.store import Records

MAX_READERS = 16


class Page(NamedTuple):
    """Which entries are wanted: *limit* behind *after*."""

    after: int
    limit: int


def cursor(user: str, reader: str, log: Log) -> int:
    """Return what *reader* has acknowledged last; 0 for an unknown one."""
    return log.following(user).progress(reader_key(reader)).sequence


def events(
    user: str, page: Page, *, log: Log, records: Records, system: str = METRIC
) -> dict[str, Json]:
    """Return the entries of *page* with their values in *system*, and where the next page begins.

    ``snapshot`` is true when entries behind *after* are no longer kept: then all records
    come instead, to replace what the reader has.
    """
    head = log.head(user)
    entries = log.after(user, page.after, page.limit) if head > page.after else []
    answer: dict[str, Json] = {"user": user, "after": page.after, "head": head}
    if head == page.after:
        return answer | {"next": head, "snapshot": False, "events": []}
    # A cursor from before the person was erased may be ahead of everything: start over.
    is_gap = not entries or entries[0].sequence != page.after + 1
    known = records.everything(user) if is_gap else records.named(user, named_records(entries))
    now = index_records(known, presenter(user, known, records, system))
    if is_gap:
        series: dict[str, Json] = {name: now.elements(name) for name in now.series}
        return answer | {"next": head, "snapshot": True, "series": series}
    listed: list[Json] = [event(entry, now) for entry in entries]
    return answer | {"next": entries[-1].sequence, "snapshot": False, "events": listed}


def acknowledge(
    user: str, reader: str, sequence: int, log: Log, now: datetime, queue: Queue | None = None
) -> int:
    """Store that *reader* has everything up to *sequence*; return what is stored then.

    Where nothing may be written here, *queue* has it written. The cursor never goes back, and
    what is stored already is not written again. Nothing depends on it but where that reader goes
    on, and what the owner is shown. Raises `BadRequest` if *sequence* cannot be.
    """
    following, name = log.following(user), reader_key(reader)
    if sequence > following.head:
        end = f"which ends at {following.head}"
        raise BadRequest(f"The cursor {sequence} is ahead of the log, {end}.")
    readers, before = following.of_kind(READER), following.progress(name).sequence
    if name not in readers and len(readers) >= MAX_READERS:
        raise LimitReached(f"There are {MAX_READERS} readers already.")
    if sequence > before and queue:
        queue.enqueue(acknowledgement(user, reader, sequence))
    elif sequence > before:
        log.save(user, name, Progress(sequence, at=now))
    return max(sequence, before)
