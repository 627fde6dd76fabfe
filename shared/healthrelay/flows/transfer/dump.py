"""Everything that a store holds, as lines of JSON.

The first line names the format, the last one has the SHA-256 of all lines before it and their
number; between them come the people, each in lines of their own, and the application's values.
Nothing is opened: what is sealed stays sealed. Used rounds of consent are left out, because they
end within minutes.
"""

import hashlib
from collections.abc import Callable, Iterator, Mapping
from datetime import datetime
from typing import NamedTuple

from healthrelay.core.damage import Damaged
from healthrelay.core.defect import isolate
from healthrelay.core.errors import Bug, HealthrelayError
from healthrelay.core.json import to_text
from healthrelay.flows.transfer.person import Line, Step, read_person, to_lines
from healthrelay.ports.store import Store

FORMAT = "healthrelay store"
VERSION = 2
"""Version 1 had what was covered instead of the ledger, and records without their origins."""
LOADING = "loading"
"""The application's value that names the file which is being loaded; no file has it."""


class Dumped(NamedTuple):
    people: int
    records: int
    left_out: Mapping[str, HealthrelayError] = {}
    """Person → why they are not in the file."""


def dump(
    store: Store,
    now: datetime,
    write: Callable[[bytes], object],
    report: Callable[[Step], None] = lambda _step: None,
) -> Dumped:
    """Give *write* one line after the other; no more than one person is in memory at once.

    Who cannot be read is left out, and all others are there. The same content gives the same
    bytes, but for the instant in the first line.
    """
    digest, count = hashlib.sha256(), 0
    people = records = 0
    left_out: dict[str, HealthrelayError] = {}
    for line in _lines(store, now, report, left_out):
        encoded = to_bytes(line)
        digest.update(encoded)
        write(encoded)
        count += 1
        people += "person" in line
        records += "record" in line
    write(to_bytes({"digest": digest.hexdigest(), "lines": count}))
    return Dumped(people, records, left_out)


def to_bytes(line: Line) -> bytes:
    """Return *line* in ASCII, so that any text survives, lone surrogates too."""
    return to_text(line).encode() + b"\n"


def _lines(
    store: Store,
    now: datetime,
    report: Callable[[Step], None],
    left_out: dict[str, HealthrelayError],
) -> Iterator[Line]:
    names = store.identities.names()
    yield {"format": FORMAT, "version": VERSION, "at": now.isoformat(), "people": len(names)}
    for number, user in enumerate(names, 1):
        report(Step(number, len(names), user))
        person = isolate(read_person, store, user)
        if isinstance(person, Damaged | Bug):
            left_out[user] = person
        elif isinstance(person, HealthrelayError):
            raise person  # the store itself: nobody else could be read, either
        elif person:
            yield from to_lines(user, person)
    values = store.identities.application()
    values.pop(LOADING, None)
    yield {"application": dict(sorted(values.items()))}
