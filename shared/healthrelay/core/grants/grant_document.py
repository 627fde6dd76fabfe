"""The form of a stored grant, on which its readers rely; `flows.grants.document` has its fields."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from healthrelay.core.json import instant, require
from healthrelay.core.trouble import Trouble


def read_grant(document: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return *document* if it has the form of a grant. Raise `ValueError` and its like if not."""
    for name in ("provider", "account", "sealed", "expires_at"):
        require(document[name], str)
    for name, check in _CHECKS.items():
        if document.get(name) is not None:
            check(document[name])
    return document


def _check_texts(values: Any) -> None:
    for value in require(values, list):
        require(value, str)


def _check_lease(lease: Any) -> None:
    require(lease["owner"], str)
    require(lease["generation"], int)
    instant(lease["until"])


def _check_health(health: Any) -> None:
    for name, check in _HEALTH.items():
        if require(health, dict).get(name):
            check(health[name])


def _check_odd(odd: Any) -> None:
    for days in require(odd, dict).values():
        for day, number in require(days, dict).items():
            require(day, str)
            require(number, int)


def _check_text(value: Any) -> None:
    require(value, str)


_HEALTH: Mapping[str, Callable[[Any], object]] = {
    "failures": int,
    "retry_at": instant,
    "refused_at": instant,
    "ended_at": instant,
    "refreshing": Trouble.from_document,
    "reading": Trouble.from_document,
    "odd": _check_odd,
}
_CHECKS: Mapping[str, Callable[[Any], object]] = {
    "zone": _check_text,
    "connected_at": instant,
    "expires_at": instant,
    "grant_expires_at": instant,
    "scopes": _check_texts,
    "generation": int,
    "lease": _check_lease,
    "health": _check_health,
    "unconfirmed": read_grant,
}
"""Of what may be missing, or nothing."""
