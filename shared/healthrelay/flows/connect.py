"""A browser goes to the provider with a question and comes back with an answer."""

from __future__ import annotations

import hmac
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from healthrelay.core.consent import Client, Consent, authorize_url, challenge, verifier
from healthrelay.core.days import is_zone
from healthrelay.core.errors import Again, BadRequest, NotAllowed, Unknown
from healthrelay.core.token import Account
from healthrelay.flows.signatures import STATE_AGE, Signatures
from healthrelay.flows.token import Grants
from healthrelay.ports import Consents, Provider, Store


@dataclass(frozen=True, slots=True)
class Begun:
    """Where to send the browser, and the cookie that will prove it is the same one."""

    url: str
    cookie_name: str
    cookie: str


@dataclass(frozen=True, slots=True)
class Connected:
    """Who is connected, and what the consent gives and leaves out, in plain words."""

    user: str
    granted: tuple[str, ...]
    withheld: tuple[str, ...]


def cookie_name(nonce: str) -> str:
    """One cookie a round, so that two open tabs do not disturb each other."""
    return f"healthrelay-{nonce[:8]}"


def begin(user: str, client: Client, consent: Consent, key: str, now: datetime) -> Begun:
    """Compose the consent page's address. Nothing is stored: all of it comes back signed."""
    signatures = Signatures(key)
    nonce = secrets.token_hex(16)
    state = signatures.state({"user": user, "provider": consent.provider, "nonce": nonce}, now)
    url = authorize_url(client, consent, state, challenge(verifier(key.encode(), nonce)))
    return Begun(url, cookie_name(nonce), signatures.browser(nonce))


@dataclass(frozen=True, slots=True)
class Return:
    """What the browser brought back: the provider's query and its own cookies."""

    query: Mapping[str, str]
    cookies: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Desk:
    """All that is needed to take a consent."""

    key: str
    consent: Consent
    store: Store
    grants: Grants
    consents: Consents
    provider: Provider


def finish(back: Return, desk: Desk, now: datetime) -> Connected:
    """Check, redeem the code, and store the grant. On any doubt nothing is stored."""
    user, nonce = _genuine(back, desk, now)
    if desk.store.identities.settings(user) is None:
        raise Unknown(f"There is no user {user} any more.")
    if not desk.store.handshakes.use(nonce, now + STATE_AGE, now):
        raise Again("This consent was used before. Please begin anew.", 409)
    if back.query.get("error"):
        raise _refusal(back.query["error"], desk.consent.label)
    if not back.query.get("code"):
        raise Again(f"{desk.consent.label} sent no code. Please begin anew.")
    grant = desk.consents.exchange(back.query["code"], verifier(desk.key.encode(), nonce))
    if not grant.refresh:
        raise Again(
            f"{desk.consent.label} gave no lasting permission. Remove healthrelay from the"
            " account's connected apps, then connect once more.",
            502,
        )
    asked = desk.consent.scopes
    granted = grant.scopes or tuple(asked)
    if not set(asked) & set(granted):
        raise Again("Nothing was ticked, so nothing can be read. Please connect once more.", 403)
    account = desk.provider.account(grant)
    desk.grants.connect(user, grant, _with_true_zone(account))
    return Connected(
        user,
        granted=tuple(words for scope, words in asked.items() if scope in granted),
        withheld=tuple(words for scope, words in asked.items() if scope not in granted),
    )


def _genuine(back: Return, desk: Desk, now: datetime) -> tuple[str, str]:
    """The user and nonce of a state that is ours, young, and in the browser that began it."""
    note = Signatures(desk.key).read_state(back.query.get("state", ""), now)
    user, nonce = note.get("user", ""), note.get("nonce", "")
    if note.get("provider") != desk.consent.provider:
        raise BadRequest("The provider was changed meanwhile. Please begin anew.")
    cookie = back.cookies.get(cookie_name(nonce), "")
    if not hmac.compare_digest(cookie.encode(), Signatures(desk.key).browser(nonce).encode()):
        raise NotAllowed("This consent was begun in another browser. Please begin anew here.", 403)
    return user, nonce


def _refusal(error: str, label: str) -> Again:
    if error == "access_denied":
        return Again(f"Permission was not given, so nothing is read from {label}.", 403)
    code = error if error.replace("_", "").isalpha() and len(error) <= 40 else "unknown error"
    return Again(f"{label} could not ask for permission ({code}). Please tell the owner.", 502)


def _with_true_zone(account: Account) -> Account:
    return account if account.zone and is_zone(account.zone) else replace(account, zone=None)
