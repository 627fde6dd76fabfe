"""What still is known of whose account is whose, when the document that says so is damaged.

One document binds a whole household, so damage in it must not stop everybody: each entry is read
by itself, grants say what they can, and what stays open concerns as few people as may be.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeVar

from healthrelay.core.grants.bindings import Bindings, Ending, provider_of, read_ending, read_users
from healthrelay.core.json import to_object

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Mapping

    from healthrelay.core.json import Document

    T = TypeVar("T")


def read_bindings(
    text: Any,
    load_grants: Callable[[], Mapping[str, Document]],
    load_measured: Callable[[], Collection[str]],
) -> Bindings:
    """Return the bindings in a stored *text*; of one that is damaged, what is still known."""
    document: object = None
    try:
        document = to_object(text)
        return Bindings.from_document(document)
    except Exception:  # noqa: BLE001 - whatever is wrong with it
        return restore_bindings(document, load_grants(), load_measured())


def restore_bindings(
    document: object, grants: Mapping[str, Document], measured: Collection[str]
) -> Bindings:
    """Return what a damaged *document* and the *grants*, by person, still say.

    An account whose entry is unreadable is of whom a grant names, else of each who may have had
    it, so that nobody else can take it. Only the *measured*, of whom records are stored, count as
    such: with nobody else's can another account be mixed.
    """
    stored: Any = document if isinstance(document, dict) else {}
    entries = stored.get("people")
    people = _readable(entries, read_users)
    by_grant = Bindings.of_grants(grants).people
    found = {name: users for name, users in by_grant.items() if name not in people}
    bindings = Bindings({**people, **found}, _endings(stored.get("endings")))
    for name in entries if isinstance(entries, dict) else ():
        if name not in bindings.people:
            found[name] = _without_one(bindings, measured, provider_of(name))
    bindings = bindings._replace(people={**people, **{n: u for n, u in found.items() if u}})
    damaged = {user for users in found.values() for user in users}
    if not isinstance(entries, dict):
        damaged |= {user for user in measured if not bindings.of(user)}
    before = _readable({"": stored.get("damaged", [])}, read_users).get("", ())
    return bindings._replace(damaged=tuple(sorted(damaged.union(before))))


def _readable(entries: object, read: Callable[[Any], T]) -> dict[str, T]:
    """Return what *read* makes of each of *entries*, without those that it cannot read."""
    values = {}
    for name, entry in entries.items() if isinstance(entries, dict) else ():
        try:
            values[name] = read(entry)
        except (TypeError, ValueError):
            continue
    return values


def _endings(entries: object) -> dict[str, Ending]:
    """Return the endings; one that is unreadable counts as the newest, so no consent outruns it."""
    endings = _readable(entries, read_ending)
    newest = max((one.number for one in endings.values()), default=0) + 1
    unread = set(entries if isinstance(entries, dict) else ()) - set(endings)
    return {**endings, **dict.fromkeys(sorted(unread), Ending(newest))}


def _without_one(bindings: Bindings, users: Collection[str], provider: str) -> tuple[str, ...]:
    """Return who of *users* has no account of *provider*."""
    return tuple(
        user for user in sorted(users) if provider not in map(provider_of, bindings.of(user))
    )
