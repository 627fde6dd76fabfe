"""Google's token and revocation endpoints."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, jsonify, make_response, request

from sandbox.accounts import Accounts
from sandbox.google import scopes
from sandbox.google.switches import GoogleSwitches
from sandbox.oauth.client import Client, client_credentials
from sandbox.oauth.consent import ConsentPage, ConsentRules
from sandbox.oauth.ledger import Grant, Ledger, Refused

_TESTING_LIFETIME_SECONDS = 604_799
_DEAD = "Token has been expired or revoked."


class GoogleOAuth:
    """Authorize, token and revoke, as an application with a secret sees them."""

    def __init__(
        self, client: Client, ledger: Ledger, switches: GoogleSwitches, accounts: Accounts
    ) -> None:
        self._client = client
        self._ledger = ledger
        self._switches = switches
        rules = ConsentRules(
            title="Google",
            scopes=self._scopes,
            prompts=frozenset({"consent", "select_account"}),
            access_types=frozenset({"online", "offline"}),
            scope_in_answer=True,
        )
        self._consent = ConsentPage(rules, client, ledger, accounts)

    def routes(self) -> Blueprint:
        """Return the three endpoints."""
        routes = Blueprint("google_oauth", __name__)
        routes.add_url_rule(
            "/o/oauth2/v2/auth", "auth", self._consent.view, methods=["GET", "POST"]
        )
        routes.add_url_rule("/token", "token", self.token, methods=["POST"])
        routes.add_url_rule("/revoke", "revoke", self.revoke, methods=["POST"])
        return routes

    def token(self) -> Response:
        """Exchange a code, or refresh."""
        try:
            with self._ledger.lock:
                self._check_client()
                return _answer(self._exchange(), 200)
        except Refused as refusal:
            status = 401 if refusal.error == "invalid_client" else 400
            words = {"error": refusal.error, "error_description": refusal.description}
            return _answer(words, status)

    def revoke(self) -> Response:
        """Revoke all that an account has granted, given any of its tokens."""
        if self._ledger.revoke(request.values.get("token", "")):
            return make_response("", 200)
        words = {"error": "invalid_token", "error_description": "Token expired or revoked"}
        return _answer(words, 400)

    def _scopes(self) -> dict[str, str]:
        known = scopes.labels()
        return {s: known[s] for s in known if s not in self._switches.withdrawn_scopes}

    def _check_client(self) -> None:
        credentials = client_credentials(request)
        if credentials is None:
            raise Refused("invalid_request", "Could not determine client ID from request.")
        if credentials.id != self._client.id:
            raise Refused("invalid_client", "The OAuth client was not found.")
        if not self._client.owns(credentials):
            raise Refused("invalid_client", "The provided client secret is invalid.")

    def _exchange(self) -> dict[str, Any]:
        kinds = {"authorization_code": self._redeem, "refresh_token": self._renew}
        kind = _require("grant_type")
        if kind not in kinds:
            raise Refused("unsupported_grant_type", f"Invalid grant_type: {kind}")
        return kinds[kind]()

    def _redeem(self) -> dict[str, Any]:
        code, uri = _require("code"), _require("redirect_uri")
        grant = self._ledger.redeem(code, uri, request.form.get("code_verifier", ""))
        answer = self._access(grant, grant.scopes)
        if grant.renewable:
            lifetime = _TESTING_LIFETIME_SECONDS if self._switches.testing else None
            answer["refresh_token"] = self._ledger.new_refresh(grant, lifetime)
            if lifetime is not None:
                answer["refresh_token_expires_in"] = lifetime
        return answer

    def _renew(self) -> dict[str, Any]:
        held = self._ledger.refresh(_require("refresh_token"))
        if held is None:
            raise Refused("invalid_grant", _DEAD)
        scopes = tuple(request.form.get("scope", "").split()) or held.grant.scopes
        if not set(scopes) <= set(held.grant.scopes):
            raise Refused("invalid_scope", "Some requested scopes were not granted.")
        return self._access(held.grant, scopes)

    def _access(self, grant: Grant, granted: tuple[str, ...]) -> dict[str, Any]:
        return {
            "access_token": self._ledger.new_access(grant, granted),
            "expires_in": self._ledger.access_lifetime,
            "scope": " ".join(granted),
            "token_type": "Bearer",
        }


def _require(name: str) -> str:
    value = request.form.get(name, "")
    if not value:
        raise Refused("invalid_request", f"Missing required parameter: {name}")
    return value


def _answer(body: dict[str, Any], status: int) -> Response:
    return make_response(jsonify(body), status, {"Cache-Control": "no-store"})
