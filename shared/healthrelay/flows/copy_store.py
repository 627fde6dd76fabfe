"""Everything that one store holds, into another: people, settings, sealed secrets, records, logs.

Only what differs is written, so it can be killed anywhere and run again. The order within a
person makes that safe: what was delivered before the log that is to be delivered, and the grant
last, for with it the other store is alive and fetches. Used rounds of consent are left out:
they end within minutes.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING, NamedTuple

from healthrelay.core.errors import Duplicate, TooLarge, Unknown
from healthrelay.core.measurements.records import Delta, Record, diff
from healthrelay.flows.copy_guard import other_values, strangers, used
from healthrelay.flows.held import Held, held
from healthrelay.flows.household.application import amend

if TYPE_CHECKING:
    from healthrelay.ports.store import Store

ENTRIES = 100
RECORDS = 300
LETTERS = 2_000_000
"""How much is written at once: far below what a commit of Firestore takes."""


class Step(NamedTuple):
    """How far we are: with the person *user*, the *number*th of *people*."""

    number: int
    people: int
    user: str
    done: int = 0
    records: int = 0
    """So many of the person's records are there, of so many."""


class Copied(NamedTuple):
    """What is in both stores now, and who of it had to be written."""

    people: int
    records: int
    written: int
    different: tuple[str, ...]
    """People who are not the same in both: somebody writes to one of them."""


class Copy(NamedTuple):
    """A copy from *source* to *target*; *tell* hears of every step."""

    source: Store
    target: Store
    tell: Callable[[Step], None] = lambda _step: None

    def run(self, *, overwrite: bool = False) -> Copied:
        """Copy, then compare. Raises `Duplicate` when *target* was used and is not given up.

        With *overwrite* whoever is in both stores is as in *source* afterwards; people who
        are in *target* only stay there.
        """
        people = self.source.identities.names()
        refused = self._refused(people)
        if refused and not overwrite:
            raise Duplicate(
                f"Nothing was copied, for the other store has been used: {'; '.join(refused)}."
                " --overwrite makes people there what they are here; others stay."
            )
        ours = self.source.identities.application()
        amend(self.target.identities, lambda theirs: {**theirs, **ours})
        written = 0
        for number, user in enumerate(people, 1):
            self.tell(Step(number, len(people), user))
            if overwrite and used(user, self.source, self.target):
                self.target.identities.remove(user)
            written += self._person(user, Step(number, len(people), user))
        return self._compared(people, written)

    def _refused(self, people: Sequence[str]) -> list[str]:
        found = [f"it has {user}, whom we have not" for user in strangers(self.source, self.target)]
        found += [f"its {name} is another" for name in other_values(self.source, self.target)]
        there = set(self.target.identities.names())
        signs = {user: used(user, self.source, self.target) for user in people if user in there}
        return found + [f"{user}: {sign}" for user, sign in signs.items() if sign]

    def _person(self, user: str, step: Step) -> bool:
        """Write what differs; whether anything did."""
        ours, theirs = _both(self, user)
        if ours is None or (theirs and theirs.digest == ours.digest):
            return False
        self._beginnings(user, ours, theirs)
        self._records(user, diff(theirs.records if theirs else (), ours.records), step)
        if theirs is None or theirs.covered != ours.covered:
            self.target.records.restore(user, Delta(), ours.covered)
        for first in range(0, len(ours.entries), ENTRIES):
            self.target.log.restore(user, ours.entries[first : first + ENTRIES])
        if ours.poll_key and (theirs is None or theirs.poll_key != ours.poll_key):
            self.target.identities.save_poll_key(user, ours.poll_key)
        self._grant(user, ours)
        return True

    def _beginnings(self, user: str, ours: Held, theirs: Held | None) -> None:
        """Who they are, and what was brought where: before there is anything to bring."""
        if theirs is None or theirs.settings != ours.settings:
            self.target.identities.save(user, ours.settings)
        targets = theirs.targets if theirs else {}
        for name, target in ours.targets.items():
            if targets.get(name) != target:
                self.target.targets.save(user, name, target, targets.get(name))
        following = theirs.following.targets if theirs else {}
        for name, progress in ours.following.targets.items():
            if following.get(name) != progress:
                self.target.log.save(user, name, progress)

    def _records(self, user: str, delta: Delta, step: Step) -> None:
        changed = (*delta.removed, *delta.added, *delta.changed)
        gone = {record.name for record in delta.removed}
        done = 0
        for part in _parts(sorted(changed, key=lambda r: (r.series, r.when))):
            kept = tuple(record for record in part if record.name not in gone)
            removed = tuple(record for record in part if record.name in gone)
            self._restore(user, Delta(added=kept, removed=removed))
            done += len(part)
            self.tell(step._replace(done=done, records=len(changed)))

    def _restore(self, user: str, delta: Delta) -> None:
        """In halves, where the whole is more than the store takes at once."""
        try:
            self.target.records.restore(user, delta)
        except TooLarge:
            size = len(delta.added) + len(delta.removed)
            if size < 2:
                raise
            added, removed = len(delta.added) // 2, len(delta.removed) // 2
            self._restore(user, Delta(added=delta.added[:added], removed=delta.removed[:removed]))
            self._restore(user, Delta(added=delta.added[added:], removed=delta.removed[removed:]))

    def _grant(self, user: str, ours: Held) -> None:
        if ours.grant is None:
            return
        stored = self.target.tokens.load(user)
        if stored is None or stored.document != ours.grant:
            self.target.tokens.save(user, ours.grant, stored.version if stored else 0)

    def _compared(self, people: Sequence[str], written: int) -> Copied:
        """Read all of both again, from the stores themselves."""
        records, different = 0, []
        for user in people:
            ours, theirs = _both(self, user)
            if ours is None or theirs is None or ours.digest != theirs.digest:
                different.append(user)
            records += len(theirs.records) if theirs else 0
        return Copied(len(people), records, written, tuple(different))


def _both(copy: Copy, user: str) -> tuple[Held | None, Held | None]:
    """The person in both stores; of the other's log only what ours still keeps."""
    ours = held(copy.source, user)
    behind = ours.entries[0].sequence - 1 if ours and ours.entries else 0
    try:
        return ours, held(copy.target, user, behind)
    except Unknown:  # removed while we read
        return ours, None


def _parts(records: Sequence[Record]) -> Iterator[list[Record]]:
    """The *records* in order, cut into parts that are not too many and not too long."""
    part: list[Record] = []
    letters = 0
    for record in records:
        length = len(json.dumps(record.data))
        if part and (len(part) == RECORDS or letters + length > LETTERS):
            yield part
            part, letters = [], 0
        part.append(record)
        letters += length
    if part:
        yield part
