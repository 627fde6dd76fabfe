"""One person as a store holds them, and as the lines of a dump."""

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from typing import Any, NamedTuple

from healthrelay.core.delivery.entries import Entry
from healthrelay.core.delivery.progress import Progress
from healthrelay.core.errors import TryLater, Unknown
from healthrelay.core.grants.invitations import Invitations
from healthrelay.core.measurements import ledger_document
from healthrelay.core.measurements.records import Record
from healthrelay.ports.store import PersonDump, Store

READINGS = 5
Line = Mapping[str, Any]
"""One line of a dump: a JSON object whose first member names its kind."""


class Step(NamedTuple):
    """How far we are: with the person *user*, the *number*th of *people*."""

    number: int
    people: int
    user: str


def read_person(store: Store, user: str) -> PersonDump | None:
    """Return what *store* holds of *user*, as it is at one number of their log.

    None for somebody who does not exist (any more). Raises `TryLater` when others write all the
    time.
    """
    for _ in range(READINGS):
        head = store.log.head(user)
        try:
            person = _read(store, user, head)
        except Unknown:
            return None
        if person is None or store.log.head(user) == head:
            return person
    raise TryLater(f"{user} changes while being read: stop what fetches, and try again.")


def _read(store: Store, user: str, head: int) -> PersonDump | None:
    settings = store.identities.settings(user)
    if settings is None:
        return None
    grant = store.tokens.load(user)
    following = store.log.following(user)
    return PersonDump(
        settings=settings,
        poll_key=store.identities.poll_key(user),
        grant=grant.document if grant else None,
        targets=store.targets.of(user),
        progress=following.targets,
        # Before the records: what is read meanwhile is read once more, and not taken for old.
        ledger=store.records.ledger(user),
        # At once: between two pages the log could be pruned.
        entries=store.log.after(user, 0, head),
        records=store.records.everything(user),
        invitations=store.identities.invitations(user),
        accounts=store.accounts.load().of(user),
        system=following.system,
    )


def to_lines(user: str, person: PersonDump) -> Iterator[Line]:
    """Return the person's lines: first one with what is small, then the log, then the records.

    Whatever a store may hold in any order is sorted; the members of a record stay in theirs,
    because Igor gets them so.
    """
    following = person.progress.items()
    yield {
        "person": user,
        "settings": dict(sorted(person.settings.items())),
        "poll_key": person.poll_key,
        "invitations": person.invitations and person.invitations.to_document(),
        "grant": person.grant,
        "accounts": person.accounts,
        "targets": dict(sorted(person.targets.items())),
        "progress": {name: one.to_document() for name, one in sorted(following)},
        "system": person.system,
        "ledger": ledger_document.to_document(person.ledger),
        "entries": len(person.entries),
        "records": len(person.records),
    }
    for entry in person.entries:
        at = entry.at.astimezone(UTC).isoformat()
        yield {"entry": [entry.sequence, at, entry.to_document()]}
    for record in person.records:
        yield {"record": list(record)}


def from_lines(first: Line, rest: Iterator[Line]) -> PersonDump:
    """Return the person whose lines are *first* and the next of *rest*.

    Version 1 of the format has what was covered instead of a ledger, and records without origin.
    Raises any of the errors of wrong types and values for what `to_lines` does not make.
    """
    invitations = first.get("invitations")
    return PersonDump(
        settings=first["settings"],
        poll_key=first["poll_key"],
        grant=first["grant"],
        targets=first["targets"],
        progress={name: Progress.from_document(one) for name, one in first["progress"].items()},
        ledger=ledger_document.from_stored(first.get("ledger"), first.get("coverage")),
        entries=[_entry(*next(rest)["entry"]) for _ in range(first["entries"])],
        records=[Record(*next(rest)["record"]) for _ in range(first["records"])],
        invitations=Invitations.from_document(invitations) if invitations else None,
        accounts=first.get("accounts"),
        system=first.get("system", ""),
    )


def _entry(sequence: int, at: str, keys: Mapping[str, object]) -> Entry:
    return Entry.from_document(sequence, datetime.fromisoformat(at), keys)
