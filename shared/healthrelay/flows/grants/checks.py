"""Ask a provider what a connection tells of the project there."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from healthrelay.core.defect import isolate
from healthrelay.core.grants.checks import UNKNOWN, Check, connection_checks

if TYPE_CHECKING:
    from healthrelay.flows.grants.refresh import Grants
    from healthrelay.ports.peers import Provider
    from healthrelay.ports.store import Tokens


def check_connection(
    user: str, now: datetime, *, tokens: Tokens, grants: Grants, provider: Provider
) -> tuple[Check, ...]:
    """Return what is known by the connection of *user*, after one question to the provider.

    Raise `ReconnectNeeded` where it has ended.
    """
    if tokens.load(user) is None:
        return UNKNOWN
    token = grants.current(user, now)
    return connection_checks(token, isolate(provider.account, token.grant))
