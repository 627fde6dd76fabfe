"""A browser comes back from the provider: its code is redeemed, and the grant stored."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import TYPE_CHECKING

from healthrelay.core import errors
from healthrelay.core.damage import Damaged
from healthrelay.core.errors import ConsentDenied, ConsentEnded, ConsentFailed, Unknown
from healthrelay.core.grants.authorization import verifier
from healthrelay.core.grants.bindings import accounts_of
from healthrelay.core.grants.invitations import Admission
from healthrelay.core.grants.token import FOREIGN_SCOPES, Before
from healthrelay.flows.grants.consented import stored_grant
from healthrelay.flows.grants.document import has_ended
from healthrelay.flows.grants.identity import end_foreign, identify
from healthrelay.flows.grants.rounds import Return, Round, verify_state
from healthrelay.flows.grants.signed import STATE_AGE

if TYPE_CHECKING:
    from healthrelay.core.grants.consent import Consent
    from healthrelay.core.grants.token import Grant
    from healthrelay.flows.grants.refresh import Grants
    from healthrelay.ports.peers import Provider, TokenEndpoint
    from healthrelay.ports.store import Store, Tokens


class RetryWithFewerScopes(Exception):
    """The provider does not know a scope that may be left out; *round* is without it."""

    def __init__(self, round_: Round) -> None:
        super().__init__("the provider does not know every scope")
        self.round = round_


def finish(  # noqa: PLR0913 - what came back, and every port by name
    returned: Return,
    *,
    owner_key: str,
    consent: Consent,
    store: Store,
    grants: Grants,
    token_endpoint: TokenEndpoint,
    provider: Provider,
    now: datetime,
) -> str:
    """Check, redeem the code, and store the grant; return whose. On any doubt nothing is stored.

    Raise `ConsentEnded` and its kinds, `BadRequest`, `Forbidden` or `Unknown`; and
    `RetryWithFewerScopes` where the browser goes on with a smaller question.
    """
    round_, nonce = verify_state(returned, owner_key, consent, now)
    _admit(round_, nonce, store, now)
    code = _authorization_code(returned.query, round_, consent)
    connected = stored_grant(round_.user, store.tokens) is not None
    before = Before(store.accounts.load().newest_ending, connected)
    grant = token_endpoint.exchange(code, verifier(owner_key, nonce))
    grant = _with_scopes(grant, round_, consent)
    account = identify(provider, grant)
    try:
        admission = Admission(round_.person, round_.invitation, now) if round_.person else None
        grants.connect(round_.user, grant, account, now, admission, before)
    except (Unknown, Damaged, errors.Expired, ConsentEnded):
        # Another account, or one that can be compared with nothing; or erased or disconnected while
        # they consented, or connected by another browser with this invitation: a grant that nobody
        # holds must not live on.
        accounts = accounts_of(consent.provider, account)
        end_foreign(grant, accounts, store=store, grants=grants, now=now)
        raise
    return round_.user


def _admit(round_: Round, nonce: str, store: Store, now: datetime) -> None:
    """Mark the round as used. Raise when it was before, or its person or invitation is no more."""
    if store.identities.settings(round_.user) is None:
        sentence = f"There is no user {round_.user} any more."
        raise Unknown(f"{sentence} Please ask the owner for a new invitation.")
    if not store.handshakes.use(nonce, now + STATE_AGE, now):
        raise errors.ConsentUsed("This consent was used before.")
    if round_.person:
        store.identities.invitations(round_.user).require(round_.person, round_.invitation)


def is_connected(user: str, consent: Consent, tokens: Tokens) -> bool:
    """Return whether there is a grant of *user* that lives, and whose account is known."""
    stored = tokens.load(user)
    if stored is None or stored.document["provider"] != consent.provider:
        return False
    return bool(stored.document["account"]) and not has_ended(stored.document)


def _authorization_code(query: Mapping[str, str], round_: Round, consent: Consent) -> str:
    if query.get("error"):
        raise _refusal_error(query["error"], round_, consent)
    if not query.get("code"):
        raise ConsentEnded(f"{consent.label} sent no code. Please start over.")
    return query["code"]


def _with_scopes(grant: Grant, round_: Round, consent: Consent) -> Grant:
    """Return *grant* with the scopes that it gives. Raise when it lasts too short or gives none."""
    if not grant.refresh:
        sentence = f"{consent.label} gave no lasting permission. Remove healthrelay from the"
        raise ConsentFailed(f"{sentence} account's connected apps, then connect again.")
    granted = grant.scopes or (() if FOREIGN_SCOPES in grant.odd else round_.scopes)
    if not set(round_.scopes) & set(granted):
        sentence = "Nothing was ticked, so nothing can be read. Please connect again."
        raise ConsentDenied(sentence).with_cause("nothing_ticked")
    return grant._replace(scopes=granted)


def _refusal_error(error: str, round_: Round, consent: Consent) -> Exception:
    label = consent.label
    if error == "access_denied":
        return ConsentDenied(f"Permission was not given, so nothing is read from {label}.")
    fewer = tuple(scope for scope in round_.scopes if scope not in consent.optional)
    if error == "invalid_scope" and fewer != round_.scopes:
        return RetryWithFewerScopes(round_._replace(scopes=fewer))
    code = error if error.replace("_", "").isalpha() and len(error) <= 40 else "unknown error"
    return ConsentFailed(f"{label} could not ask for permission ({code}). Please tell the owner.")
