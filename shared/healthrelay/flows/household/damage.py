"""What of all that is stored of a person cannot be read."""

from __future__ import annotations

from typing import TYPE_CHECKING

from healthrelay.core.defect import isolate
from healthrelay.core.errors import HealthrelayError

if TYPE_CHECKING:
    from healthrelay.core.trouble import Trouble
    from healthrelay.ports.store import Store


def find_damage(user: str, store: Store) -> tuple[Trouble, ...]:
    """Return a trouble for each part of what is stored of *user* that cannot be read.

    Everything is read, and nothing sealed is opened. Of each part the first place is named.
    """
    log, records, identities = store.log, store.records, store.identities
    parts = (
        lambda: identities.settings(user),
        lambda: identities.poll_key(user),
        lambda: identities.invitations(user),
        lambda: store.tokens.load(user),
        lambda: store.accounts.load().require_whole(user),
        lambda: store.targets.of(user),
        lambda: log.following(user),
        lambda: log.after(user, 0, log.head(user)),
        lambda: records.ledger(user),
        lambda: records.everything(user),
    )
    errors = (isolate(read) for read in parts)
    troubles = [one.as_trouble() for one in errors if isinstance(one, HealthrelayError)]
    return tuple({trouble.sentence: trouble for trouble in troubles}.values())
