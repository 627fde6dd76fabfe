"""A person's own targets: made, given new keys and removed by the owner.

Keys lie sealed. A key is renewed without a gap: messages are signed with the new and the
old one, until the owner ends the old.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from contextlib import suppress
from typing import TYPE_CHECKING, NamedTuple, Protocol
from urllib.parse import urlsplit

from healthrelay.core.delivery.progress import LOG, Progress, kind_of
from healthrelay.core.errors import BadRequest, Conflict, Duplicate, LimitReached, Unknown
from healthrelay.core.header import is_header_value
from healthrelay.core.igor_json import is_name
from healthrelay.flows.require import require_settings

if TYPE_CHECKING:
    from healthrelay.core.json import Document
    from healthrelay.ports.peers import Vault
    from healthrelay.ports.store import Store

MAX_TARGETS = 16
MAX_URL = 2_000
BAD_NAME, NO_ADDRESS = "target_name", "target_address"
LOGIN_IN_ADDRESS, OPEN_ADDRESS = "target_login", "target_https"
"""Why a target is refused, beside `Duplicate` and `LimitReached`: the causes of the errors."""


class Keys(NamedTuple):
    """One generation of keys, as Standard Webhooks writes them.

    The *secret* (``whsec_…``) is shared with the receiver, *signing* (``whsk_…``) is ours alone,
    and *public* (``whpk_…``) is what a receiver without the secret checks with.
    """

    secret: str
    signing: str
    public: str


KeyMaker = Callable[[], Keys]


class Endpoint(NamedTuple):
    """Where messages go; *private* when the owner allows an address of the house for it."""

    url: str
    private: bool


class Receivers(Protocol):
    """Who a new target needs."""

    def new_keys(self) -> Keys:
        """Return new keys, of which nobody knows."""

    def try_receiver(self, endpoint: Endpoint) -> tuple[Keys, int | None]:
        """Return new keys for *endpoint*, and its status if it answers oddly to what does nothing.

        Raise `TryLater` or `Misconfigured` where nothing answers.
        """


def add(
    user: str, name: str, endpoint: Endpoint, store: Store, vault: Vault, new_keys: KeyMaker
) -> Keys:
    """Make the target; it gets what changes from now on. Returns its keys, to be shown once."""
    known = store.targets.of(user)
    require_settings(user, store.identities)
    _check(endpoint)
    if not is_name(name) or kind_of(name) != LOG:
        sentence = "A target's name is 1 to 64 letters, digits, '-', '_' or '.'; not igor."
        raise BadRequest(sentence).with_cause(BAD_NAME)
    if name in known:
        raise Duplicate(f"{user} has a target {name} already.")
    if len(known) >= MAX_TARGETS:
        raise LimitReached(f"{user} has {MAX_TARGETS} targets already.")
    keys = new_keys()
    document = _to_document(user, name, endpoint, [keys], vault)
    try:
        store.targets.save(user, name, document, None)
    except Conflict as error:  # somebody else was faster
        raise Duplicate(f"{user} has a target {name} already.") from error
    # Last: whoever follows is tried, and needs an address by then.
    store.log.save(user, name, Progress(store.log.head(user)))
    return keys


def add_tried(
    user: str,
    name: str,
    endpoint: Endpoint,
    try_receiver: Callable[[Endpoint], tuple[Keys, int | None]],
    store: Store,
    vault: Vault,
) -> tuple[Keys, int | None]:
    """Make the target once *try_receiver* got an answer there; it gives the new keys, too.

    Raise as `add` and as *try_receiver*: nothing was kept then. Returns the keys and, where the
    answer is odd for a receiver that is asked what does nothing, its status.
    """
    statuses: list[int | None] = []

    def try_keys() -> Keys:
        keys, status = try_receiver(endpoint)
        statuses.append(status)
        return keys

    keys = add(user, name, endpoint, store, vault, try_keys)
    return keys, statuses[0]


def rotate(user: str, name: str, *, store: Store, vault: Vault, new_keys: KeyMaker) -> Keys:
    """Put new keys beside the ones of now; those before them end. Returns the new ones."""
    new = new_keys()
    _replace_keys(user, name, lambda before: [new, before[0]], store, vault)
    return new


def end_old_keys(user: str, name: str, *, store: Store, vault: Vault) -> None:
    """From now on sign with the newest keys only."""
    _replace_keys(user, name, lambda before: before[:1], store, vault)


def remove(user: str, name: str, store: Store) -> None:
    """Forget the target, and what it has; whoever changes it meanwhile comes too late."""
    document: Document | None = stored_target(user, name, store)
    while document is not None:
        store.log.save(user, name, None)
        with suppress(Conflict):
            store.targets.save(user, name, None, document)
        document = store.targets.of(user).get(name)


def stored_target(user: str, name: str, store: Store) -> Document:
    """Return the target as it is stored. Raises `Unknown`."""
    known = store.targets.of(user)
    if name not in known:
        others = f"; there are: {', '.join(known)}" if known else ""
        raise Unknown(f"{user} has no target {name}{others}.")
    return known[name]


def endpoint_of(document: Document) -> Endpoint:
    return Endpoint(str(document["url"]), bool(document["private"]))


def open_keys(user: str, name: str, document: Document, vault: Vault) -> list[Keys]:
    """Return the keys of a stored target, the newest first. Raises `Misconfigured`."""
    sealed = vault.open(str(document["sealed"]), target_associated_data(user, name))
    return [Keys(*generation) for generation in json.loads(sealed)]


def target_associated_data(user: str, name: str) -> str:
    """Return what the keys of a target are sealed with."""
    return f"identities/{user}/targets/{name}"


def _replace_keys(
    user: str, name: str, change: Callable[[list[Keys]], Sequence[Keys]], store: Store, vault: Vault
) -> None:
    """Store what *change* makes of the keys; look again at what somebody wrote meanwhile."""
    while True:
        before = stored_target(user, name, store)
        keys = change(open_keys(user, name, before, vault))
        with suppress(Conflict):
            after = _to_document(user, name, endpoint_of(before), keys, vault)
            store.targets.save(user, name, after, before)
            return


def _to_document(
    user: str, name: str, endpoint: Endpoint, keys: Sequence[Keys], vault: Vault
) -> Document:
    sealed = vault.seal(json.dumps(keys), target_associated_data(user, name))
    return {"url": endpoint.url, "private": endpoint.private, "sealed": sealed}


def _check(endpoint: Endpoint) -> None:
    url = endpoint.url
    try:
        parts = urlsplit(url)
        good = parts.scheme in ("http", "https") and parts.hostname and parts.port != 0
    except ValueError:
        good = False
    if not good or parts.fragment or len(url) > MAX_URL or not is_header_value(url):
        sentence = "The address of a target is a URL in ASCII such as https://example.org/hook."
        raise BadRequest(sentence).with_cause(NO_ADDRESS)
    if parts.username is not None or parts.password is not None:
        sentence = "The address of a target must not hold a user or password."
        raise BadRequest(sentence).with_cause(LOGIN_IN_ADDRESS)
    if parts.scheme == "http" and not endpoint.private:
        sentence = "Outside the house messages go by https; --allow-private permits http."
        raise BadRequest(sentence).with_cause(OPEN_ADDRESS)
