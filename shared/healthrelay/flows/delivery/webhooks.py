"""Following the log with signed messages: every entry, in order, one request each."""

from __future__ import annotations

import time
from collections.abc import Iterator
from datetime import timedelta
from typing import TYPE_CHECKING

from healthrelay.core.delivery import messages
from healthrelay.core.delivery import progress as delivery
from healthrelay.core.delivery.events import index_records
from healthrelay.core.delivery.messages import Address
from healthrelay.core.errors import HealthrelayError
from healthrelay.flows.delivery.context import Delivery, Outcome, log_attempt, status

if TYPE_CHECKING:
    from healthrelay.core.delivery.entries import Entry
    from healthrelay.core.delivery.events import RecordIndex
    from healthrelay.core.delivery.messages import Message
    from healthrelay.core.delivery.progress import Progress
    from healthrelay.flows.delivery.context import DeliveryContext
    from healthrelay.ports.delivery import Following
    from healthrelay.ports.peers import Target

BATCH = 100
SAVE_EVERY = 16
"""Entries between two saves of the progress: so many may come twice after a crash."""
CALL_TIMEOUT = timedelta(seconds=40)
"""How long one call goes on before it leaves the rest to the next."""


def send_pending(
    user: str, target: Target, following: Following, context: DeliveryContext, *, force: bool
) -> Delivery:
    """Send *target* what it lacks, in order, until it has all, fails, or time is up."""
    log, before, head = context.store.log, following.progress(target.name), following.head
    in_turn = delivery.is_due(before, head, context.now(), None)
    if head <= before.sequence or not (in_turn or force):
        return status(user, target.name, before, head)
    started, until = time.monotonic(), context.now() + CALL_TIMEOUT
    progress = before
    for count, (sequence, message) in enumerate(
        _pending_messages(user, target, before, context), 1
    ):
        try:
            target.send(message)
        except HealthrelayError as error:
            progress = context.with_failure(progress, error, sequence, in_turn=in_turn)
            break
        progress = delivery.after_success(progress, sequence, context.now(), whole=False)
        if count % SAVE_EVERY == 0:
            log.save(user, target.name, progress, still=True)
            if context.now() >= until:
                break
    log.save(user, target.name, progress, still=True)
    lacked = delivery.behind(before, head)
    result = status(user, target.name, progress, log.head(user), lacked)
    return log_attempt(user, target.name, Outcome(before, progress, result, started), context)


def resend(
    user: str, target: Target, entries: range, following: Following, context: DeliveryContext
) -> Delivery:
    """Send *target* the *entries* of those numbers once more, as far as they are kept.

    What arrives is no dead letter any more. Nothing else changes, for better or worse.
    """
    log, started, done = context.store.log, time.monotonic(), 0
    before = progress = following.progress(target.name)
    address, trouble = Address(target.name, user, context.public_url), None
    for entry, now in _entries(user, entries.start - 1, context):
        if entry.sequence >= entries.stop:
            break
        try:
            target.send(messages.change_message(entry, now, address))
        except HealthrelayError as error:
            trouble = error.as_trouble(context.now())
            break
        done += 1
        rest = delivery.drop_dead_letters(progress, entry.sequence, entry.sequence)
        if rest != progress:
            log.save(user, target.name, progress := rest, still=True)
    result = Delivery(done, delivery.behind(progress, following.head), trouble)
    return log_attempt(user, target.name, Outcome(before, before, result, started), context)


def _pending_messages(
    user: str, target: Target, progress: Progress, context: DeliveryContext
) -> Iterator[tuple[int, Message]]:
    """Yield every message behind *progress*, with the number reached when it has arrived."""
    reached, address = progress.sequence, Address(target.name, user, context.public_url)
    for entry, now in _entries(user, reached, context):
        if entry.sequence != reached + 1:
            head = entry.sequence - 1
            yield head, messages.snapshot_message(head, entry.at, address)
        yield entry.sequence, messages.change_message(entry, now, address)
        reached = entry.sequence


def _entries(
    user: str, after: int, context: DeliveryContext
) -> Iterator[tuple[Entry, RecordIndex]]:
    """Yield the entries behind *after* that are kept, each with the records as they are now."""
    while entries := context.store.log.after(user, after, BATCH):
        now = index_records(context.store.records.everything(user))
        for entry in entries:
            yield entry, now
        after = entries[-1].sequence
