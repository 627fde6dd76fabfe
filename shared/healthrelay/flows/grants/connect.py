"""A browser goes to the provider with a question and comes back with an answer."""

from __future__ import annotations

import hmac
import secrets
from collections.abc import Mapping, Sequence
from contextlib import suppress
from datetime import datetime
from typing import TYPE_CHECKING, NamedTuple
from urllib.parse import urlencode

from healthrelay.core import errors
from healthrelay.core.errors import ConsentDenied, ConsentEnded, ConsentFailed, Unknown
from healthrelay.core.grants.authorization import Client, authorize_url, challenge, verifier
from healthrelay.core.grants.bindings import accounts_of
from healthrelay.core.grants.invitations import Admission, Invitation
from healthrelay.core.grants.token import FOREIGN_SCOPES, Token
from healthrelay.flows.grants.document import has_ended
from healthrelay.flows.grants.identity import end_foreign, identify
from healthrelay.flows.grants.signed import STATE_AGE, SignedNotes
from healthrelay.flows.require import require_connectable

if TYPE_CHECKING:
    from healthrelay.core.grants.consent import Consent
    from healthrelay.core.grants.token import Grant
    from healthrelay.flows.grants.refresh import Grants
    from healthrelay.ports.peers import Provider, TokenEndpoint
    from healthrelay.ports.store import Identities, Store, Tokens


class Round(NamedTuple):
    """One round of consent, begun by the owner or by an *invitation* of this *person*."""

    user: str
    scopes: tuple[str, ...]
    person: str = ""
    invitation: str = ""


class Begun(NamedTuple):
    """Where to send the browser, and the cookie that will prove it is the same one."""

    url: str
    cookie_name: str
    cookie: str


class Return(NamedTuple):
    """What the browser brought back: the provider's query and its own cookies."""

    query: Mapping[str, str]
    cookies: Mapping[str, str]


class Connected(NamedTuple):
    """Who is connected, and what the consent gives and leaves out, in plain words."""

    user: str
    granted: tuple[str, ...]
    withheld: tuple[str, ...]
    token: Token
    """What was stored; an empty id of its account says that it is not known yet."""


class RetryWithFewerScopes(Exception):
    """The provider does not know a scope that may be left out; *round* is without it."""

    def __init__(self, round_: Round) -> None:
        super().__init__("the provider does not know every scope")
        self.round = round_


def _cookie_name(nonce: str) -> str:
    # One a round, so that two open tabs do not disturb each other.
    return f"healthrelay-{nonce[:8]}"


def scopes_for(user: str, consent: Consent, identities: Identities) -> tuple[str, ...]:
    """Return the scopes that the stored methods of *user* need. Raise `Unknown` for a stranger."""
    from healthrelay.core.measurements.query import configured_series  # noqa: PLC0415 - an invitation needs none

    settings = require_connectable(user, identities)
    return consent.scopes_for(configured_series(settings))


def invite(
    user: str, consent: Consent, identities: Identities, *, reusable: bool = False
) -> Invitation:
    """Return a new invitation for *user*, for one consent unless *reusable*. Raise `Unknown`."""
    scopes = scopes_for(user, consent, identities)
    person = identities.invitations(user).person
    # Who was made by an earlier version gets an id with the first invitation.
    person = person or identities.renew_invitations(user, person).person
    return Invitation(user, scopes, person, "" if reusable else secrets.token_hex(8))


def invitation_path(invitation: Invitation, owner_key: str, now: datetime) -> str:
    """Return the path with which the invited person may connect, for a week."""
    text = SignedNotes(owner_key).invitation(invitation, now)
    return f"/auth1?{urlencode({'user': invitation.user, 'invitation': text})}"


