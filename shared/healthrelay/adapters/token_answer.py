"""A token endpoint's good answer: the tokens first, whatever stands beside them.

The refresh token that was sent for it may be spent: an answer that is thrown away is a login
that is lost. So the tokens are kept even of an answer that is no JSON, and what cannot be read
beside them counts as absent. Seen in the wild: ``expires_in`` as a text ("3599.5", "3600s"),
``scope`` null or a list, a ``refresh_token_expires_in`` that is no number.
"""

import re
from collections.abc import Collection
from datetime import datetime, timedelta
from decimal import Decimal, InvalidOperation
from typing import Any

from healthrelay.core.grants.token import FOREIGN_SCOPES, Grant
from healthrelay.core.header import is_header_value
from healthrelay.core.json_body import parse_json

DEFAULT_LIFETIME = timedelta(hours=1)
MAX_LIFETIME = timedelta(days=366)
MAX_GRANT_LIFETIME = timedelta(days=3660)
MAX_NUMBER_LENGTH = 40
CUT = "body"
"""Names, among what is odd, an answer that is no JSON as a whole."""
_TOKEN_MEMBERS = ("access_token", "refresh_token")


def read_grant(body: bytes, now: datetime, known_scopes: Collection[str]) -> Grant | None:
    """Return the grant in *body*, None when it holds no token.

    Without an access token it has an empty one, which ends *now*. Scopes that are not among the
    *known* ones are left out. ``odd`` names what stood there and could not be read.
    """
    fields = parse_json(body)
    cut = not isinstance(fields, dict)
    if cut:
        fields = _salvage(body)
    access, refresh = (_token(fields.get(name)) for name in _TOKEN_MEMBERS)
    if not access and not refresh:
        return None
    lifetime = _lifetime(fields.get("expires_in"), MAX_LIFETIME)
    grant_lifetime = _lifetime(fields.get("refresh_token_expires_in"), MAX_GRANT_LIFETIME)
    scopes = _scopes(fields.get("scope"), known_scopes)
    user = _text(fields.get("user_id"))
    read = {
        "access_token": access,
        "refresh_token": refresh,
        "expires_in": lifetime,
        "refresh_token_expires_in": grant_lifetime,
        "scope": scopes,
        "user_id": user,
    }
    return Grant(
        access=access or "",
        refresh=refresh,
        expires_at=now + ((lifetime or DEFAULT_LIFETIME) if access else timedelta()),
        scopes=scopes,
        refresh_expires_at=now + grant_lifetime if grant_lifetime else None,
        user=user,
        odd=(
            *([CUT] if cut else []),
            *(name for name, value in read.items() if name in fields and not value),
            *([FOREIGN_SCOPES] if not scopes and _is_foreign(fields.get("scope")) else []),
        ),
    )


def _salvage(body: bytes) -> dict[str, Any]:
    """Return the tokens in what is no JSON as a whole: cut short, or with a member gone wrong."""
    text = body.decode(errors="replace")
    pairs = re.findall(rf'"({"|".join(_TOKEN_MEMBERS)})"\s*:\s*"([^"\\\s]+)"', text)
    return dict(pairs)


def _token(value: object) -> str | None:
    """Return a token: printable ASCII (RFC 6749, appendix A), or a line has mixed something in.

    Without a new refresh token the one before stays, with which the answer may come again.
    """
    text = _text(value)
    return text if text and is_header_value(text) else None


def _text(value: object) -> str | None:
    if isinstance(value, bool) or not isinstance(value, str | int):
        return None
    return str(value).strip()


def _scopes(value: object, known: Collection[str]) -> tuple[str, ...]:
    """Return the known scopes in a text, by spaces or commas, or in a list."""
    if isinstance(value, str):
        value = re.split(r"[\s,]+", value)
    if not isinstance(value, list):
        return ()
    return tuple(each for each in value if isinstance(each, str) and each in known)


def _is_foreign(scope: object) -> bool:
    """Return whether *scope* says clearly that other things were given than we know."""
    words = scope.split() if isinstance(scope, str) else []
    return bool(words) and all(re.fullmatch(r"openid|email|https://\S+", word) for word in words)


def _lifetime(value: object, most: timedelta) -> timedelta | None:
    """Return the seconds that *value*, a number or a text, says, at *most* so many."""
    text = "" if isinstance(value, bool) else str(value).strip().removesuffix("s")
    try:
        seconds = Decimal(text if len(text) <= MAX_NUMBER_LENGTH else "")
    except InvalidOperation:
        return None
    if not seconds.is_finite() or seconds < 1:
        return None
    # Bounded before it is converted: an exponent of nine digits would fill the memory.
    return timedelta(seconds=int(min(seconds, Decimal(int(most.total_seconds())))))
