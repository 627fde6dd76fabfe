"""Who may call a private function: the owner by their key, or one account by its identity token."""

from __future__ import annotations

import base64
from datetime import timedelta
from typing import TYPE_CHECKING

from healthrelay.core.errors import NotAllowed
from healthrelay.web.endpoint import bearer, secrets_equal

if TYPE_CHECKING:
    from collections.abc import Mapping

    from flask import Request

    from healthrelay.web.services import WebServices

MAX_CLOCK_SKEW = timedelta(minutes=5)


def require_invoker(request: Request, services: WebServices, function: str) -> None:
    """Raise `NotAllowed` unless whoever calls may run the private *function*.

    Under the guard ``iam`` Cloud Run has checked the signature of the caller's identity token
    before the request came here, and cut it off
    (cloud.google.com/run/docs/authenticating/service-to-service). What the token says is looked at
    here as well: where a function was deployed open by mistake, or its platform lets other
    accounts in, nobody else gets further.
    """
    token = bearer(request)
    if services.guard == "iam":
        if not token:
            raise NotAllowed("Call with an identity token as Authorization: Bearer.")
        _require_claims(_claims(token), services, function)
    else:
        require_owner_key(request, services)


def require_owner_key(request: Request, services: WebServices) -> None:
    """Raise `NotAllowed` unless the owner key came along."""
    if not secrets_equal(bearer(request), services.owner_key):
        raise NotAllowed("The owner key is missing or wrong: send it as Authorization: Bearer.")


def _require_claims(claims: Mapping[str, object], services: WebServices, function: str) -> None:
    if claims.get("email") != services.invoker or claims.get("email_verified") is not True:
        raise NotAllowed("This identity token is of an account that may not call.")
    if claims.get("aud") != services.private_address(function):
        raise NotAllowed("This identity token is for another function.")
    ends = claims.get("exp")
    if not isinstance(ends, int) or services.now().timestamp() > ends + MAX_CLOCK_SKEW.seconds:
        raise NotAllowed("This identity token has expired.")


def _claims(token: str) -> Mapping[str, object]:
    """Return what *token*, a JSON Web Token, says (RFC 7519); nothing where it is none."""
    from healthrelay.core.json_body import parse_json  # noqa: PLC0415 - for the cloud alone

    payload = token.split(".")[1] if token.count(".") == 2 else ""
    try:
        claims = parse_json(base64.urlsafe_b64decode(payload + "=" * (-len(payload) % 4)))
    except ValueError:
        return {}
    return claims if isinstance(claims, dict) else {}
