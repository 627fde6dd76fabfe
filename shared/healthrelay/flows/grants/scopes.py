"""What a person's grant covers, and what their settings need beside it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from healthrelay.flows.grants.rounds import scopes_for

if TYPE_CHECKING:
    from healthrelay.core.grants.consent import Consent
    from healthrelay.ports.store import Store


def scopes_lacking(user: str, consent: Consent, store: Store) -> list[str]:
    """Return what the settings of *user* need and the grant does not cover, as *consent* calls it.

    It is nothing where there is no grant. Raise `Unknown` for a stranger.
    """
    scopes = scopes_for(user, consent, store.identities)
    granted = granted_scopes(user, store)
    return [consent.scopes[one] for one in scopes if granted is not None and one not in granted]


def granted_scopes(user: str, store: Store) -> list[str] | None:
    """Return the scopes of the stored grant; None where there is none."""
    stored = store.tokens.load(user)
    scopes = stored.document.get("scopes") if stored else None
    return [str(scope) for scope in scopes] if isinstance(scopes, list) else None
