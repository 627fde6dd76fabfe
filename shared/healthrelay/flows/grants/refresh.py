"""A person's grant: opened, refreshed when due, and stored before it is used."""

from __future__ import annotations

import secrets
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, NamedTuple

from healthrelay.core.errors import (
    Conflict,
    HealthrelayError,
    Misconfigured,
    ReconnectNeeded,
    TryLater,
)
from healthrelay.core.grants.grant_health import NOTHING_ODD
from healthrelay.core.grants.token import Account, Grant, Token
from healthrelay.flows.grants.document import from_document, to_document, with_reading
from healthrelay.flows.grants.lease import LEASE_TIMEOUT_SECONDS, Lease

if TYPE_CHECKING:
    from healthrelay.core.errors import OddDays
    from healthrelay.core.grants.invitations import Admission
    from healthrelay.core.json import Document
    from healthrelay.ports.peers import LogEvent, TokenEndpoint, Vault
    from healthrelay.ports.store import Tokens, Versioned

MIN_PAUSE_SECONDS, MAX_PAUSE_SECONDS = 0.05, 1.0
"""Between two looks at what the winner of a race has stored."""


class _Turn(NamedTuple):
    """It is ours to spend the refresh token of *token*, under *version* of its document."""

    user: str
    token: Token
    version: int
    generation: int
    cut_short: bool
    """An earlier turn was never ended: the provider may have taken this token already."""


class Grants:
    """The grants of all people with one *provider*."""

    def __init__(
        self,
        provider: str,
        tokens: Tokens,
        vault: Vault,
        token_endpoint: TokenEndpoint,
        *,
        log_event: LogEvent = lambda *_, **__: None,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self._provider = provider
        self._tokens = tokens
        self._vault = vault
        self._token_endpoint = token_endpoint
        self._log_event = log_event
        self._sleep = sleep

    def connect(
        self,
        user: str,
        grant: Grant,
        account: Account,
        now: datetime,
        admission: Admission | None = None,
    ) -> None:
        """Store a new *grant*, whatever was stored before; all old troubles are over.

        The invitation of an *admission* is used up by it. Raise `Expired` when it admits no more.
        """
        document = to_document(user, Token(self._provider, account, grant, now), self._vault)
        while True:
            stored = self._tokens.load(user)
            leases = stored.document.get("generation", 0) if stored else 0
            numbered = {**document, "generation": leases}
            # Over a fetch that has just refreshed the old grant the new consent still wins.
            with suppress(Conflict):
                self._tokens.save(user, numbered, stored.version if stored else 0, admission)
                return

    def current(self, user: str, now: datetime) -> Token:
        """Return the person's token, refreshed if it is due.

        One that cannot be refreshed now is used as long as it lasts. Raise `ReconnectNeeded`.
        """
        token = self.load(user)
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
        return from_document(user, self._load_document(user).document, self._vault)

    def renew(self, user: str, stale: Token, now: datetime) -> Token:
        """Return another access token than the *stale* one: one stored meanwhile, or a new one.

        A refresh token may work only once, so one worker at a time spends it, under a lease
        in the stored document; the others wait for what that one stores. A worker that died
        leaves its lease to run out.
        """
        waited, pause = 0.0, MIN_PAUSE_SECONDS
        while waited < LEASE_TIMEOUT_SECONDS:
            stored = self._load_document(user)
            token = from_document(user, stored.document, self._vault)
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

        *odd* is all that could not be read, by this fetch and by earlier ones.
        """
        before = token.health
        trouble = error.as_trouble(now, before.reading) if error else None
        health = before._replace(reading=trouble, odd=odd)
        if health == before:
            return token
        if stored := self._tokens.load(user):
            with suppress(Conflict):  # the next fetch notes it then
                document = with_reading(stored.document, trouble, odd)
                self._tokens.save(user, document, stored.version)
        return token._replace(health=health)

    def _take_turn(self, user: str, token: Token, stored: Versioned, now: datetime) -> _Turn | None:
        """Take the lease; None while somebody else has it."""
        earlier = Lease.of(stored.document)
        if earlier and earlier.lasts(now):
            return None
        ours = Lease.next(stored.document, secrets.token_hex(4), now)
        with suppress(Conflict):
            version = self._tokens.save(user, ours.on(stored.document), stored.version)
            return _Turn(user, token, version, ours.generation, cut_short=earlier is not None)
        return None

    def _refresh(self, turn: _Turn, now: datetime) -> Token:
        """Refresh, save, and only then hand on."""
        started = time.monotonic()
        try:
            grant = self._token_endpoint.refresh(turn.token.grant.refresh or "")
        except HealthrelayError as error:
            self._log_refresh("WARNING", turn, started, error.cause)
            return self._record_failure(turn, error, now)
        self._log_refresh("INFO", turn, started, None, grant.odd)
        token = self._save_refreshed(turn, turn.token.refreshed_by(grant), started)
        if not token.grant.access:
            raise TryLater("The provider answered without an access token; the login is kept.")
        return token

    def _save_refreshed(self, turn: _Turn, fresh: Token, started: float) -> Token:
        """Return what is stored now: *fresh*, unless another worker won a newer one.

        What we spent may be gone for good, so that as long as the lease lasts since it *started*
        a store that cannot take the new one is tried again.
        """
        version = turn.version
        while True:
            try:
                self._tokens.save(turn.user, self._without_lease(turn, fresh), version)
            except Conflict:
                # Our lease ran out while we were asking. What another worker won stays; but as
                # long as there is only the token that we have spent, ours is the only good one.
                stored = self._load_document(turn.user)
                token = from_document(turn.user, stored.document, self._vault)
                if token.grant != turn.token.grant:
                    return token
                version = stored.version
            except TryLater:
                if time.monotonic() - started > LEASE_TIMEOUT_SECONDS:
                    raise
                self._sleep(MAX_PAUSE_SECONDS)
            else:
                return fresh

    def _record_failure(self, turn: _Turn, error: HealthrelayError, now: datetime) -> Token:
        """Give the lease back, and raise *error* unless another worker stored a new grant."""
        last_chance = turn.cut_short and self._token_endpoint.single_use
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

    def _log_refresh(
        self, severity: str, turn: _Turn, started: float, cause: str | None, odd: Sequence[str] = ()
    ) -> None:
        """Write one line; *odd* names what the answer had that could not be read."""
        self._log_event(
            severity,
            "refresh",
            user=turn.user,
            milliseconds=round((time.monotonic() - started) * 1000),
            cause=cause,
            odd=" ".join(odd) or None,
        )

    def _without_lease(self, turn: _Turn, token: Token) -> Document:
        """Return the document of *token* with the lease given back."""
        return {**to_document(turn.user, token, self._vault), "generation": turn.generation}

    def _load_document(self, user: str) -> Versioned:
        stored = self._tokens.load(user)
        if stored is None:
            sentence = f"{user} has not connected yet."
            raise ReconnectNeeded(sentence, user).with_cause("not_connected")
        if stored.document.get("provider") != self._provider:
            raise ReconnectNeeded(f"{user} connected another provider; please connect again.", user)
        return stored
