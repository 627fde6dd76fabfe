"""End a person's grant: at the provider first, then here; what was measured stays.

The order is what makes it safe to be cut short: a grant that is revoked but still stored is
revoked once more by the next run, one that was forgotten first could never be. Meanwhile we
hold the lease under which a refresh token is spent, so that no worker trades the grant for
another one behind our back.
"""

from __future__ import annotations

import secrets
import time
from collections.abc import Callable
from contextlib import suppress
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, NamedTuple

from healthrelay.core.errors import Conflict, HealthrelayError, Misconfigured, TryLater, Unknown
from healthrelay.flows.grants.document import opened
from healthrelay.flows.grants.lease import LEASE, Lease

if TYPE_CHECKING:
    from healthrelay.core.grants.token import Grant
    from healthrelay.ports.peers import Vault
    from healthrelay.ports.store import Document, Store

PATIENCE = LEASE.total_seconds() + 5
PAUSE = 0.2
"""Seconds."""


class Desk(NamedTuple):
    """All that is needed to part. *revoke* ends a grant with *provider*, whom it may not reach."""

    store: Store
    vault: Vault
    provider: str
    revoke: Callable[[Grant], None]
    sleep: Callable[[float], None] = time.sleep


class Parted(NamedTuple):
    """With which provider a grant was ended, if there was one; *trouble*: it was only forgotten."""

    provider: str | None = None
    trouble: HealthrelayError | None = None


def disconnect(user: str, desk: Desk, now: datetime, *, anyway: bool = False) -> Parted:
    """Revoke the grant, then forget it; what was stored meanwhile is revoked too.

    Raises `TryLater` or `Misconfigured` when the provider did not end it: then it is kept, for
    only with it can it still be ended. With *anyway* it is forgotten all the same.
    """
    if desk.store.identities.settings(user) is None:
        raise Unknown(f"There is no user {user}.")
    owner = secrets.token_hex(4)
    while taken := _take(user, owner, desk, now):
        document, version = taken
        trouble = _revoke(user, document, desk)
        if trouble and not anyway:
            with suppress(Conflict):  # as it was, with any lease that had run out
                desk.store.tokens.save(user, document, version)
            raise trouble
        try:
            desk.store.tokens.forget(user, version)
        except Conflict:
            # A new consent, or a refresh that was slower than its lease: end that one too.
            continue
        return Parted(str(document["provider"]), trouble)
    return Parted()


def _take(user: str, owner: str, desk: Desk, now: datetime) -> tuple[Document, int] | None:
    """The stored grant, and the version under which its lease is ours; None when there is none."""
    tokens, waited = desk.store.tokens, 0.0
    while waited < PATIENCE:
        stored = tokens.load(user)
        if stored is None:
            return None
        held, moment = Lease.of(stored.document), now + timedelta(seconds=waited)
        if not held or held.owner == owner or not held.lasts(moment):
            ours = Lease.next(stored.document, owner, moment)
            with suppress(Conflict):
                return stored.document, tokens.save(user, ours.on(stored.document), stored.version)
        desk.sleep(PAUSE)
        waited += PAUSE
    raise TryLater(f"Somebody is refreshing the grant of {user}.")


def _revoke(user: str, document: Document, desk: Desk) -> HealthrelayError | None:
    """What kept the provider from ending the grant; None when it has ended."""
    provider = document["provider"]
    try:
        if provider != desk.provider:
            raise Misconfigured(
                f"{user} connected {provider}, and healthrelay is set to {desk.provider}.",
                ("HEALTHRELAY_PROVIDER",),
            )
        desk.revoke(opened(user, document, desk.vault).grant)
    except HealthrelayError as error:
        return error
    return None
