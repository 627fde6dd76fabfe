"""Following the log with signed messages: every entry, in order, one request each."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import TYPE_CHECKING

from healthrelay.core.delivery import messages
from healthrelay.core.delivery import progress as delivery
from healthrelay.core.delivery.events import known
from healthrelay.core.delivery.messages import Address
from healthrelay.core.errors import HealthrelayError
from healthrelay.flows.delivery.context import Attempt, Delivery, Errand, standing

if TYPE_CHECKING:
    from healthrelay.core.delivery.messages import Message
    from healthrelay.ports.peers import Hook

BATCH = 100
SAVE = 16
"""Entries between two notes of how far we are: so many may come twice after a crash."""
PATIENCE = timedelta(seconds=40)
"""How long one call goes on before it leaves the rest to the next."""


def walk(errand: Errand, hook: Hook) -> Delivery:
    """Send *hook* what it lacks, in order, until it has all, fails, or time is up."""
    log, courier = errand.courier.store.log, errand.courier
    progress, head = errand.following.progress(hook.name), errand.following.head
    turn = delivery.is_due(progress, head, courier.now(), None)
    if head <= progress.sequence or not (turn or errand.knock):
        return standing(progress, head)
    lacking, attempt = delivery.behind(progress, head), Attempt(errand, hook.name)
    until = courier.now() + PATIENCE
    for count, (sequence, message) in enumerate(_lacking(errand, hook, progress.sequence), 1):
        try:
            hook.send(message)
        except HealthrelayError as error:
            progress = errand.missed(progress, error, sequence, turn)
            break
        progress = delivery.succeeded(progress, sequence, courier.now(), whole=False)
        if count % SAVE == 0:
            log.save(errand.user, hook.name, progress, still=True)
            if courier.now() >= until:
                break
    log.save(errand.user, hook.name, progress, still=True)
    return attempt.ended(progress, standing(progress, log.head(errand.user), lacking))


def resend(errand: Errand, hook: Hook, first: int, last: int) -> Delivery:
    """Send *hook* the entries from *first* to *last* once more, as far as they are kept.

    What arrives is no dead letter any more. Nothing else changes, for better or worse.
    """
    log, store = errand.courier.store.log, errand.courier.store
    progress, done = errand.following.progress(hook.name), 0
    address = Address(hook.name, errand.user, errand.courier.public_url)
    while first <= last and (entries := log.after(errand.user, first - 1, BATCH)):
        now = known(store.records.everything(errand.user))
        for entry in entries:
            if entry.sequence > last:
                break
            try:
                hook.send(messages.changed(entry, now, address))
            except HealthrelayError as error:
                return Delivery(done, delivery.behind(progress, errand.following.head), error)
            before = progress
            progress = delivery.buried(progress, entry.sequence, entry.sequence)
            if progress != before:
                log.save(errand.user, hook.name, progress, still=True)
            done += 1
        first = entries[-1].sequence + 1
    return Delivery(done, delivery.behind(progress, errand.following.head))


def _lacking(errand: Errand, hook: Hook, sequence: int) -> Iterator[tuple[int, Message]]:
    """Every message behind *sequence*, with the number that is reached when it has arrived."""
    store, user = errand.courier.store, errand.user
    address = Address(hook.name, user, errand.courier.public_url)
    while entries := store.log.after(user, sequence, BATCH):
        if entries[0].sequence != sequence + 1:
            head = entries[0].sequence - 1
            yield head, messages.again(head, entries[0].at, address)
        now = known(store.records.everything(user))
        for entry in entries:
            yield entry.sequence, messages.changed(entry, now, address)
        sequence = entries[-1].sequence
