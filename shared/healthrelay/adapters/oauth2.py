"""A provider's token endpoint: a code or a refresh token in, a grant out; and a grant's end.

The first exchange goes through requests-oauthlib; a refresh, which every later fetch pays
for, is one small form over the pool that is open anyway. Both providers' refusals are sorted
before a library can blur them.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Any, NamedTuple
from urllib.parse import urlencode

from healthrelay.adapters.http import Answer, Http
from healthrelay.core.errors import (
    ConsentEnded,
    HealthrelayError,
    Misconfigured,
    RateLimited,
    ReconnectNeeded,
    TryLater,
)
from healthrelay.core.grants.token import Grant

TIMEOUT_SECONDS = 20
_DEAD = {"invalid_grant"}
_ENDED = {"invalid_token", "invalid_grant", "expired_token"}
"""What Google (400) and Fitbit call a token that was revoked before."""
_CLIENT = ("HEALTHRELAY_CLIENT_ID", "HEALTHRELAY_CLIENT_SECRET", "HEALTHRELAY_PUBLIC_URL")


class Registration(NamedTuple):
    """Our registration with a provider. *basic*: the secret goes into the header (Fitbit)."""

    label: str
    token_url: str
    revoke_url: str
    client_id: str
    redirect_uri: str
    basic: bool
    client_secret: str
    single_use: bool = False

    def __repr__(self) -> str:
        return f"Registration({self.label}, {self.client_id})"


class OAuth2TokenEndpoint:
    """Satisfies `healthrelay.ports.peers.TokenEndpoint`; *now* is when an answer came."""

    def __init__(self, registration: Registration, http: Http, now: Callable[[], datetime]) -> None:
        self._now = now
        self._us = registration
        self.single_use = registration.single_use
        self._http = http

    def exchange(self, code: str, verifier: str) -> Grant:
        """Redeem *code*; a refusal means that the wearer must start over."""
        # Loaded here: fetch, which only refreshes, starts a third faster without it.
        from requests import RequestException  # noqa: PLC0415
        from requests.auth import HTTPBasicAuth  # noqa: PLC0415
        from requests_oauthlib import OAuth2Session  # noqa: PLC0415

        session = OAuth2Session(self._us.client_id, redirect_uri=self._us.redirect_uri)
        answers: list[Answer] = []
        session.hooks["response"].append(lambda r, **_: answers.append(self._checked(_answer(r))))
        how: dict[str, Any] = (
            {"auth": HTTPBasicAuth(self._us.client_id, self._us.client_secret)}
            if self._us.basic
            else {"client_secret": self._us.client_secret, "include_client_id": True}
        )
        try:
            session.fetch_token(
                self._us.token_url,
                code=code,
                code_verifier=verifier,
                timeout=TIMEOUT_SECONDS,
                **how,
            )
        except ReconnectNeeded as error:
            raise ConsentEnded(
                f"{self._us.label} no longer accepts this consent. Please connect again."
            ) from error
        except RequestException as error:
            raise TryLater(
                f"{self._us.label} gave no whole answer ({type(error).__name__})."
            ) from error
        finally:
            session.close()
        return _grant(answers[-1].json(), self._now())

    def refresh(self, refresh_token: str) -> Grant:
        """Return a new access token for *refresh_token*."""
        form = {"grant_type": "refresh_token", "refresh_token": refresh_token}
        if not self._us.basic:
            form |= {"client_id": self._us.client_id, "client_secret": self._us.client_secret}
        answer = self._checked(self._post(self._us.token_url, form))
        return _grant(answer.json(), self._now())

    def revoke(self, grant: Grant) -> None:
        """End the whole grant, by its refresh token if it has one."""
        answer = self._post(self._us.revoke_url, {"token": grant.refresh or grant.access})
        if answer.status == 200 or (answer.status in (400, 401, 403) and _cause(answer) in _ENDED):
            return
        raise self._trouble(answer, "ending a grant")

    def _post(self, url: str, form: Mapping[str, str]) -> Answer:
        headers = {
            "Content-Type": "application/x-www-form-urlencoded",
            "Accept": "application/json",
        }
        if self._us.basic:
            pair = f"{self._us.client_id}:{self._us.client_secret}".encode()
            headers["Authorization"] = f"Basic {base64.b64encode(pair).decode()}"
        return self._http.send("POST", url, headers, urlencode(form).encode(), TIMEOUT_SECONDS)

    def _checked(self, answer: Answer) -> Answer:
        """Return a good *answer*."""
        if answer.status == 200 and isinstance(answer.json(), dict):
            if not answer.json().get("access_token"):
                raise TryLater(f"{self._us.label} answered without a token.")
            return answer
        raise self._trouble(answer, "giving tokens")

    def _trouble(self, answer: Answer, doing: str) -> HealthrelayError:
        """Return what a bad *answer* means; the one place that sorts them."""
        label = self._us.label
        if answer.status == 410:
            return Misconfigured(
                f"{label} has been switched off.", ("HEALTHRELAY_PROVIDER",)
            ).named("gone")
        if answer.status == 429:
            return RateLimited(f"{label} asks for a pause.", answer.wait(60))
        cause = _cause(answer)
        if answer.status in (400, 401, 403) and cause in _DEAD:
            return ReconnectNeeded(f"{label} no longer honours this grant ({cause}).")
        if answer.status in (400, 401, 403) and cause:
            return Misconfigured(f"{label} refuses our registration ({cause}).", _CLIENT)
        return TryLater(f"{label} has trouble {doing} (status {answer.status}).")


def _answer(response: Any) -> Answer:
    headers = {name.lower(): value for name, value in response.headers.items()}
    return Answer(response.status_code, headers, response.content)


def _cause(answer: Answer) -> str:
    """Return the error code of RFC 6749, or Fitbit's ``errors[0].errorType``; else nothing."""
    try:
        body = json.loads(answer.body)
        code = body["error"] if "error" in body else body["errors"][0]["errorType"]
    except (ValueError, LookupError, TypeError):
        return ""
    known = isinstance(code, str) and code.replace("_", "").isalpha() and len(code) <= 40
    return code if known else ""


def _grant(body: dict[str, Any], now: datetime) -> Grant:
    scope = body.get("scope", "")
    scopes = scope.split() if isinstance(scope, str) else [str(part) for part in scope]
    ends = body.get("refresh_token_expires_in")
    return Grant(
        access=str(body["access_token"]),
        refresh=body.get("refresh_token") or None,
        expires_at=now + timedelta(seconds=int(body.get("expires_in") or 3600)),
        scopes=tuple(scopes),
        refresh_expires_at=now + timedelta(seconds=int(ends)) if ends else None,
        user=body.get("user_id") or None,
    )
