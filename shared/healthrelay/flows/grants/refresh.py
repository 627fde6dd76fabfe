"""A person's grant: opened, refreshed when due, and stored before it is used."""

from __future__ import annotations

import secrets
import time
from collections.abc import Callable
from contextlib import suppress
from copy import copy
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from healthrelay.core.damage import Unusable
from healthrelay.core.errors import (
    Conflict,
    HealthrelayError,
    Misconfigured,
    ReconnectNeeded,
    TryLater,
    Unconfirmed,
)
from healthrelay.core.grants.grant_health import NOTHING_ODD
from healthrelay.core.grants.token import NOTHING_BEFORE, Account, Before, Grant, Token
from healthrelay.flows.grants.document import (
    UNCONFIRMED,
    from_document,
    to_document,
    unconfirmed_part,
    with_reading,
)
from healthrelay.flows.grants.lease import LEASE_TIMEOUT_SECONDS, Lease, Turn

if TYPE_CHECKING:
    from healthrelay.core.errors import OddDays
    from healthrelay.core.grants.invitations import Admission
    from healthrelay.core.json import Document, Versioned
    from healthrelay.ports.peers import LogEvent, TokenEndpoint, Vault
    from healthrelay.ports.store import Tokens

MIN_PAUSE_SECONDS, MAX_PAUSE_SECONDS = 0.05, 1.0
"""Between two looks at what the winner of a race has stored."""


