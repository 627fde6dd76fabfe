"""Before a store is copied into another: whether the other has had a life of its own.

Only little is read for it. What a copy that was cut short has left is no life: its log is a
beginning of ours, its grant is ours, and nothing has been delivered from there.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from healthrelay.ports.store import Document, Store


def strangers(source: Store, target: Store) -> list[str]:
    """Who is in *target* only."""
    known = set(source.identities.names())
    return [user for user in target.identities.names() if user not in known]


def other_values(source: Store, target: Store) -> list[str]:
    """The application's own values of *source* that are others in *target*."""
    there = target.identities.application()
    ours = source.identities.application()
    return sorted(name for name, value in ours.items() if there.get(name, value) != value)


def used(user: str, source: Store, target: Store) -> str:
    """What shows that *target* was used for *user* since a copy; empty if nothing does."""
    return next(_signs(user, source, target), "")


def _signs(user: str, source: Store, target: Store) -> Iterator[str]:
    ours, theirs = source.log.following(user), target.log.following(user)
    if theirs.head > ours.head:
        yield f"its log is at {theirs.head}, ours at {ours.head}"
    if theirs.head:
        # Whatever of it is still kept in both must be the same.
        last = source.log.after(user, theirs.head - 1, 1)
        same = target.log.after(user, theirs.head - 1, 1)
        if last[:1] != same[:1]:
            yield f"entry {theirs.head} of its log is not ours"
    for name, progress in theirs.targets.items():
        if name not in ours.targets:
            yield f"{name} follows its log, and not ours"
        elif progress.sequence > ours.progress(name).sequence:
            yield f"it has delivered to {name} what we have not"
    yield from _private_signs(user, source, target)


def _private_signs(user: str, source: Store, target: Store) -> Iterator[str]:
    grant, known = target.tokens.load(user), source.tokens.load(user)
    if grant and _newer(grant.document, known.document if known else {}):
        yield "its grant is another than ours"
    if target.identities.poll_key(user) and not source.identities.poll_key(user):
        yield "it has a poll key, and we have none"


def _newer(theirs: Document, ours: Document) -> bool:
    """Whether a grant is not one that we had, at the latest now."""
    if theirs.get("sealed") == ours.get("sealed"):
        return False
    since, until = (
        [str(document.get(name) or "") for name in ("connected_at", "expires_at")]
        for document in (ours, theirs)
    )
    return until >= since
