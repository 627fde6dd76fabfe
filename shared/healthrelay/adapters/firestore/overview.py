"""Everybody at a glance: one document a person, the one under ``identities``."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING

from healthrelay.adapters.firestore import documents
from healthrelay.adapters.firestore.card import (
    CARD,
    SUMMARY,
    Card,
    make_card,
    read_summary,
    summary_text,
)
from healthrelay.adapters.firestore.database import FirestoreDatabase, FirestorePort
from healthrelay.adapters.firestore.documents import (
    CommitConflict,
    Fields,
    Listing,
    StoredDocument,
    Write,
)
from healthrelay.adapters.firestore.reading import check_owner, read_ledger
from healthrelay.core.damage import Damaged
from healthrelay.core.grants.invitations import Invitations
from healthrelay.core.json import to_object, to_strings, to_text
from healthrelay.core.measurements.records import in_order

if TYPE_CHECKING:
    from datetime import date

    from healthrelay.core.measurements.records import Record
    from healthrelay.core.measurements.summary import Summary
    from healthrelay.ports.overview import PersonOverview


class FirestoreOverview(FirestorePort):
    """Everybody."""

    def person(self, user: str) -> PersonOverview:
        return self._person(user, check_owner(self._require_owner(user), user))

    def people(self) -> dict[str, PersonOverview | Damaged]:
        owners = self._database.listing(Listing(documents.IDENTITIES))
        people: dict[str, PersonOverview | Damaged] = {}
        for owner in sorted(owners, key=lambda owner: (owner.created, owner.id)):
            user = documents.from_segment(owner.id)
            try:
                people[user] = self._person(user, check_owner(owner, user))
            except Damaged as error:
                people[user] = error
        return people

    def charted(self, user: str, since: date | None) -> list[Record]:
        from healthrelay.adapters.firestore.charts import read_years  # noqa: PLC0415 - for a page

        first = str(since.year) if since else ""
        return in_order(read_years(self._database, user, self._require_owner(user), first))

    def _person(self, user: str, owner: StoredDocument) -> PersonOverview:
        from healthrelay.adapters.firestore.log import read_following  # noqa: PLC0415
        from healthrelay.ports.overview import PersonOverview  # noqa: PLC0415

        card, summary = _read_card(owner.fields), read_summary(owner.fields)
        if card is None or summary is None:
            card, summary = self._complete(user, owner)
        return PersonOverview(
            settings=card["settings"],
            grant=card["grant"],
            invitations=Invitations.from_document(card["invitations"]),
            ledger=read_ledger(user, owner.fields),
            following=read_following(user, owner),
            summary=summary,
        )

    def _complete(self, user: str, owner: StoredDocument) -> tuple[Card, Summary]:
        """Write what an earlier version did not, or what cannot be read; return card and summary.

        Raise `Damaged` where what they are made of cannot be read.
        """
        card = make_card(user, self._require(documents.private_path(user), user).fields)
        summary = _summarize(self._database, user)
        fields = {CARD: to_text(card), SUMMARY: summary_text(summary)}
        # Whoever wrote meanwhile, or the next look, writes it.
        with suppress(CommitConflict):
            self._database.commit(Write(owner.path, fields, since=owner.updated))
        return card, summary


def _read_card(owner: Fields) -> Card | None:
    """Return the card; None where there is none that can be read: it is made again."""
    from healthrelay.core.grants.grant_document import read_clear_part  # noqa: PLC0415 - as below

    try:
        card = to_object(owner[CARD])
        to_strings(card["settings"])
        Invitations.from_document(card["invitations"])
        if card["grant"] is not None:
            read_clear_part(card["grant"])
    except Exception:  # noqa: BLE001 - what is no card may be anything
        return None
    return card


def _summarize(database: FirestoreDatabase, user: str) -> Summary:
    from healthrelay.adapters.firestore.user_buckets import UserBuckets  # noqa: PLC0415
    from healthrelay.core.measurements.summary import NAMES, summarize  # noqa: PLC0415

    return summarize(UserBuckets(database, user).named(NAMES))
