"""A person's own targets: made, given new keys and taken away by the owner.

Keys lie sealed. A key is renewed without a gap: messages are signed with the new and the
old one, until the owner ends the old.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from typing import TYPE_CHECKING, NamedTuple
from urllib.parse import urlsplit

from healthrelay.core.delivery.progress import Progress
from healthrelay.core.errors import BadRequest, Conflict, Duplicate, LimitReached, Unknown
from healthrelay.core.household.names import SINK
from healthrelay.core.igor_json import is_name

if TYPE_CHECKING:
    from healthrelay.ports.peers import Vault
    from healthrelay.ports.store import Document, Store

MAX_TARGETS = 16
MAX_URL = 2_000


class Keys(NamedTuple):
    """One generation of keys, as Standard Webhooks writes them."""

    secret: str
    """``whsec_…``: shared with the receiver."""
    signing: str
    """``whsk_…``: ours alone."""
    public: str
    """``whpk_…``: what a receiver without the secret checks with."""


class Place(NamedTuple):
    """Where messages go; *private* when the owner allows an address of the house for it."""

    url: str
    private: bool


class Desk(NamedTuple):
    """What it takes to change targets; *mint* makes new keys."""

    store: Store
    vault: Vault
    mint: Callable[[], Keys]


def add(user: str, name: str, place: Place, desk: Desk) -> Keys:
    """Make the target; it gets what changes from now on. Returns its keys, to be shown once."""
    known = desk.store.targets.of(user)
    if desk.store.identities.settings(user) is None:
        raise Unknown(f"There is no user {user}.")
    if not is_name(name) or name == SINK:
        raise BadRequest("A target's name is 1 to 64 letters, digits, '-', '_' or '.'; not igor.")
    if name in known:
        raise Duplicate(f"{user} has a target {name} already.")
    if len(known) >= MAX_TARGETS:
        raise LimitReached(f"{user} has {MAX_TARGETS} targets already.")
    _check(place)
    keys = desk.mint()
    try:
        desk.store.targets.save(user, name, _document(user, name, place, [keys], desk.vault), None)
    except Conflict as error:  # somebody else was faster
        raise Duplicate(f"{user} has a target {name} already.") from error
    # Last: whoever follows is tried, and needs an address by then.
    desk.store.log.save(user, name, Progress(desk.store.log.head(user)))
    return keys


def rotate(user: str, name: str, desk: Desk) -> Keys:
    """New keys beside the ones of now; those before them end. Returns the new ones."""
    new = desk.mint()
    _change(user, name, desk, lambda before: [new, before[0]])
    return new


def end_old_keys(user: str, name: str, desk: Desk) -> None:
    """From now on sign with the newest keys only."""
    _change(user, name, desk, lambda before: before[:1])


def remove(user: str, name: str, store: Store) -> None:
    """Forget the target, and what it has; whoever changes it meanwhile comes too late."""
    document: Document | None = _stored(user, name, store)
    while document is not None:
        store.log.save(user, name, None)
        with suppress(Conflict):
            store.targets.save(user, name, None, document)
        document = store.targets.of(user).get(name)


def opened(user: str, name: str, store: Store, vault: Vault) -> tuple[Place, list[Keys]]:
    """Where the target is, and its keys, the newest first. Raises `Unknown`."""
    return _opened(user, name, _stored(user, name, store), vault)


def _change(
    user: str, name: str, desk: Desk, chosen: Callable[[list[Keys]], Sequence[Keys]]
) -> None:
    """Replace its keys by those *chosen*; what somebody wrote meanwhile is looked at again."""
    while True:
        before = _stored(user, name, desk.store)
        place, keys = _opened(user, name, before, desk.vault)
        with suppress(Conflict):
            after = _document(user, name, place, chosen(keys), desk.vault)
            desk.store.targets.save(user, name, after, before)
            return


def _stored(user: str, name: str, store: Store) -> Document:
    document = store.targets.of(user).get(name)
    if document is None:
        raise Unknown(f"{user} has no target {name}.")
    return document


def _opened(user: str, name: str, document: Document, vault: Vault) -> tuple[Place, list[Keys]]:
    kept = json.loads(vault.open(str(document["sealed"]), target_place(user, name)))
    place = Place(str(document["url"]), bool(document["private"]))
    return place, [Keys(*one) for one in kept]


def _document(user: str, name: str, place: Place, keys: Sequence[Keys], vault: Vault) -> Document:
    sealed = vault.seal(json.dumps(keys), target_place(user, name))
    said: Mapping[str, str | bool] = {"url": place.url, "private": place.private, "sealed": sealed}
    return dict(said)


def target_place(user: str, name: str) -> str:
    """What the keys of a target are sealed to."""
    return f"identities/{user}/targets/{name}"


def _check(place: Place) -> None:
    try:
        parts = urlsplit(place.url)
        port = parts.port
    except ValueError:
        raise BadRequest(
            "The address of a target is a URL such as https://example.org/hook."
        ) from None
    good = parts.scheme in ("http", "https") and parts.hostname and port != 0
    if not good or parts.fragment or len(place.url) > MAX_URL or not place.url.isprintable():
        raise BadRequest("The address of a target is a URL such as https://example.org/hook.")
    if parts.username is not None or parts.password is not None:
        raise BadRequest("The address of a target must not hold a user or password.")
    if parts.scheme == "http" and not place.private:
        raise BadRequest("Outside the house messages go by https; --allow-private permits http.")
