"""One JSON line an event on standard error, as Cloud Logging reads it.

No secret and no measurement is ever in it.
"""

from __future__ import annotations

import json
import re
import sys

# Long runs of key-like characters never belong in a line of ours, whatever brought them there.
_KEY_LIKE = r"[A-Za-z0-9_\-+/=.~]{24,}"
_NAMED = r"(?i)((?:key|code|state|token|secret|invitation|password)=)[^&\s\"']+"


def note(severity: str, event: str, **facts: object) -> None:
    """Write *event* with its *facts*; those that are None stay out."""
    line = {"severity": severity, "event": event}
    told = {name: redacted(value) for name, value in facts.items() if value is not None}
    print(json.dumps(line | told), file=sys.stderr, flush=True)  # noqa: T201


def redacted(value: object) -> object:
    """*value*, with all that could be a key or token in its text blotted out."""
    if not isinstance(value, str):
        return value
    return re.sub(_KEY_LIKE, "[redacted]", re.sub(_NAMED, r"\1[redacted]", value))