class Grants:
    """The grants of all people with one *provider*."""

    def __init__(  # noqa: PLR0913 - every port by name
        self,
        provider: str,
        tokens: Tokens,
        vault: Vault,
        token_endpoint: TokenEndpoint,
        *,
        log_event: LogEvent = lambda *_, **__: None,
        sleep: Callable[[float], None] = time.sleep,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self._provider = provider
        self._tokens = tokens
        self.vault = vault
        self.token_endpoint = token_endpoint
        self._log_event = log_event
        self._sleep = sleep
        self._monotonic = monotonic

    def connect(
        self,
        user: str,
        grant: Grant,
        account: Account,
        now: datetime,
        admission: Admission | None = None,
        before: Before = NOTHING_BEFORE,
    ) -> None:
        """Store a new *grant*, as `store_consent`; all old troubles are over."""
        from healthrelay.flows.grants.consented import store_consent  # noqa: PLC0415 - a fetch needs none

        new = Token(self._provider, account, grant, now)
        store_consent(user, new, now, self._tokens, self.vault, admission, before)

    def over(self, tokens: Tokens) -> Grants:
        """Return the same for the grants in *tokens*."""
        other = copy(self)
        other._tokens = tokens
        return other

    def current(self, user: str, now: datetime) -> Token:
        """Return the person's token, refreshed if it is due.

        Raise `ReconnectNeeded`; and `Unconfirmed` where `identity.confirm` must come first.
        """
        token = self.load(user)
        if token.awaits_identity:
            raise Unconfirmed(f"Whose account {user} chose is not known yet.")
        return self.fresh(user, token, now)

    def fresh(self, user: str, token: Token, now: datetime) -> Token:
        """Return *token*, refreshed if it is due.

        One that cannot be refreshed now is used as long as it lasts. Raise `ReconnectNeeded`.
        """
        if not token.health.ended_at and not token.is_due(now):
            return token
        try:
            return self.renew(user, token, now)
        except (TryLater, Misconfigured):
            if token.is_usable(now):
                return token
            raise

    def load(self, user: str) -> Token:
        """Return the person's token as it is, due or not. Raise `ReconnectNeeded`."""
        return from_document(user, self._load_document(user).document, self.vault)

    def renew(self, user: str, stale: Token, now: datetime) -> Token:
        """Return another access token than the *stale* one to the same account, stored or new."""
        token = self._renew(user, stale, now)
        if token.account.id != stale.account.id:
            raise TryLater(f"The account of {user} was changed meanwhile.", after=1)
        if not token.grant.access:
            raise TryLater("The provider answered without an access token; the login is kept.")
        return token

    def _renew(self, user: str, stale: Token, now: datetime) -> Token:
        """Return what `renew` does, whosever it is.

        A refresh token may work only once, so one worker at a time spends it, under a lease
        in the stored document; the others wait for what that one stores. A worker that died
        leaves its lease to run out.
        """
        waited, pause = 0.0, MIN_PAUSE_SECONDS
        while waited < LEASE_TIMEOUT_SECONDS:
            stored = self._load_document(user)
            token = from_document(user, stored.document, self.vault)
            if token.grant.access != stale.grant.access:
                return token
            moment = now + timedelta(seconds=waited)
            if error := token.health.blocking_error(user, moment):
                raise error
            if turn := self._take_turn(user, token, stored, moment):
                return self._refresh(turn, moment)
            self._sleep(pause)
            waited, pause = waited + pause, min(pause * 1.5, MAX_PAUSE_SECONDS)
        raise TryLater(f"Somebody else is refreshing the grant of {user}.")

    def record_reading(
        self,
        user: str,
        token: Token,
        error: HealthrelayError | None,
        now: datetime,
        odd: OddDays = NOTHING_ODD,
    ) -> Token:
        """Keep what stood in the way of reading, or that nothing does; writes only what is new.

        *odd* is all that could not be read, by this fetch and by earlier ones. Raise `TryLater` or
        `ReconnectNeeded` when the person has left this account meanwhile.
        """
        stored = self._load_document(user)
        if stored.document["account"] != token.account.id:
            raise TryLater(f"The account of {user} was changed meanwhile.", after=1)
        before = token.health
        trouble = error.as_trouble(now, before.reading) if error else None
        health = before._replace(reading=trouble, odd=odd)
        if health == before:
            return token
        with suppress(Conflict):  # the next fetch notes it then
            self._tokens.save(user, with_reading(stored.document, trouble, odd), stored.version)
        return token._replace(health=health)

    def _take_turn(self, user: str, token: Token, stored: Versioned, now: datetime) -> Turn | None:
        """Take the lease; None while somebody else has it."""
        earlier = Lease.of(stored.document)
        if earlier and earlier.lasts(now):
            return None
        ours = Lease.next(stored.document, secrets.token_hex(4), now)
        with suppress(Conflict):
            version = self._tokens.save(user, ours.on(stored.document), stored.version)
            cut_short, beside = earlier is not None, unconfirmed_part(stored.document)
            return Turn(user, token, version, ours.generation, cut_short, beside)
        return None

    def _refresh(self, turn: Turn, now: datetime) -> Token:
        """Refresh, save, and only then hand on."""
        started = self._monotonic()
        try:
            grant = self.token_endpoint.refresh(turn.token.grant.refresh or "")
        except HealthrelayError as error:
            turn.log(self._log_event, "WARNING", self._monotonic() - started, error.cause)
            return self._record_failure(turn, error, now)
        turn.log(self._log_event, "INFO", self._monotonic() - started, None, grant.odd)
        return self._save_refreshed(turn, turn.token.refreshed_by(grant), started)

    def _save_refreshed(self, turn: Turn, fresh: Token, started: float) -> Token:
        """Return what is stored now: *fresh*, unless another worker won a newer one.

        What we spent may be gone for good, so that as long as the lease lasts since it *started*
        a store that cannot take the new one is tried again.
        """
        version = turn.version
        while True:
            try:
                try:
                    self._tokens.save(turn.user, self._without_lease(turn, fresh), version)
                except Conflict:
                    # Our lease ran out while we were asking. What another worker won stays; but as
                    # long as there is only the token that we have spent, ours is the only good one.
                    stored = self._load_document(turn.user)
                    token = from_document(turn.user, stored.document, self.vault)
                    if token.grant != turn.token.grant:
                        return token
                    version = stored.version
                    turn = turn._replace(beside=unconfirmed_part(stored.document))
                else:
                    return fresh
            except (TryLater, Unusable):
                if self._monotonic() - started > LEASE_TIMEOUT_SECONDS:
                    raise
                self._sleep(MAX_PAUSE_SECONDS)

    def _record_failure(self, turn: Turn, error: HealthrelayError, now: datetime) -> Token:
        """Give the lease back, and raise *error* unless another worker stored a new grant."""
        last_chance = turn.cut_short and self.token_endpoint.single_use
        health = turn.token.health.after_failure(error, now, last_chance)
        with suppress(Conflict):
            marked = turn.token._replace(health=health)
            self._tokens.save(turn.user, self._without_lease(turn, marked), turn.version)
        newest = self.load(turn.user)
        if newest.grant != turn.token.grant:
            return newest
        if health.ended_at:
            self._log_event("ERROR", "grant lost", user=turn.user, cause=error.sentence)
        elif isinstance(error, ReconnectNeeded):
            raise health.blocking_error(turn.user, now) or error
        raise error

    def _without_lease(self, turn: Turn, token: Token) -> Document:
        """Return the document of *token* with the lease given back."""
        document = to_document(turn.user, token, self.vault)
        return {**document, "generation": turn.generation, **turn.beside}

    def _load_document(self, user: str) -> Versioned:
        stored = self._tokens.load(user)
        if stored is None:
            error = ReconnectNeeded(f"{user} has not connected yet.", user)
            raise error.with_cause("not_connected")
        document = stored.document
        if document.get("provider") != self._provider and UNCONFIRMED not in document:
            raise ReconnectNeeded(f"{user} connected another provider; please connect again.", user)
        return stored
