"""A round of consent: a browser is sent to the provider, and must be the one that comes back."""

from __future__ import annotations

import hmac
import secrets
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, NamedTuple

from healthrelay.core.errors import BadRequest, Forbidden
from healthrelay.core.grants.authorization import Client, authorize_url, challenge, verifier
from healthrelay.core.numbers import whole_number
from healthrelay.flows.grants.signed import SignedNotes
from healthrelay.flows.require import require_connectable

if TYPE_CHECKING:
    from healthrelay.core.grants.consent import Consent
    from healthrelay.ports.store import Identities


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


def scopes_for(user: str, consent: Consent, identities: Identities) -> tuple[str, ...]:
    """Return the scopes that the stored methods of *user* need. Raise `Unknown` for a stranger."""
    from healthrelay.core.measurements.query import configured_series  # noqa: PLC0415 - an invitation needs none

    settings = require_connectable(user, identities)
    return consent.scopes_for(configured_series(settings))


def begin(round_: Round, client: Client, consent: Consent, owner_key: str, now: datetime) -> Begun:
    """Compose the consent page's address. Nothing is stored: all of it comes back signed."""
    notes = SignedNotes(owner_key)
    nonce = secrets.token_hex(16)
    note = round_._asdict() | {"provider": consent.provider, "nonce": nonce}
    state = notes.state(note | {"scopes": _pack_scopes(round_.scopes, consent)}, now)
    proof = challenge(verifier(owner_key, nonce))
    url = authorize_url(client, round_.scopes, state, proof, consent.extra)
    return Begun(url, _cookie_name(nonce), notes.browser(nonce))


def verify_state(
    returned: Return, owner_key: str, consent: Consent, now: datetime
) -> tuple[Round, str]:
    """Return round and nonce of a state that is ours, young, and in the browser that began it."""
    notes = SignedNotes(owner_key)
    note = notes.read_state(returned.query.get("state", ""), now)
    nonce = note.get("nonce", "")
    if note.get("provider") != consent.provider:
        raise BadRequest("The provider was changed meanwhile. Please start over.")
    cookie = returned.cookies.get(_cookie_name(nonce), "")
    if not hmac.compare_digest(cookie.encode(), notes.browser(nonce).encode()):
        sentence = "This consent was started in another browser. Please start over here."
        raise Forbidden(sentence).with_cause("another_browser")
    scopes = _unpack_scopes(note.get("scopes", ""), consent)
    by = note.get("person", ""), note.get("invitation", "")
    return Round(note.get("user", ""), scopes, *by), nonce


def _cookie_name(nonce: str) -> str:
    # One a round, so that two open tabs do not disturb each other.
    return f"healthrelay-{nonce[:8]}"


def _pack_scopes(scopes: Sequence[str], consent: Consent) -> str:
    """Return the places of *scopes* in the table: their names would fill the address."""
    known = list(consent.scopes)
    return ",".join(str(known.index(scope)) for scope in scopes)


def _unpack_scopes(text: str, consent: Consent) -> tuple[str, ...]:
    known = list(consent.scopes)
    places = map(whole_number, text.split(","))
    return tuple(known[place] for place in places if place is not None and place < len(known))
