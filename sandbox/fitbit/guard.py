"""Access to the Web API: who calls, with which rights, and not too often."""

from __future__ import annotations

from flask import Response, request

from sandbox.accounts import Accounts
from sandbox.fitbit.errors import ApiError
from sandbox.fitbit.switches import FitbitSwitches
from sandbox.oauth.ledger import Ledger, TokenExpired, TokenUnknown
from sandbox.quota import Quota

# Where the data of a user are.
USER = "/1/user/<user>"


class Guard:
    """Checks a request before any data is looked at, and shows the rate limit on every answer."""

    def __init__(self, ledger: Ledger, switches: FitbitSwitches, accounts: Accounts) -> None:
        self._ledger = ledger
        self._switches = switches
        self._accounts = accounts
        self._wearer = accounts.current
        self._quota = Quota(3600, ledger.clock)

    def enter(self, user: str, scope: str) -> None:
        """Let the bearer of *scope* in to the data of *user*."""
        scopes = self._bearer()
        if self._quota.take() > self._switches.per_hour:
            error = ApiError(429, "system", "Too Many Requests")
            if self._switches.retry_after:
                error.headers["Retry-After"] = str(self._quota.reset_in())
            raise error
        if user not in ("-", self._wearer.legacy_id):
            message = f"The caller may not see the data of user {user}."
            raise ApiError(403, "insufficient_permissions", message)
        if scope not in scopes:
            message = f"This application does not have permission to access {scope} data."
            raise ApiError(403, "insufficient_scope", message)
        self._wearer.catch_up()

    def show_limit(self, response: Response) -> Response:
        """Add the rate limit headers."""
        limit = self._switches.per_hour
        response.headers["Fitbit-Rate-Limit-Limit"] = str(limit)
        response.headers["Fitbit-Rate-Limit-Remaining"] = str(max(0, limit - self._quota.used))
        response.headers["Fitbit-Rate-Limit-Reset"] = str(self._quota.reset_in())
        return response

    def _bearer(self) -> tuple[str, ...]:
        kind, _, token = request.headers.get("Authorization", "").partition(" ")
        if kind.lower() != "bearer" or not token:
            raise ApiError(401, "invalid_token", "Access token missing.")
        try:
            bearer = self._ledger.bearer(token)
        except TokenExpired:
            raise ApiError(401, "expired_token", f"Access token expired: {token}") from None
        except TokenUnknown:
            raise ApiError(401, "invalid_token", f"Access token invalid: {token}") from None
        self._accounts.enter(bearer.account)
        return bearer.scopes
