"""Following the log with signed messages: every entry, in order, one request each."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterable, Iterator
from datetime import timedelta
from itertools import chain
from typing import TYPE_CHECKING

from healthrelay.core.delivery import messages
from healthrelay.core.delivery import progress as delivery
from healthrelay.core.delivery.entries import named_records
from healthrelay.core.delivery.events import RecordIndex, index_records
from healthrelay.core.delivery.messages import Address, Message
from healthrelay.core.errors import HealthrelayError
from healthrelay.flows.delivery.context import Attempt, Delivery, DeliveryContext, log_attempt, send
from healthrelay.flows.presenter import presenter

if TYPE_CHECKING:
    from healthrelay.core.delivery.entries import Entry
    from healthrelay.core.delivery.progress import Progress
    from healthrelay.ports.peers import Target

BATCH = 100
SAVE_EVERY = 16
"""Entries between two saves of the progress: so many may come twice after a crash."""
CALL_TIMEOUT = timedelta(seconds=40)
"""How long one call goes on before it leaves the rest to the next."""


def send_pending(attempt: Attempt) -> tuple[Progress, int]:
    """Send what the target lacks, in order, until it has all, a message fails, or time is up.

    Returns the progress, and the head by then.
    """
    user, target, progress, _, _, context = attempt
    log, latest = context.store.log, context.now() + CALL_TIMEOUT
    until = min(context.until or latest, latest)
    for count, (sequence, message) in enumerate(_pending_messages(attempt), 1):
        if context.now() >= until:
            break
        try:
            send(target, message, context.log_event)
        except HealthrelayError as error:
            progress = attempt.after_failure(progress, error, sequence)
            break
        progress = delivery.after_success(progress, sequence, context.now(), whole=False)
        if count % SAVE_EVERY == 0:
            log.save(user, target.name, progress, still=True)
    log.save(user, target.name, progress, still=True)
    return progress, log.head(user)


def resend(
    user: str, target: Target, ranges: Iterable[range], context: DeliveryContext
) -> Delivery:
    """Send *target* the entries of those numbers once more, as far as they are kept.

    What arrives is no dead letter any more. Nothing else changes, for better or worse.
    """
    log, started, done, trouble = context.store.log, time.monotonic(), 0, None
    following = log.following(user)
    progress = following.progress(target.name)
    address = Address(target.name, user, context.readers_url)
    for entry, now in chain.from_iterable(_entries(user, one, context) for one in ranges):
        if context.is_late():
            break
        try:
            send(target, messages.change_message(entry, now, address), context.log_event)
        except HealthrelayError as error:
            trouble = error.as_trouble(context.now())
            break
        done += 1
        rest = delivery.drop_dead_letters(progress, entry.sequence, entry.sequence)
        if rest != progress:
            log.save(user, target.name, progress := rest, still=True)
    result = Delivery(done, delivery.behind(progress, following.head), trouble)
    return log_attempt(user, target.name, result, context, started=started)


def _pending_messages(attempt: Attempt) -> Iterator[tuple[int, Message]]:
    """Yield every message behind the progress, with the number reached when it has arrived."""
    user, target, before, _, _, context = attempt
    reached, address = before.sequence, Address(target.name, user, context.readers_url)
    for entry, now in _entries(user, range(reached + 1, sys.maxsize), context):
        if entry.sequence != reached + 1:
            head = entry.sequence - 1
            yield head, messages.snapshot_message(head, entry.at, address)
        yield entry.sequence, messages.change_message(entry, now, address)
        reached = entry.sequence


def _entries(
    user: str, numbers: range, context: DeliveryContext
) -> Iterator[tuple[Entry, RecordIndex]]:
    """Yield the entries of *numbers* that are kept, each with its records as they are now."""
    log, after = context.store.log, numbers.start - 1
    while entries := [e for e in log.after(user, after, BATCH) if e.sequence < numbers.stop]:
        records = context.store.records.named(user, named_records(entries))
        show = presenter(user, records, context.store.records, context.system)
        now = index_records(records, show)
        for entry in entries:
            yield entry, now
        after = entries[-1].sequence
