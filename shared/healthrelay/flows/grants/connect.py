"""A browser goes to the provider with a question and comes back with an answer."""

from __future__ import annotations

import hmac
import secrets
from collections.abc import Mapping, Sequence
from contextlib import suppress
from datetime import datetime
from typing import TYPE_CHECKING, NamedTuple

from healthrelay.core.errors import (
    BadRequest,
    ConsentDenied,
    ConsentEnded,
    ConsentFailed,
    ConsentUsed,
    Forbidden,
    HealthrelayError,
    Unknown,
)
from healthrelay.core.grants.authorization import Ask, Client, authorize_url, challenge, verifier
from healthrelay.core.measurements.days import is_zone
from healthrelay.flows.grants.signed import STATE_AGE, Signatures

if TYPE_CHECKING:
    from healthrelay.core.grants.consent import Consent
    from healthrelay.core.grants.token import Account
    from healthrelay.flows.grants.refresh import Grants
    from healthrelay.ports.peers import Provider, TokenEndpoint
    from healthrelay.ports.store import Identities, Store


class Round(NamedTuple):
    """Who shall be asked, and for which scopes."""

    user: str
    scopes: tuple[str, ...]


class Begun(NamedTuple):
    """Where to send the browser, and the cookie that will prove it is the same one."""

    url: str
    cookie_name: str
    cookie: str


class Connected(NamedTuple):
    """Who is connected, and what the consent gives and leaves out, in plain words."""

    user: str
    granted: tuple[str, ...]
    withheld: tuple[str, ...]


class AskForLess(Exception):
    """The provider does not know a scope that may be left out; *round* is without it."""

    def __init__(self, round_: Round) -> None:
        super().__init__("ask again for less")
        self.round = round_


def cookie_name(nonce: str) -> str:
    """One cookie a round, so that two open tabs do not disturb each other."""
    return f"healthrelay-{nonce[:8]}"


def scopes_for(user: str, consent: Consent, identities: Identities) -> tuple[str, ...]:
    """The scopes that the stored methods of *user* need, and nothing more."""
    from healthrelay.core.measurements.query import configured_series  # noqa: PLC0415 - whoever is invited needs none

    stored = identities.settings(user)
    if stored is None:
        raise Unknown(f"There is no user {user}.")
    return consent.asked(configured_series(stored))


def begin(asked: Round, client: Client, consent: Consent, key: str, now: datetime) -> Begun:
    """Compose the consent page's address. Nothing is stored: all of it comes back signed."""
    signatures = Signatures(key)
    nonce = secrets.token_hex(16)
    note = {"user": asked.user, "provider": consent.provider, "nonce": nonce}
    state = signatures.state(note | {"asked": _packed(asked.scopes, consent)}, now)
    proof = challenge(verifier(key.encode(), nonce))
    url = authorize_url(client, Ask(asked.scopes, state, proof, consent.extra))
    return Begun(url, cookie_name(nonce), signatures.browser(nonce))


class Return(NamedTuple):
    """What the browser brought back: the provider's query and its own cookies."""

    query: Mapping[str, str]
    cookies: Mapping[str, str]


class Desk(NamedTuple):
    """All that is needed to take a consent."""

    key: str
    consent: Consent
    store: Store
    grants: Grants
    token_endpoint: TokenEndpoint
    provider: Provider


def finish(back: Return, desk: Desk, now: datetime) -> Connected:
    """Check, redeem the code, and store the grant. On any doubt nothing is stored.

    Raises `AskForLess` where the same walk goes on with a smaller question.
    """
    asked, nonce = _genuine(back, desk, now)
    if desk.store.identities.settings(asked.user) is None:
        raise Unknown(f"There is no user {asked.user} any more.")
    if not desk.store.handshakes.use(nonce, now + STATE_AGE, now):
        raise ConsentUsed("This consent was used before. Please start over.")
    if back.query.get("error"):
        raise _refusal(back.query["error"], asked, desk.consent)
    if not back.query.get("code"):
        raise ConsentEnded(f"{desk.consent.label} sent no code. Please start over.")
    grant = desk.token_endpoint.exchange(back.query["code"], verifier(desk.key.encode(), nonce))
    if not grant.refresh:
        raise ConsentFailed(
            f"{desk.consent.label} gave no lasting permission. Remove healthrelay from the"
            " account's connected apps, then connect again."
        )
    granted = grant.scopes or asked.scopes
    if not set(asked.scopes) & set(granted):
        raise ConsentDenied("Nothing was ticked, so nothing can be read. Please connect again.")
    account = desk.provider.account(grant)
    kept = grant._replace(scopes=granted)
    try:
        desk.grants.connect(asked.user, kept, _with_true_zone(account), now)
    except Unknown:
        # Erased while they consented: a grant that nobody holds must not live on.
        with suppress(HealthrelayError):
            desk.token_endpoint.revoke(grant)
        raise
    words = desk.consent.scopes
    return Connected(
        asked.user,
        granted=tuple(words[scope] for scope in asked.scopes if scope in granted),
        withheld=tuple(words[scope] for scope in asked.scopes if scope not in granted),
    )


def _genuine(back: Return, desk: Desk, now: datetime) -> tuple[Round, str]:
    """The round and nonce of a state that is ours, young, and in the browser that began it."""
    note = Signatures(desk.key).read_state(back.query.get("state", ""), now)
    nonce = note.get("nonce", "")
    if note.get("provider") != desk.consent.provider:
        raise BadRequest("The provider was changed meanwhile. Please start over.")
    cookie = back.cookies.get(cookie_name(nonce), "")
    if not hmac.compare_digest(cookie.encode(), Signatures(desk.key).browser(nonce).encode()):
        raise Forbidden("This consent was started in another browser. Please start over here.")
    scopes = _unpacked(note.get("asked", ""), desk.consent)
    return Round(note.get("user", ""), scopes), nonce


def _refusal(error: str, asked: Round, consent: Consent) -> Exception:
    label = consent.label
    if error == "access_denied":
        return ConsentDenied(f"Permission was not given, so nothing is read from {label}.")
    fewer = tuple(scope for scope in asked.scopes if scope not in consent.optional)
    if error == "invalid_scope" and fewer != asked.scopes:
        return AskForLess(asked._replace(scopes=fewer))
    code = error if error.replace("_", "").isalpha() and len(error) <= 40 else "unknown error"
    return ConsentFailed(f"{label} could not ask for permission ({code}). Please tell the owner.")


def _packed(scopes: Sequence[str], consent: Consent) -> str:
    """The places of *scopes* in the table: their names would fill the address."""
    known = list(consent.scopes)
    return ",".join(str(known.index(scope)) for scope in scopes)


def _unpacked(text: str, consent: Consent) -> tuple[str, ...]:
    known = list(consent.scopes)
    places = [int(part) for part in text.split(",") if part.isdecimal()]
    return tuple(known[place] for place in places if place < len(known))


def _with_true_zone(account: Account) -> Account:
    return account if account.zone and is_zone(account.zone) else account._replace(zone=None)
