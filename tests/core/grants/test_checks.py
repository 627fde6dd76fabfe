"""What a connection tells of the project at the provider."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from healthrelay.core.errors import HealthrelayError, Misconfigured, TryLater
from healthrelay.core.grants.checks import Check, connection_checks
from healthrelay.core.grants.grant_health import GrantHealth
from healthrelay.core.grants.token import Account, Grant, Token
from healthrelay.core.trouble import Trouble

NOW = datetime(2026, 11, 28, 15, tzinfo=UTC)
OFF = Misconfigured("Enable it.").with_cause("service_disabled")


def token(account: str = "jacks", days: int | None = None, reading: str = "") -> Token:
    ends = None if days is None else NOW + timedelta(days=days)
    grant = Grant("access", "refresh", NOW, ("scope",), ends)
    trouble = Trouble(reading, "owner", "Off.", NOW) if reading else None
    return Token("google_health", Account(account), grant, NOW, GrantHealth(reading=trouble))


@pytest.mark.parametrize(
    ("held", "asked", "states"),
    [
        (token(), None, ("yes", "yes", "yes")),
        (token(), Account("jacks"), ("yes", "yes", "yes")),
        (token(), Account("mias"), ("yes", "yes", "no")),
        (token(), Account(""), ("later", "yes", "later")),
        (token(), OFF, ("no", "yes", "later")),
        (token(), TryLater("Down."), ("later", "yes", "later")),
        # Nobody knows whose it is yet: the question failed when they connected.
        (token(""), None, ("later", "yes", "later")),
        (token(""), Account("jacks"), ("yes", "yes", "later")),
        # What the newest fetch met, and what the provider says now.
        (token(reading="service_disabled"), None, ("no", "yes", "yes")),
        (token(reading="service_disabled"), Account("jacks"), ("yes", "yes", "yes")),
        (token(reading="scope_missing"), None, ("yes", "yes", "yes")),
        # Google: 604,799 seconds in Testing; an owner of Cloud may end a permission otherwise.
        (token(days=7), None, ("yes", "no", "yes")),
        (token(days=90), None, ("yes", "yes", "yes")),
    ],
)
def test_api_production_account(
    held: Token, asked: Account | HealthrelayError | None, states: tuple[str, ...]
) -> None:
    names = ("api", "production", "account")

    assert connection_checks(held, asked) == tuple(map(Check, names, states))
