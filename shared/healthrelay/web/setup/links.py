"""Links that sign the owner in, each once and for minutes."""

from __future__ import annotations

import secrets
from datetime import datetime, timedelta
from typing import TYPE_CHECKING
from urllib.parse import urlencode

from itsdangerous import BadData

from healthrelay.flows.grants.sessions import owner_version
from healthrelay.flows.grants.signed import SignedNotes

if TYPE_CHECKING:
    from healthrelay.web.services import WebServices

LINK_AGE = timedelta(minutes=10)


def page_link(services: WebServices) -> str:
    """Return the address that opens the page to the owner, once, within ten minutes."""
    note = {"id": secrets.token_hex(16), "bound": owner_version(services.store.identities)}
    key = SignedNotes(services.owner_key).sign("link", note, services.now())
    return f"{services.public_url}/setup?{urlencode({'key': key})}"


def spend_link(key: str, services: WebServices, now: datetime) -> bool:
    """Mark the link as used; return False when it was used before.

    Raise itsdangerous' `BadData` for one that is not ours, too old, or of an ended version.
    """
    note = SignedNotes(services.owner_key).read("link", key, now, LINK_AGE)
    if note["bound"] != owner_version(services.store.identities):
        raise BadData("ended")
    return services.store.handshakes.use(f"link-{note['id']}", now + LINK_AGE, now)
