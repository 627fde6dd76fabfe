"""Keys of log entries, from the names of Google's data points."""

import hashlib
from datetime import datetime

from healthrelay.core.json import Raw

MAX_DIGITS = 20
"""Of an unsigned integer of 64 bits."""


def log_id(point: Raw, instant: datetime, replaced: set[str]) -> int:
    """Return the number at the end of the point's name, or one made from the whole name.

    The legacy shape wants an integer. All of Google's own points have one; any other name was made
    by a client, and nothing less than all of it is unique. 53 bits of its hash are what every
    reader of JSON holds exactly. A point without a name has its *instant* in milliseconds.

    Such a name gave way to the instant before, which other points may share: that key is added to
    those that are *replaced*.
    """
    name = str(point.get("dataPointName") or point.get("name") or "")
    tail = name.rpartition("/")[2]
    digits = tail.isascii() and tail.isdigit()
    former = int(tail) if digits else int(instant.timestamp() * 1000)
    if not name or (digits and len(tail) <= MAX_DIGITS and str(former) == tail):
        return former
    replaced.add(str(former))
    return int.from_bytes(hashlib.sha256(name.encode()).digest()[:8]) >> 11