def begin(round_: Round, client: Client, consent: Consent, owner_key: str, now: datetime) -> Begun:
    """Compose the consent page's address. Nothing is stored: all of it comes back signed."""
    notes = SignedNotes(owner_key)
    nonce = secrets.token_hex(16)
    note = round_._asdict() | {"provider": consent.provider, "nonce": nonce}
    state = notes.state(note | {"scopes": _pack_scopes(round_.scopes, consent)}, now)
    proof = challenge(verifier(owner_key.encode(), nonce))
    url = authorize_url(client, round_.scopes, state, proof, consent.extra)
    return Begun(url, _cookie_name(nonce), notes.browser(nonce))


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
) -> Connected:
    """Check, redeem the code, and store the grant. On any doubt nothing is stored.

    Raise `ConsentEnded` and its kinds, `BadRequest`, `Forbidden` or `Unknown`; and
    `RetryWithFewerScopes` where the browser goes on with a smaller question.
    """
    round_, nonce = _verify_state(returned, owner_key, consent, now)
    _admit(round_, nonce, store, now)
    code = _authorization_code(returned.query, round_, consent)
    began = store.accounts.load().newest_ending
    grant = token_endpoint.exchange(code, verifier(owner_key.encode(), nonce))
    grant = _with_scopes(grant, round_, consent)
    account = identify(provider, grant)
    try:
        admission = Admission(round_.person, round_.invitation, now) if round_.person else None
        grants.connect(round_.user, grant, account, now, admission, began)
    except (Unknown, errors.Expired, errors.WrongAccount):
        # Another account; or erased while they consented, or connected by another browser with
        # this invitation: a grant that nobody holds must not live on.
        accounts = accounts_of(consent.provider, account)
        end_foreign(grant, accounts, store=store, grants=grants, now=now)
        raise
    words, given = consent.scopes, grant.scopes
    granted = tuple(words[scope] for scope in round_.scopes if scope in given)
    withheld = tuple(words[scope] for scope in round_.scopes if scope not in given)
    return Connected(round_.user, granted, withheld, Token(consent.provider, account, grant, now))


def _admit(round_: Round, nonce: str, store: Store, now: datetime) -> None:
    """Mark the round as used. Raise when it was before, or its person or invitation is no more."""
    if store.identities.settings(round_.user) is None:
        sentence = f"There is no user {round_.user} any more."
        raise Unknown(f"{sentence} Please ask the owner for a new invitation.")
    if not store.handshakes.use(nonce, now + STATE_AGE, now):
        raise errors.ConsentUsed("This consent was used before.")
    if round_.person:
        store.identities.invitations(round_.user).require(round_.person, round_.invitation)


def still_connected(
    returned: Return, *, owner_key: str, consent: Consent, tokens: Tokens, now: datetime
) -> str:
    """Return who is connected although what the browser brought was of no use, or nothing."""
    with suppress(errors.HealthrelayError):
        round_, _ = _verify_state(returned, owner_key, consent, now)
        stored = tokens.load(round_.user)
        known = stored and stored.document["provider"] == consent.provider
        if stored and known and stored.document["account"] and not has_ended(stored.document):
            return round_.user
    return ""


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
        raise ConsentDenied("Nothing was ticked, so nothing can be read. Please connect again.")
    return grant._replace(scopes=granted)


def _verify_state(
    returned: Return, owner_key: str, consent: Consent, now: datetime
) -> tuple[Round, str]:
    """Return round and nonce of a state that is ours, young, and in the browser that began it."""
    notes = SignedNotes(owner_key)
    note = notes.read_state(returned.query.get("state", ""), now)
    nonce = note.get("nonce", "")
    if note.get("provider") != consent.provider:
        raise errors.BadRequest("The provider was changed meanwhile. Please start over.")
    cookie = returned.cookies.get(_cookie_name(nonce), "")
    if not hmac.compare_digest(cookie.encode(), notes.browser(nonce).encode()):
        raise errors.Forbidden(
            "This consent was started in another browser. Please start over here."
        )
    scopes = _unpack_scopes(note.get("scopes", ""), consent)
    by = note.get("person", ""), note.get("invitation", "")
    return Round(note.get("user", ""), scopes, *by), nonce


def _refusal_error(error: str, round_: Round, consent: Consent) -> Exception:
    label = consent.label
    if error == "access_denied":
        return ConsentDenied(f"Permission was not given, so nothing is read from {label}.")
    fewer = tuple(scope for scope in round_.scopes if scope not in consent.optional)
    if error == "invalid_scope" and fewer != round_.scopes:
        return RetryWithFewerScopes(round_._replace(scopes=fewer))
    code = error if error.replace("_", "").isalpha() and len(error) <= 40 else "unknown error"
    return ConsentFailed(f"{label} could not ask for permission ({code}). Please tell the owner.")


def _pack_scopes(scopes: Sequence[str], consent: Consent) -> str:
    """Return the places of *scopes* in the table: their names would fill the address."""
    known = list(consent.scopes)
    return ",".join(str(known.index(scope)) for scope in scopes)


def _unpack_scopes(text: str, consent: Consent) -> tuple[str, ...]:
    known = list(consent.scopes)
    places = [int(part) for part in text.split(",") if part.isdecimal()]
    return tuple(known[place] for place in places if place < len(known))
