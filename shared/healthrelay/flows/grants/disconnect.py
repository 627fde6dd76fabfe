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

from healthrelay.core.damage import Damaged
from healthrelay.core.errors import Conflict, HealthrelayError, Misconfigured, TryLater
from healthrelay.flows.grants.document import from_document
from healthrelay.flows.grants.lease import LEASE_TIMEOUT_SECONDS, Lease
from healthrelay.flows.require import require_settings

if TYPE_CHECKING:
    from healthrelay.core.grants.token import Grant
    from healthrelay.core.json import Document
    from healthrelay.ports.peers import Vault
    from healthrelay.ports.store import Store, Tokens

PAUSE_SECONDS = 0.2


class Disconnected(NamedTuple):
    """With which provider a grant was ended, if there was one; *trouble*: it was only forgotten."""

    provider: str | None = None
    trouble: HealthrelayError | None = None


def disconnect(  # noqa: PLR0913 - one person, and every port by name
    user: str,
    *,
    store: Store,
    vault: Vault,
    provider: str,
    revoke: Callable[[Grant], None],
    now: datetime,
    anyway: bool = False,
    sleep: Callable[[float], None] = time.sleep,
) -> Disconnected:
    """Revoke the grant, then forget it; what was stored meanwhile is revoked too.

    One whose account is not known is only forgotten: it may be somebody else's, whose login
    would end with it.
    *revoke* ends a grant with *provider*, the one that is set. Raise `TryLater` or
    `Misconfigured` when the provider did not end it: then it is kept, because only with it can
    it still be ended. With *anyway* it is forgotten all the same.
    """
    with suppress(Damaged):  # there is somebody, whose grant may be whole
        require_settings(user, store.identities)
    owner = secrets.token_hex(4)
    while lease := _take_lease(user, owner, store.tokens, sleep, now):
        document, version = lease
        trouble = _revoke(user, document, vault, provider, revoke)
        if trouble and not anyway:
            with suppress(Conflict):  # as it was, with any lease that had run out
                store.tokens.save(user, document, version)
            raise trouble
        try:
            store.tokens.forget(user, version)
        except Conflict:
            # A new consent, or a refresh that was slower than its lease: end that one too.
            continue
        return Disconnected(str(document["provider"]), trouble)
    return Disconnected()


def _take_lease(
    user: str, owner: str, tokens: Tokens, sleep: Callable[[float], None], now: datetime
) -> tuple[Document, int] | None:
    """Return the stored grant and the version under which its lease is ours; None without one."""
    waited = 0.0
    while waited < LEASE_TIMEOUT_SECONDS:
        stored = tokens.load(user)
        if stored is None:
            return None
        held, moment = Lease.of(stored.document), now + timedelta(seconds=waited)
        if not held or held.owner == owner or not held.lasts(moment):
            ours = Lease.next(stored.document, owner, moment)
            with suppress(Conflict):
                return stored.document, tokens.save(user, ours.on(stored.document), stored.version)
        sleep(PAUSE_SECONDS)
        waited += PAUSE_SECONDS
    raise TryLater(f"Somebody is refreshing the grant of {user}.")


def _revoke(
    user: str, document: Document, vault: Vault, provider: str, revoke: Callable[[Grant], None]
) -> HealthrelayError | None:
    """Return what kept the provider from ending the grant; None when it has ended."""
    connected = document["provider"]
    if not document.get("account"):
        return None
    try:
        if connected != provider:
            raise Misconfigured(
                f"{user} connected {connected}, and healthrelay is set to {provider}.",
                ("HEALTHRELAY_PROVIDER",),
            )
        revoke(from_document(user, document, vault).grant)
    except HealthrelayError as error:
        return error
    return None
