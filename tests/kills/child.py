"""One flow in a process of its own, killed before a step of it or run to its end.

``python -m tests.kills.child FLOW ARGUMENTS [LAST]``: *ARGUMENTS* is JSON, the instant ``now``
among it; at the end the names of the steps are printed as JSON.
"""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable
from datetime import datetime
from typing import Any

from healthrelay import config
from healthrelay.assembly import Services
from healthrelay.flows import connect
from healthrelay.flows.disconnect import Desk, disconnect
from healthrelay.flows.erase import erase
from healthrelay.flows.fetch import Desk as FetchDesk
from healthrelay.flows.fetch import fetch
from healthrelay.flows.relay import Form, poll
from tests.kills.steps import Steps, WatchedServices


def connecting(built: Services, said: dict[str, Any], now: datetime) -> None:
    """The way back from a consent."""
    desk = connect.Desk(
        built.owner_key, built.consent, built.store, built.grants, built.consents, built.provider
    )
    connect.finish(connect.Return(said["query"], said["cookies"]), desk, now)


def fetching(built: Services, said: dict[str, Any], now: datetime) -> None:
    """Refresh, read, store, relay."""
    courier = built.courier._replace(now=lambda: now)
    desk = FetchDesk(built.store, built.grants, built.provider, built.consent, courier)
    fetch("jack", said["query"], desk, now)


def polling(built: Services, said: dict[str, Any], _now: datetime) -> None:
    """Igor's question."""
    poll("jack", said["key"], built.store, Form(365))


def disconnecting(built: Services, _said: dict[str, Any], now: datetime) -> None:
    """Revoke, forget."""
    disconnect("jack", leaving(built), now)


def erasing(built: Services, _said: dict[str, Any], now: datetime) -> None:
    """Revoke, forget, remove."""
    erase("jack", leaving(built), now)


def leaving(built: Services) -> Desk:
    """What both need."""
    return Desk(built.store, built.vault, built.settings.provider, built.consents.revoke)


FLOWS: dict[str, Callable[[Services, dict[str, Any], datetime], None]] = {
    "connect": connecting,
    "fetch": fetching,
    "relay": polling,
    "disconnect": disconnecting,
    "erase": erasing,
}


def main(flow: str, arguments: str, last: str | None = None) -> None:
    """Run *flow*, but no further than to the step numbered *last*."""
    said = json.loads(arguments)
    built = WatchedServices(config.load(os.environ))
    built.steps = Steps(int(last) if last else None)
    FLOWS[flow](built, said, datetime.fromisoformat(said["now"]))
    built.steps.reach("the end")
    print(json.dumps(built.steps.taken), flush=True)


if __name__ == "__main__":
    main(*sys.argv[1:])
