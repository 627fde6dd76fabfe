"""Store what a consent gave, in one compare-and-set with whose account it is."""

from __future__ import annotations

from contextlib import suppress
from datetime import datetime
from typing import TYPE_CHECKING, Any

from healthrelay.core.damage import Damaged
from healthrelay.core.errors import Conflict, ConsentEnded, Unconfirmed
from healthrelay.core.grants.bindings import accounts_of
from healthrelay.core.json import Versioned
from healthrelay.flows.grants.document import UNCONFIRMED, awaits_identity, has_ended, to_document

if TYPE_CHECKING:
    from healthrelay.core.grants.invitations import Admission
    from healthrelay.core.grants.token import Before, Token
    from healthrelay.core.json import Document
    from healthrelay.ports.peers import Vault
    from healthrelay.ports.store import Bind, Tokens


def store_consent(  # noqa: PLR0913, PLR0917 - a grant, and what it is stored with
    user: str,
    token: Token,
    now: datetime,
    tokens: Tokens,
    vault: Vault,
    admission: Admission | None,
    before: Before,
) -> None:
    """Store a new grant, and bind its account to *user*, both or neither.

    It takes the place of whatever was stored; one whose account is not known stands beside it.
    *before* is what there was when the consent was redeemed. Raise `WrongAccount`, `ConsentEnded`
    or `Unconfirmed`, and `Expired` when *admission* admits no more; then nothing is stored.
    """
    accounts = accounts_of(token.provider, token.account)
    document = to_document(user, token, vault)
    while True:
        stored = stored_grant(user, tokens)
        if before.connected and stored is None:
            # Who disconnected them ended all that the account has given, this grant too.
            raise ConsentEnded(f"{user} was disconnected meanwhile. Please connect again.")
        known = stored.document if stored else {}
        numbered = {**document, "generation": known.get("generation", 0)}
        written = numbered if accounts else _set_apart(numbered, known)
        # Over a fetch that has just refreshed the old grant the new consent still wins.
        with suppress(Conflict):
            bind = binding(user, accounts, before.ending, now) if accounts else None
            tokens.save(user, written, stored.version if stored else 0, admission, bind)
            return


def stored_grant(user: str, tokens: Tokens) -> Versioned | None:
    """Return the stored grant; of one that is damaged, its version alone: it is written over."""
    try:
        return tokens.load(user)
    except Damaged as error:
        return Versioned({}, error.version)


def binding(user: str, accounts: tuple[str, ...], began: int, now: datetime) -> Bind:
    """Return what binds *accounts*, as `Bindings.bind`."""
    return lambda bindings: bindings.bind(user, accounts, began, now)


def _set_apart(document: Document, before: Document) -> Document:
    """Return the document with the unconfirmed one beside the one *before*, if that is alive.

    Raise `Unconfirmed` when another one stands there: whose is right is not known yet.
    """
    waiting: Any = before.get(UNCONFIRMED) or before
    if not before or has_ended(before):
        return document
    if awaits_identity(before) and not has_ended(waiting):
        raise Unconfirmed("Whose account was chosen before is not known yet.")
    return {**before, UNCONFIRMED: dict(document)}
