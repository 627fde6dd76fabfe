"""That was not me: what a first consent brought goes, and nothing else, on either store."""

from __future__ import annotations

from datetime import timedelta

import pytest

from healthrelay.core.errors import Conflict, Expired, TryLater
from healthrelay.core.grants.invitations import Admission, OpenInvitation
from healthrelay.core.measurements.origin import IMPORT, origin_of
from healthrelay.core.measurements.reading import Delta
from healthrelay.flows.transfer.not_me import undo_consent
from healthrelay.ports.store import Store
from tests.stores.contract import DOCUMENT, LEDGER, NOW, weight

ACCOUNT = ("google_health 1112",)
HIS = origin_of("google_health", "1112")
GRANT = {**DOCUMENT, "provider": "google_health", "account": "1112"}
LATER = NOW + timedelta(hours=23)


def first_consent(store: Store) -> str:
    """Jack is invited, has imported records, and somebody connects; return the person's id."""
    store.identities.save("jack", {})
    link = OpenInvitation(NOW + timedelta(days=7))
    store.identities.change_invitations("jack", lambda one: one.with_link("a-link", link, NOW))
    person = store.identities.invitations("jack").person
    imported = weight("2026-10-30")._replace(origin=IMPORT)
    unknown = weight("2026-10-29")
    store.records.apply("jack", Delta(added=(imported, unknown)), NOW, LEDGER)
    connect(store, person, "a-link")
    read = [weight("2026-10-31")._replace(origin=HIS), weight("2026-11-01")._replace(origin=HIS)]
    store.records.apply("jack", Delta(added=tuple(read)), NOW, LEDGER)
    return person


def connect(store: Store, person: str, invitation: str) -> None:
    stored = store.tokens.load("jack")
    store.tokens.save(
        "jack",
        GRANT,
        stored.version if stored else 0,
        Admission(person, invitation, NOW),
        lambda bindings: bindings.bind("jack", ACCOUNT, 0, NOW),
    )


def forget(store: Store) -> None:
    """As a provider that ends the grant at once."""
    if stored := store.tokens.load("jack"):
        store.tokens.forget("jack", stored.version)


def days(store: Store) -> list[str]:
    return sorted(record.when for record in store.records.everything("jack"))


def test_all_that_the_account_brought_goes_and_nothing_else(either_store: Store) -> None:
    person = first_consent(either_store)
    under_way = either_store.records.ledger("jack")

    again = undo_consent("jack", either_store, lambda _: forget(either_store), LATER)

    assert again == "a-link"
    assert days(either_store) == ["2026-10-29", "2026-10-30"]
    assert either_store.tokens.load("jack") is None
    assert either_store.accounts.load().people == {}
    assert either_store.accounts.load().first == {}
    # Who was let in before is out, and what is being read is not stored.
    invitations = either_store.identities.invitations("jack")
    assert invitations.person != person
    with pytest.raises(Conflict):
        either_store.records.apply("jack", Delta(), LATER, under_way)
    with pytest.raises(Expired):
        connect(either_store, person, "a-link")
    # The same link connects another account.
    connect(either_store, invitations.person, "a-link")
    assert either_store.accounts.load().of("jack") == ACCOUNT


def test_who_consents_meanwhile_is_undone_too(either_store: Store) -> None:
    person = first_consent(either_store)
    meanwhile = iter([True, False])

    def disconnect(_user: str) -> None:
        forget(either_store)
        if next(meanwhile, False):
            connect(either_store, person, "")

    undo_consent("jack", either_store, disconnect, LATER)

    assert either_store.tokens.load("jack") is None
    assert days(either_store) == ["2026-10-29", "2026-10-30"]


@pytest.mark.parametrize("why", ["answered", "a day later"])
def test_later_it_only_disconnects(either_store: Store, why: str) -> None:
    person, now = first_consent(either_store), LATER
    if why == "answered":
        either_store.accounts.change(lambda bindings: bindings.answered("jack"))
    else:
        now += timedelta(hours=2)

    again = undo_consent("jack", either_store, lambda _: forget(either_store), now)

    assert again == ""
    assert days(either_store) == ["2026-10-29", "2026-10-30", "2026-10-31", "2026-11-01"]
    assert either_store.accounts.load().of("jack") == ACCOUNT
    assert either_store.identities.invitations("jack").person == person
    assert either_store.tokens.load("jack") is None


def test_a_second_consent_with_the_same_account_is_no_first_one(either_store: Store) -> None:
    first_consent(either_store)
    either_store.accounts.change(lambda bindings: bindings.answered("jack"))
    connect(either_store, either_store.identities.invitations("jack").person, "")

    assert either_store.accounts.load().unanswered("jack", LATER) is None


def test_a_provider_that_does_not_answer_leaves_all_as_it_was(either_store: Store) -> None:
    first_consent(either_store)
    before = either_store.accounts.load(), either_store.identities.invitations("jack")

    def disconnect(_user: str) -> None:
        raise TryLater("no answer")

    with pytest.raises(TryLater):
        undo_consent("jack", either_store, disconnect, LATER)

    after = either_store.accounts.load(), either_store.identities.invitations("jack")
    assert after == before
    assert len(days(either_store)) == 4


def test_cut_short_it_is_run_again(either_store: Store) -> None:
    first_consent(either_store)
    steps = iter(["first", "second"])

    def disconnect(_user: str) -> None:
        if next(steps) == "first":
            forget(either_store)
            connect(either_store, either_store.identities.invitations("jack").person, "")
        else:
            raise TryLater("killed here")

    with pytest.raises(TryLater):
        undo_consent("jack", either_store, disconnect, LATER)

    undo_consent("jack", either_store, lambda _: forget(either_store), LATER)
    assert days(either_store) == ["2026-10-29", "2026-10-30"]
    assert either_store.accounts.load().people == {}
