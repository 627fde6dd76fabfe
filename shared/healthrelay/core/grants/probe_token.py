"""Questions that the grant itself answers: what was allowed, how long it lasts."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from functools import partial
from typing import NamedTuple

from healthrelay.core.grants.consent import Consent
from healthrelay.core.grants.probe import OpenQuestion, Verdict
from healthrelay.core.grants.token import Token

TESTING = timedelta(days=8)
"""A grant that ends sooner was given to an app in Testing."""
_AGES = ((7, "less than a week"), (30, "one to four weeks"), (180, "one to six months"))
_LONG_AGO = "more than six months"
_ROTATION = {
    True: "A refresh token works once: each refresh brings a new one.",
    False: "A refresh token works again and again: a refresh brings no other.",
}


class TokenPair(NamedTuple):
    """A grant as it was stored, and after a refresh; the same where none was possible."""

    before: Token
    after: Token
    asked: Sequence[str]
    """The scopes that the person's settings need."""
    now: datetime

    @property
    def refreshed(self) -> bool:
        return self.before.grant.access != self.after.grant.access


def token_questions(tokens: TokenPair, consent: Consent) -> list[OpenQuestion]:
    """Return the questions that need no provider."""
    looks = (
        ("scopes", "Everything that was asked for was granted.", _scopes),
        (
            "optional-scopes",
            "The scope of food is granted like any other.",
            partial(_food, consent),
        ),
        ("refresh-token-life", "A refresh token lasts longer than a week.", _life),
        ("refresh-token-use", _ROTATION[consent.single_use], partial(_rotation, consent)),
        ("access-token-life", "The answer says how long an access token lasts.", _access),
        ("token-answer", "All of a token answer can be read.", _answer),
    )
    return [OpenQuestion(id_, text, partial(look, tokens)) for id_, text, look in looks]


def _scopes(tokens: TokenPair) -> Verdict:
    granted = {scope: scope in tokens.after.grant.scopes for scope in tokens.asked}
    evidence = [f"{_last(scope)}: {'yes' if given else 'no'}" for scope, given in granted.items()]
    return Verdict(all(granted.values()), tuple(evidence))


def _food(consent: Consent, tokens: TokenPair) -> Verdict:
    if not consent.optional:
        return Verdict(None, ("this provider has no optional scope",))
    granted = [scope for scope in consent.optional if scope in tokens.after.grant.scopes]
    return Verdict(bool(granted), (f"{len(granted)} of {len(consent.optional)} granted",))


def _life(tokens: TokenPair) -> Verdict:
    """Judge by a refresh that worked so long after the consent, or by what the provider said."""
    since, ends = tokens.after.connected_at, tokens.after.grant.refresh_expires_at
    if since is None:
        return Verdict(None, ("when the consent was given is not known",))
    said = "its end was not said" if ends is None else "its end was said"
    if ends is not None and ends - since <= TESTING:
        return Verdict(False, (f"{said}: within eight days, as of an app in Testing",))
    if not tokens.refreshed:
        return Verdict(None, (said, "it was not refreshed now"))
    age = tokens.now - since
    words = next((text for days, text in _AGES if age < timedelta(days=days)), _LONG_AGO)
    evidence = (said, f"refreshed now, {words} after the consent")
    return Verdict(True if age > timedelta(days=7) else None, evidence)


def _rotation(consent: Consent, tokens: TokenPair) -> Verdict:
    if not tokens.refreshed:
        return Verdict(None, ("it was not refreshed now",))
    changed = tokens.before.grant.refresh != tokens.after.grant.refresh
    line = "a new one came" if changed else "no new one came"
    return Verdict(changed == consent.single_use, (line,))


def _access(tokens: TokenPair) -> Verdict:
    if not tokens.refreshed:
        return Verdict(None, ("it was not refreshed now",))
    said = "expires_in" not in tokens.after.grant.odd
    minutes = round((tokens.after.grant.expires_at - tokens.now) / timedelta(minutes=1), -1)
    return Verdict(said, (f"about {minutes:.0f} minutes",))


def _answer(tokens: TokenPair) -> Verdict:
    if not tokens.refreshed:
        return Verdict(None, ("it was not refreshed now",))
    odd = tokens.after.grant.odd
    return Verdict(not odd, tuple(f"{name} could not be read" for name in odd))


def _last(scope: str) -> str:
    """Return the part of a scope's address that names it."""
    return scope.rpartition("googlehealth.")[2]
