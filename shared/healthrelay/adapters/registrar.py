"""Whether a provider knows our registration: asked with a code that nobody gave.

A token endpoint looks at the client first and at the code then (RFC 6749, 3.2.1 and 5.2): who is
refused for the code alone is known. Nothing changes there.
"""

from healthrelay.adapters.http import Answer, partly
from healthrelay.adapters.oauth2 import OAuth2TokenEndpoint, oauth_cause
from healthrelay.core.household.registration import (
    BOTH,
    CLIENT_ID,
    CLIENT_SECRET,
    REDIRECT,
    ClientRefused,
)

_MADE_UP = {
    "grant_type": "authorization_code",
    "code": "healthrelay-asks-whether-it-is-known",
    "code_verifier": "0" * 43,  # the shortest that RFC 7636 allows
}
_UNKNOWN_CLIENT = ("invalid_client", "unauthorized_client")


class OAuth2Registrar(OAuth2TokenEndpoint):
    """Satisfies `healthrelay.ports.peers.Registrar`."""

    def try_client(self) -> None:
        us = self._us
        form = {**_MADE_UP, "redirect_uri": us.redirect_uri}
        if not us.basic:
            form |= {"client_id": us.client_id, "client_secret": us.client_secret}
        answer = self._post(us.token_url, form, partly)
        cause = oauth_cause(answer) if answer.status in (400, 401, 403) else ""
        if cause == "invalid_grant":
            return
        if cause in _UNKNOWN_CLIENT:
            raise _refusal(us.consent.label, answer)
        if cause == "redirect_uri_mismatch":
            sentence = f"{us.consent.label} does not have {us.redirect_uri} for this client."
            raise ClientRefused(sentence, REDIRECT)
        raise self._error(answer, "saying whether it knows us")


def _refusal(label: str, answer: Answer) -> ClientRefused:
    """Return which part of us is refused, where the description says so as Google's does."""
    body = answer.json()
    text = str(body.get("error_description", "")).lower() if isinstance(body, dict) else ""
    if "client secret is invalid" in text:
        return ClientRefused(f"{label} refuses this client secret.", CLIENT_SECRET)
    if "client was not found" in text:
        return ClientRefused(f"{label} does not know this client id.", CLIENT_ID)
    return ClientRefused(f"{label} refuses this client id or this secret.", BOTH)
