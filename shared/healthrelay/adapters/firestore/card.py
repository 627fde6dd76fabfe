"""What a person's document under ``identities`` has for those who look at everybody at once.

The *card* is a copy of what is shown of their private document, which every writer of that one
writes with it. What is sealed, and what each refresh changes, is not in it. The *summary* has their
newest measurements, and is written with the records.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

from healthrelay.adapters.firestore import documents
from healthrelay.adapters.firestore.database import FirestorePort
from healthrelay.adapters.firestore.documents import Fields, StoredDocument, Write
from healthrelay.adapters.firestore.reading import read_grant, read_invitations, read_settings
from healthrelay.core.damage import Damaged
from healthrelay.core.json import to_object, to_text

if TYPE_CHECKING:
    from healthrelay.core.measurements.summary import Summary

CARD, SUMMARY = "card", "summary"
Card = dict[str, Any]
"""Settings, the clear part of the grant, and invitations."""


class PrivatePort(FirestorePort):
    """A port that writes people's private documents, and their cards with them."""

    def _update_private(
        self,
        user: str,
        change: Callable[[Fields, bool], Fields | None],
        beside: Callable[[], Sequence[Write]] = tuple,
    ) -> StoredDocument:
        """Do as `_update` does, and write the card where it is another one then."""
        card: list[Write] = []

        def change_both(fields: Fields, again: bool) -> Fields | None:
            changed = change(fields, again)
            text = card_text(user, {**fields, **(changed or {})})
            card.clear()
            if text != card_text(user, fields):
                owner = self._require_owner(user)
                card.append(Write(owner.path, {CARD: text}, since=owner.updated))
            return changed

        path = documents.private_path(user)
        return self._update(path, user, change_both, lambda: [*card, *beside()])


def card_text(user: str, private: Fields) -> str:
    """Return the card of a private document; empty for one that cannot be read."""
    try:
        return to_text(make_card(user, private))
    except Damaged:
        return ""


def read_summary(owner: Fields) -> Summary | None:
    """Return the summary; None where there is none that can be read."""
    from healthrelay.core.measurements import summary  # noqa: PLC0415 - a poll needs none

    text = owner.get(SUMMARY)
    try:
        return summary.from_document(to_object(text) if text else None)
    except (TypeError, ValueError):
        return None


def summary_text(summary: Summary | None) -> str:
    from healthrelay.core.measurements.summary import to_document  # noqa: PLC0415 - as above

    return "" if summary is None else to_text(to_document(summary))


def make_card(user: str, private: Fields) -> Card:
    """Return the card of a private document. Raise `Damaged` for one that cannot be read."""
    from healthrelay.core.grants.grant_document import clear_part  # noqa: PLC0415 - a poll has none

    grant = read_grant(user, private)
    return {
        "settings": read_settings(user, private),
        "grant": clear_part(grant.document) if grant else None,
        "invitations": read_invitations(user, private).to_document(),
    }
