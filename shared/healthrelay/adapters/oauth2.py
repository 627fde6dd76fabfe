"""A provider's token endpoint: a code or a refresh token in, a grant out; and a grant's end.

The first exchange goes through requests-oauthlib; a refresh, which every later fetch pays
for, is one small form over the pool that is open anyway.
"""

import base64
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any, NamedTuple
from urllib.parse import urlencode

from healthrelay.adapters.http import Answer, Http, ReadBody, glance, partly, to_answer
from healthrelay.adapters.token_answer import CUT, read_grant
from healthrelay.core.errors import (
    ConsentEnded,
    HealthrelayError,
    Misconfigured,
    RateLimited,
    ReconnectNeeded,
    TryLater,
)
from healthrelay.core.grants.consent import Consent
from healthrelay.core.grants.token import Grant

TIMEOUT_SECONDS = 20
_ENDED = {"invalid_token", "invalid_grant", "expired_token"}
"""What Google (400) and Fitbit call a token that was revoked before."""
_CLIENT = ("HEALTHRELAY_CLIENT_ID", "HEALTHRELAY_CLIENT_SECRET", "HEALTHRELAY_PUBLIC_URL")


class Registration(NamedTuple):
    """Our registration with a provider. *basic*: the secret goes into the header (Fitbit)."""

    consent: Consent
    token_url: str
    revoke_url: str
    client_id: str
    redirect_uri: str
    basic: bool
    client_secret: str

    def __repr__(self) -> str:
        return f"Registration({self.consent.label}, {self.client_id})"


class OAuth2TokenEndpoint:
    """Satisfies `healthrelay.ports.peers.TokenEndpoint`; *now* is when an answer came."""

    def __init__(self, registration: Registration, http: Http, now: Callable[[], datetime]) -> None:
        self._now = now
        self._us = registration
        self.single_use = registration.consent.single_use
        self._http = http

    def exchange(self, code: str, verifier: str) -> Grant:
        """Redeem *code*; a refusal means that the wearer must start over."""
        # Loaded here: fetch, which only refreshes, starts a third faster without it.
        from requests_oauthlib import OAuth2Session  # noqa: PLC0415

        from healthrelay.adapters.requests_session import bind  # noqa: PLC0415

        us = self._us
        session = OAuth2Session(us.client_id, redirect_uri=us.redirect_uri)
        bind(session, self._http, TIMEOUT_SECONDS, partly)
        grants: list[Grant] = []

        def read(response: Any, **_: Any) -> None:
            answer = to_answer(response.status_code, response.headers, response.content)
            grants.append(self._read_grant(answer))

        # The answer is read before the library can blur a refusal.
        session.hooks["response"].append(read)
        form = {"code": code, "code_verifier": verifier, **self._proof()}
        try:
            session.fetch_token(us.token_url, **form)
        except ReconnectNeeded as error:
            sentence = f"{us.consent.label} no longer accepts this consent. Please connect again."
            raise ConsentEnded(sentence) from error
        except Exception:
            # What the library finds odd in an answer that holds tokens costs nobody a login.
            if not grants:
                raise
        finally:
            session.close()
        return grants[-1]

    def _proof(self) -> dict[str, Any]:
        """Return what proves to requests-oauthlib's peer that it is us."""
        from requests.auth import HTTPBasicAuth  # noqa: PLC0415

        if self._us.basic:
            return {"auth": HTTPBasicAuth(self._us.client_id, self._us.client_secret)}
        return {"client_secret": self._us.client_secret, "include_client_id": True}

    def refresh(self, refresh_token: str) -> Grant:
        form = {"grant_type": "refresh_token", "refresh_token": refresh_token}
        if not self._us.basic:
            form |= {"client_id": self._us.client_id, "client_secret": self._us.client_secret}
        grant = self._read_grant(self._post(self._us.token_url, form, partly))
        if self.single_use and not grant.refresh and {CUT, "refresh_token"} & {*grant.odd}:
            # Asked again soon, the provider gives the same answer, and the whole of it.
            raise TryLater(f"{self._us.consent.label} answered with half of the tokens.")
        return grant

    def revoke(self, grant: Grant) -> None:
        """End the whole grant, by its refresh token if it has one."""
        form = {"token": grant.refresh or grant.access}
        answer = self._post(self._us.revoke_url, form, glance)
        refused = answer.status in (400, 401, 403)
        if 200 <= answer.status < 300 or (refused and oauth_cause(answer) in _ENDED):
            return
        raise self._error(answer, "ending a grant")

    def _post(self, url: str, form: Mapping[str, str], read: ReadBody) -> Answer:
        headers = {"Content-Type": "application/x-www-form-urlencoded"}
        headers["Accept"] = "application/json"
        if self._us.basic:
            pair = f"{self._us.client_id}:{self._us.client_secret}".encode()
            headers["Authorization"] = f"Basic {base64.b64encode(pair).decode()}"
        body = urlencode(form).encode()
        return self._http.send("POST", url, headers, body, TIMEOUT_SECONDS, read=read)

    def _read_grant(self, answer: Answer) -> Grant:
        if not 200 <= answer.status < 300:
            raise self._error(answer, "giving tokens")
        grant = read_grant(answer.body, self._now(), self._us.consent.scopes)
        if grant is None:
            raise TryLater(f"{self._us.consent.label} answered without a token.")
        return grant

    def _error(self, answer: Answer, doing: str) -> HealthrelayError:
        """Return what a bad *answer* means; the one place that sorts them."""
        label = self._us.consent.label
        if answer.status == 410:
            sentence = f"{label} has been switched off."
            return Misconfigured(sentence, ("HEALTHRELAY_PROVIDER",)).with_cause("gone")
        if answer.status == 429:
            return RateLimited(f"{label} asks for a pause.", answer.wait(60))
        cause = oauth_cause(answer) if answer.status in (400, 401, 403) else ""
        if cause == "invalid_grant":
            return ReconnectNeeded(f"{label} no longer honours this grant ({cause}).")
        if cause:
            return Misconfigured(
                f"{label} refuses our registration ({cause}).", _CLIENT
            ).with_cause(cause)
        return TryLater(f"{label} has trouble {doing} (status {answer.status}).")


def oauth_cause(answer: Answer) -> str:
    """Return the error code of RFC 6749, or Fitbit's ``errors[0].errorType``; else nothing."""
    try:
        body = answer.json()
        code = body["error"] if "error" in body else body["errors"][0]["errorType"]
    except (LookupError, TypeError):
        return ""
    known = isinstance(code, str) and code.replace("_", "").isalpha() and len(code) <= 40
    return code if known else ""
