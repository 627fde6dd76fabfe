"""Damage in what says whose account is whose: it stops whom it concerns, and nobody else."""

from __future__ import annotations

import copy
import json
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from healthrelay.adapters.sqlite.store import SqliteStore
from healthrelay.core.damage import Damaged
from healthrelay.core.errors import HealthrelayError, WrongAccount
from healthrelay.flows.household.damage import find_damage
from healthrelay.ports.store import Store
from tests.flows.grants.consenting import AccountProvider, Consenting, attempt
from tests.peers.emulated import EmulatedStore

PATH = "plugindata/accounts"
JUNK: tuple[Any, ...] = (7, None, "text", {"a": [1]}, [7], [["jack"]])
JUNK_TEXTS: tuple[Any, ...] = ("{", "[]", "null", "7", "{}", "[" * 20_000, b"\xff\xfe", 3)


@pytest.fixture(params=[False, True], ids=["google", "fitbit"])
def provider(request: pytest.FixtureRequest) -> AccountProvider:
    return AccountProvider(single_use=request.param)


@pytest.fixture
def household(either_store: Store, provider: AccountProvider) -> Consenting:
    """Jack and anna, who were connected and read; otto, who is new."""
    home = Consenting(either_store, provider)
    for user in ("jack", "anna", "otto"):
        either_store.identities.save(user, {})
    for user, account in (("jack", "J"), ("anna", "A")):
        home.connect(user, account)
        home.fetch(user)
    return home


def text_of(store: Store) -> str:
    return json.dumps(store.accounts.load().to_document())


def put(store: Store, text: Any) -> None:
    """Write *text* in the place of the bindings, past the store."""
    if isinstance(store, SqliteStore):
        with store._database.write() as connection:
            connection.execute("UPDATE documents SET data = ? WHERE path = ?", (text, PATH))
    else:
        assert isinstance(store, EmulatedStore)
        from google.cloud import firestore

        client = firestore.Client(project=store.project)
        client.document(PATH).update({"bindings": text})
        client.close()


def spoiled_entries(text: str, account: str) -> Iterator[str]:
    """Yield the bindings with junk in place of each entry of *account* at either provider."""
    whole = json.loads(text)
    for name in whole["people"]:
        for junk in JUNK if name.endswith(account) else ():
            spoiled = copy.deepcopy(whole)
            spoiled["people"][name] = junk
            yield json.dumps(spoiled)


def named(store: Store, user: str) -> list[tuple[str, str]]:
    """Return who must act on what is damaged of *user*, and its place."""
    troubles = find_damage(user, store)
    return [(one.who, one.sentence.partition(": ")[2]) for one in troubles]


NAMED = [("owner", "account, plugindata/accounts.")]


def others_connect(household: Consenting) -> None:
    household.connect("anna", "A")
    household.connect("otto", "O")
    assert [household.login(user) for user in ("anna", "otto")] == ["A", "O"]


def refused(act: Callable[[], object], *kinds: type[HealthrelayError]) -> bool:
    return isinstance(attempt(act), kinds)


@pytest.mark.parametrize("connected", [True, False])
def test_one_persons_damaged_binding_stops_their_consents_alone(
    household: Consenting, connected: bool
) -> None:
    store = household.store
    if not connected:
        household.disconnect("jack")
    before = store.accounts.load()
    for number, spoiled in enumerate(spoiled_entries(text_of(store), "J")):
        put(store, spoiled)

        assert named(store, "jack") == NAMED, spoiled
        assert named(store, "anna") == named(store, "otto") == [], spoiled
        # Two bodies are not mixed, and nobody takes what may be jack's.
        assert refused(lambda: household.connect("jack", "X"), WrongAccount, Damaged), spoiled
        assert refused(lambda: household.connect("otto", "J"), WrongAccount), spoiled
        assert refused(lambda: household.connect("anna", "J"), WrongAccount), spoiled
        if number % 2:
            others_connect(household)
            assert named(store, "jack") == NAMED, spoiled
        household.connect("jack", "J")
        assert (household.login("jack"), named(store, "jack")) == ("J", []), spoiled
        others_connect(household)

        if not connected:
            household.disconnect("jack")
        household.erase("otto")
        after = store.accounts.load()
        assert (after.people, after.damaged) == (before.people, ())


def test_when_all_bindings_are_lost_grants_say_whose_they_are(household: Consenting) -> None:
    store = household.store
    household.disconnect("jack")
    text = text_of(store)
    for spoiled in (*JUNK_TEXTS, *(json.dumps({"people": one, "endings": {}}) for one in JUNK)):
        put(store, spoiled)

        assert named(store, "jack") == named(store, "anna") == NAMED
        assert refused(lambda: household.connect("anna", "X"), WrongAccount, Damaged)
        assert refused(lambda: household.connect("jack", "A"), WrongAccount, Damaged)
        others_connect(household)
        assert (named(store, "jack"), named(store, "anna")) == (NAMED, [])

        # Which account was jack's nobody can know any more, but the owner.
        assert refused(lambda: household.connect("jack", "J"), Damaged)
        assert household.token("jack") is None
        store.accounts.change(lambda bindings: bindings.replace("jack", ()))
        household.connect("jack", "J")
        assert (household.login("jack"), named(store, "jack")) == ("J", [])

        household.disconnect("jack")
        household.erase("otto")
        put(store, text)
        assert named(store, "jack") == []


def test_who_is_removed_leaves_damaged_bindings(household: Consenting) -> None:
    store = household.store
    for spoiled in ("{", *spoiled_entries(text_of(store), "J")):
        put(store, spoiled)

        household.erase("jack")

        assert "J" not in text_of(store)
        assert named(store, "jack") == []
        household.connect("jack", "J")
        household.fetch("jack")
        household.connect("anna", "A")


@pytest.mark.parametrize("junk", [7, [1], ["1", None], [1, "yesterday"], "text"])
def test_an_ending_that_cannot_be_read_lets_no_older_consent_through(
    household: Consenting, junk: Any
) -> None:
    store = household.store
    tab = household.begin("otto")

    def end_meanwhile() -> None:
        assert refused(lambda: household.connect("jack", "X"), WrongAccount)
        whole = json.loads(text_of(store))
        assert whole["endings"]
        whole["endings"] = dict.fromkeys(whole["endings"], junk)
        put(store, json.dumps(whole))

    household.provider.after_account = end_meanwhile
    assert attempt(lambda: household.finish(tab, "X")) is not None
    assert household.token("otto") is None
    others_connect(household)
    household.connect("jack", "J")
