"""When a person or a service manager wants a run to end."""

from __future__ import annotations

import signal
from threading import Event


def stopped() -> Event:
    """Set by Ctrl-C and by SIGTERM, also where whoever started us had them ignored."""
    event = Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda _number, _frame: event.set())
    return event
