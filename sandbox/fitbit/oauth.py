"""Fitbit's token and revocation endpoints."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, jsonify, make_response, request

from sandbox.accounts import Accounts
from sandbox.fitbit.errors import ApiError
from sandbox.fitbit.switches import FitbitSwitches
from sandbox.oauth.client import Client, client_credentials
from sandbox.oauth.consent import ConsentPage, ConsentRules
from sandbox.oauth.ledger import Grant, Ledger, Refresh, Refused

_SCOPES = {
    "activity": "See your activity and exercise",
    "cardio_fitness": "See your cardio fitness",
    "electrocardiogram": "See your electrocardiograms",
    "heartrate": "See your heart rate",
    "irregular_rhythm_notifications": "See your irregular rhythm notifications",
    "location": "See where you exercised",
    "nutrition": "See your food and water",
    "oxygen_saturation": "See your oxygen saturation",
    "profile": "See your profile",
    "respiratory_rate": "See your breathing rate",
    "settings": "See your devices and settings",
    "sleep": "See your sleep",
    "social": "See your friends",
    "temperature": "See your skin temperature",
    "weight": "See your weight and body fat",
}


class FitbitOAuth:
    """Authorize, token and revoke. One pair of tokens is valid at a time."""

    def __init__(
        self, client: Client, ledger: Ledger, switches: FitbitSwitches, accounts: Accounts
    ) -> None:
        self._client = client
        self._ledger = ledger
        self._switches = switches
        self._accounts = accounts
        rules = ConsentRules(
            title="Fitbit", scopes=lambda: _SCOPES, prompts=frozenset({"none", "consent", "login"})
        )
        self._consent = ConsentPage(rules, client, ledger, accounts)

    def routes(self) -> Blueprint:
        """Return the three endpoints."""
        routes = Blueprint("fitbit_oauth", __name__)
        routes.register_error_handler(ApiError, lambda error: error.response())
        routes.add_url_rule(
            "/oauth2/authorize", "authorize", self._consent.view, methods=["GET", "POST"]
        )
        routes.add_url_rule("/oauth2/token", "token", self.token, methods=["POST"])
        routes.add_url_rule("/oauth2/revoke", "revoke", self.revoke, methods=["POST"])
        return routes

    def token(self) -> Response:
        """Exchange a code, or refresh."""
        self._check_client()
        kinds = {"authorization_code": self._redeem, "refresh_token": self._renew}
        kind = _require("grant_type")
        if kind not in kinds:
            raise ApiError(400, "unsupported_grant_type", f"Unsupported grant_type: {kind}")
        with self._ledger.lock:
            return make_response(jsonify(kinds[kind]()), 200, {"Cache-Control": "no-store"})

    def revoke(self) -> Response:
        """Kill the wearer's consent, given any of its tokens; a dead token is no error."""
        self._check_client()
        self._ledger.revoke(_require("token"))
        return make_response("", 200)

    def _check_client(self) -> None:
        credentials = client_credentials(request)
        stated = request.form.get("client_id", self._client.id)
        basic = credentials is not None and credentials.basic
        known = credentials is not None and self._client.owns(credentials)
        if not (basic and known and stated == self._client.id):
            message = "Invalid authorization header. Client id and secret are required."
            raise ApiError(401, "invalid_client", message)

    def _redeem(self) -> dict[str, Any]:
        code, uri = _require("code"), _require("redirect_uri")
        try:
            grant = self._ledger.redeem(code, uri, request.form.get("code_verifier", ""))
        except Refused as refusal:
            message = f"Authorization code invalid: {refusal.description}"
            raise ApiError(400, "invalid_grant", message) from None
        self._ledger.keep_only(grant)
        return self._pair(grant)

    def _renew(self) -> dict[str, Any]:
        token = _require("refresh_token")
        held = self._ledger.refresh(token)
        if held is None or (held.used_at is not None and not self._in_grace(held)):
            message = f"Refresh token invalid: {token}. Visit the authorization page again."
            raise ApiError(400, "invalid_grant", message)
        if held.used_at is None:
            self._ledger.forget_access(held.grant)
            held.answer = self._pair(held.grant)
            held.used_at = self._ledger.clock()
        return held.answer

    def _in_grace(self, held: Refresh) -> bool:
        used_at = held.used_at or 0
        return self._ledger.clock() - used_at < self._switches.grace

    def _pair(self, grant: Grant) -> dict[str, Any]:
        return {
            "access_token": self._ledger.new_access(grant),
            "expires_in": self._ledger.access_lifetime,
            "refresh_token": self._ledger.new_refresh(grant),
            "scope": " ".join(grant.scopes),
            "token_type": "Bearer",
            "user_id": self._accounts.find(grant.account).legacy_id,
        }


def _require(name: str) -> str:
    value = request.form.get(name, "")
    if not value:
        raise ApiError(400, "invalid_request", f"Missing '{name}' parameter value.")
    return value
