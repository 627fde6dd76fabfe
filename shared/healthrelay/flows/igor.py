"""The Igor to which we push: tried before it is kept, by the command line and by the page."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Protocol

from healthrelay.core.delivery.following import Following
from healthrelay.core.delivery.progress import SNAPSHOT
from healthrelay.core.errors import BadRequest
from healthrelay.flows.household.application import (
    StoredIgor,
    check_igor,
    forget_igor,
    open_igor,
    save_igor,
)

if TYPE_CHECKING:
    from healthrelay.ports.delivery import Log
    from healthrelay.ports.peers import Vault
    from healthrelay.ports.store import Store

NO_ADDRESS, SET_ELSEWHERE = "igor_address", "set_elsewhere"
"""Why no Igor is taken, before it is tried: the causes of the errors."""


class Igors(Protocol):
    """Who knows an Igor that is not kept yet."""

    def read_address(self, text: str) -> str:
        """Return the address that *text* is. Raise `BadRequest` (`NO_ADDRESS`)."""

    def try_igor(self, igor: StoredIgor) -> None:
        """Return when *igor* takes its key. Raise `TryLater` or `Misconfigured`."""


def keep_igor(
    igor: StoredIgor, try_igor: Callable[[StoredIgor], None] | None, store: Store, vault: Vault
) -> None:
    """Keep *igor* in place of another once *try_igor* took it; without that untried.

    Raise as `check_igor` and *try_igor*: nothing was kept then.
    """
    check_igor(igor)
    if try_igor:
        try_igor(igor)
    before = store.identities.application().get("igor_url")
    save_igor(igor, store.identities, vault)
    if before != igor.url:  # another one has nothing yet
        _forget_progress(store.log)


def require_ours(given: str) -> None:
    """Raise `BadRequest` (`SET_ELSEWHERE`) where the environment has *given* an Igor: it wins."""
    if given:
        error = BadRequest("HEALTHRELAY_IGOR_URL is set where healthrelay runs, and wins.")
        error.next_step = "Change it there, or take it away there first."
        raise error.with_cause(SET_ELSEWHERE)


def change_igor(
    address: str, token: str, given: str, igors: Igors, *, store: Store, vault: Vault
) -> None:
    """Keep the Igor at *address* with *token*; an empty one is what is kept for that address.

    What is kept for one address is shown to no other. *given* is the address that the environment
    has. Raise `BadRequest`, also as `require_ours`, and as `keep_igor`.
    """
    require_ours(given)
    igor = StoredIgor(igors.read_address(address), token=token)
    stored = store.identities.application()
    if not token and igor.url == stored.get("igor_url"):
        igor = open_igor(stored, vault)
    keep_igor(igor, igors.try_igor, store, vault)


def stop_igor(store: Store) -> None:
    """Push no more, and claim no more what Igor has of that; it may go on to poll."""
    forget_igor(store.identities)
    _forget_progress(store.log)


def _forget_progress(log: Log) -> None:
    for user, following in log.followings().items():
        if isinstance(following, Following):
            for name in following.of_kind(SNAPSHOT):
                log.save(user, name, None)
