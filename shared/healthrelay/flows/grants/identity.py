"""Whose account a grant opens: bound by the first consent, compared at every later one.

A grant whose account is not known is kept apart, unconfirmed: where there is another one,
within its document. Nothing is read with it until a fetch has asked whose it is.
"""

from __future__ import annotations

from contextlib import suppress
from datetime import datetime
from typing import TYPE_CHECKING, Any

from healthrelay.core.defect import isolate
from healthrelay.core.errors import (
    Conflict,
    HealthrelayError,
    Misconfigured,
    ReconnectNeeded,
    Unconfirmed,
    WrongAccount,
)
from healthrelay.core.grants.bindings import MAX_ENDING, accounts_in, accounts_of
from healthrelay.core.grants.token import Account, Grant, Token
from healthrelay.core.json import Versioned
from healthrelay.core.measurements.days import is_zone
from healthrelay.flows.grants.consented import binding
from healthrelay.flows.grants.document import (
    UNCONFIRMED,
    awaits_identity,
    from_document,
    to_document,
)

if TYPE_CHECKING:
    from healthrelay.core.grants.invitations import Admission
    from healthrelay.core.json import Document, Json
    from healthrelay.flows.grants.refresh import Grants
    from healthrelay.ports.peers import LogEvent, Provider, Vault
    from healthrelay.ports.store import Bind, Store, Tokens


def identify(provider: Provider, grant: Grant) -> Account:
    """Return whose data *grant* opens; with an empty id where the provider cannot say."""
    try:
        account = provider.account(grant)
    except HealthrelayError:
        return Account("")
    return account if account.zone and is_zone(account.zone) else account._replace(zone=None)


def end_foreign(
    grant: Grant, accounts: tuple[str, ...], *, store: Store, grants: Grants, now: datetime
) -> None:
    """End a *grant* that is not stored, unless a login of somebody could end with it.

    A provider ends all that an account has granted us, not this grant alone. So nothing is
    ended where the account is somebody's here, or may be. Where a new pair of tokens has ended
    the one before, it is theirs.
    """
    holders = store.accounts.load().holders(accounts)
    if holders and grants.token_endpoint.single_use:
        with suppress(Misconfigured):  # theirs does not open: they must connect again anyway
            _hand_over(grant, accounts, holders[0], store.tokens, grants.vault)
    if holders or not accounts or _some_await_identity(store):
        return
    with suppress(HealthrelayError):
        # From here on nobody can bind the account with what is about to end.
        store.accounts.change(lambda bindings: bindings.end(accounts, now + MAX_ENDING))
        grants.token_endpoint.revoke(grant)
        store.accounts.change(lambda bindings: bindings.end(accounts))


def confirm(
    user: str,
    now: datetime,
    *,
    store: Store,
    grants: Grants,
    provider: Provider,
    log_event: LogEvent,
) -> Token:
    """Ask whose account the unconfirmed grant of *user* is; return a token to read with.

    If it is theirs it takes the place of the one before; if not, it is refused. Raise
    `Unconfirmed` or `ReconnectNeeded` where there is no other one to read with.
    """
    stored = store.tokens.load(user)
    nested = stored is not None and UNCONFIRMED in stored.document
    slot = _Slot(store.tokens) if nested else store.tokens
    try:
        _confirm_in(slot, user, now, store, grants, provider)
    except WrongAccount as error:
        log_event("ERROR", "wrong account", user=user, cause=error.cause)
        if not nested:
            raise ReconnectNeeded(error.sentence, user).with_cause(error.cause) from error
    except HealthrelayError:
        if not nested:
            raise
    token = grants.load(user)
    if token.provider != provider.name:
        raise Unconfirmed(f"Whose account {user} chose is not known yet.")
    return grants.fresh(user, token, now)


def _confirm_in(
    slot: Tokens, user: str, now: datetime, store: Store, grants: Grants, provider: Provider
) -> None:
    """Bind the account of the grant in *slot*, or refuse it. Raise `WrongAccount`."""
    apart = grants.over(slot)
    began = store.accounts.load().newest_ending
    token = apart.fresh(user, apart.load(user), now)
    # What a refresh said of the user proves nothing.
    account = identify(provider, token.grant._replace(user=None))
    accounts = accounts_of(token.provider, account)
    if not accounts:
        raise Unconfirmed(f"Whose account {user} chose is not known yet.")
    held = slot.load(user)
    if not held or apart.load(user).grant.access != token.grant.access:
        raise Unconfirmed(f"{user} connected again meanwhile.")
    document = to_document(user, token._replace(account=account), grants.vault)
    numbered = {**document, "generation": _generation(store.tokens, user)}
    bind = binding(user, accounts, began, now)
    try:
        store.tokens.save(user, numbered, held.version, bind=bind)
    except WrongAccount:
        with suppress(Conflict):
            slot.forget(user, held.version)
        end_foreign(token.grant, accounts, store=store, grants=grants, now=now)
        raise


def _hand_over(
    grant: Grant, accounts: tuple[str, ...], user: str, tokens: Tokens, vault: Vault
) -> None:
    """Give the *grant* to *user*, whose account it is, in place of their own to this account."""
    while stored := tokens.load(user):
        if not {*accounts_in(stored.document)} & {*accounts}:
            return
        before = from_document(user, stored.document, vault)
        if before.grant.expires_at > grant.expires_at:
            return  # theirs was given out after this one, which it has ended
        token = before.refreshed_by(grant)
        kept = {name: part for name, part in stored.document.items() if name != "health"}
        document = {**kept, **to_document(user, token, vault)}
        with suppress(Conflict):
            tokens.save(user, document, stored.version)
            return


class _Slot:
    """The grant that stands apart within each document, as if it were the person's only one."""

    def __init__(self, tokens: Tokens) -> None:
        self._tokens = tokens

    def load(self, user: str) -> Versioned | None:
        stored = self._tokens.load(user)
        held: Any = stored and stored.document.get(UNCONFIRMED)
        return Versioned(held, stored.version) if stored and held else None

    def save(
        self,
        user: str,
        document: Document,
        expected: int,
        admission: Admission | None = None,
        bind: Bind | None = None,
    ) -> int:
        written = {**self._around(user, expected), UNCONFIRMED: dict(document)}
        return self._tokens.save(user, written, expected, admission, bind)

    def forget(self, user: str, expected: int) -> None:
        self._tokens.save(user, self._around(user, expected), expected)

    def _around(self, user: str, expected: int) -> Document:
        """Return the rest of the document. Raise `Conflict` unless it is the *expected* one."""
        stored = self._tokens.load(user)
        if stored is None or stored.version != expected:
            raise Conflict(f"The grant of {user} was changed in the meantime.")
        return {name: part for name, part in stored.document.items() if name != UNCONFIRMED}


def _generation(tokens: Tokens, user: str) -> Json:
    stored = tokens.load(user)
    return stored.document.get("generation", 0) if stored else 0


def _some_await_identity(store: Store) -> bool:
    """Return whether somebody has a grant whose account is not known: it may be any."""
    stored = (isolate(store.tokens.load, user) for user in store.identities.names())
    # Whose account a damaged one opens is not known, either.
    return any(
        isinstance(one, HealthrelayError) or awaits_identity(one.document) for one in stored if one
    )
