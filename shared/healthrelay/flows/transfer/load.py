"""A dump into a store in which its people do not exist.

The whole file is read and checked before anything is written. Each person appears whole or not
at all (`Store.restore`). While it lasts the application's values name the file: when it was cut
short and runs again, whoever is there already came from this file.
"""

import hashlib
import json
from collections.abc import Callable, Iterator
from typing import BinaryIO

from healthrelay.core.errors import BadRequest, Duplicate, Unknown
from healthrelay.flows.household.application import amend
from healthrelay.flows.transfer.dump import FORMAT, LOADING, VERSION, Dumped, to_bytes
from healthrelay.flows.transfer.person import Line, Step, from_lines
from healthrelay.ports.store import PersonDump, Store


def load_person(file: BinaryIO, user: str, store: Store) -> Dumped:
    """Load *user* alone of *file*, beside whoever is here.

    Raise as `load`, and `Unknown` for somebody who is not in the file.
    """
    found = None
    for name, person in _Content(file).people():  # to the end, where the digest is
        found = person if name == user else found
    if found is None:
        raise Unknown(f"There is no {user} in the file.")
    store.restore(user, found)
    return Dumped(1, len(found.records))


def load(
    file: BinaryIO, store: Store, report: Callable[[Step], None] = lambda _step: None
) -> Dumped:
    """Load all people of *file* and the application's values; it can be killed and run again.

    Raise `BadRequest` for a file that is damaged, cut short or of a newer format, `Duplicate`
    when people of it, or other values of the application, are here; then nothing is written.
    """
    content = _Content(file)
    names = [user for user, _ in content.people()]
    values = store.identities.application()
    existing = sorted({*names}.intersection(store.identities.names()))
    if values.get(LOADING) != content.digest:  # otherwise all that exists came from this file
        _refuse_known(existing, content.application, values)
        ours = {**content.application, LOADING: content.digest}
        amend(store.identities, lambda before: {**before, **ours})
    records = 0
    for number, (user, person) in enumerate(content.people(), 1):
        report(Step(number, len(names), user))
        if user not in existing:
            store.restore(user, person)
        records += len(person.records)
    amend(store.identities, lambda before: {n: v for n, v in before.items() if n != LOADING})
    return Dumped(len(names), records)


def _refuse_known(people: list[str], ours: dict[str, str], theirs: dict[str, str]) -> None:
    """Raise `Duplicate` when *people* exist, or the application's values would be replaced."""
    if people:
        raise Duplicate(f"Nothing was loaded: {', '.join(people)} exist in this store already.")
    if others := [name for name, value in ours.items() if theirs.get(name, value) != value]:
        raise Duplicate(f"Nothing was loaded: this store has another {', '.join(others)}.")


class _Content:
    """What stands in *file*; `application` and `digest` are known once all people were read."""

    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        self.application: dict[str, str] = {}
        self.digest = ""

    def people(self) -> Iterator[tuple[str, PersonDump]]:
        """Read the people, from the first one on. Raise `BadRequest` as `load`."""
        lines = self._lines()
        _check_format(next(lines, {}))
        try:
            for line in lines:
                if "application" in line:
                    self.application = line["application"]
                else:
                    yield line["person"], from_lines(line, lines)
        except (AttributeError, KeyError, TypeError, ValueError, StopIteration) as error:
            raise _damaged_error() from error

    def _lines(self) -> Iterator[Line]:
        """Read all lines but the last, against which they are checked."""
        digest = hashlib.sha256()
        self._file.seek(0)
        for count, encoded in enumerate(self._file):
            line = _parse_line(encoded)
            if "digest" in line:
                self.digest = digest.hexdigest()
                last = to_bytes({"digest": self.digest, "lines": count})
                if encoded != last or self._file.read(1):
                    raise _damaged_error()
                return
            yield line
            digest.update(encoded)
        raise BadRequest("The file is cut short: its last line, the digest, is missing.")


def _parse_line(encoded: bytes) -> Line:
    try:
        # Not `parse_json`: what a store has held comes back as it was, whatever it is.
        line = json.loads(encoded)
    except (ValueError, RecursionError) as error:
        if encoded.endswith(b"\n"):
            raise _damaged_error() from error
        raise BadRequest("The file is cut short in the middle of a line.") from error
    if not isinstance(line, dict):
        raise _damaged_error()
    return line


def _check_format(line: Line) -> None:
    if line.get("format") != FORMAT:
        raise BadRequest("This is no file that healthrelay dump has written.")
    if line.get("version") not in (1, VERSION):
        raise BadRequest(
            f"The file has version {line.get('version')} of the format, and we read 1 and"
            f" {VERSION}: a newer healthrelay has written it."
        )


def _damaged_error() -> BadRequest:
    return BadRequest("The file is damaged: its content is not what its digest says.")
