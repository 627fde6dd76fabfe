"""A household in the middle of its life, and an empty store; each of either kind."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date, datetime, timedelta
from pathlib import Path

import pytest

from healthrelay.adapters.sqlite.store import SqliteStore
from healthrelay.core.delivery.progress import DeadLetters, Progress
from healthrelay.core.measurements.reading import Delta
from healthrelay.flows.delivery.targets import Endpoint, Keys, add
from healthrelay.flows.household.application import application_associated_data
from healthrelay.ports.store import Store
from tests.flows.grants.issuer import ACCOUNT, VAULT, grant, grants_of
from tests.stores.contract import LEDGER, NOW, stored_person, weight

peer = pytest.mark.peer
MINTED = Keys("whsec_shared", "whsk_ours", "whpk_public")
ROUTES = [
    ("sqlite", "sqlite"),
    pytest.param(("sqlite", "firestore"), marks=peer),
    pytest.param(("firestore", "sqlite"), marks=peer),
]


@pytest.fixture(params=ROUTES, ids=lambda kinds: "-".join(kinds))
def route(request: pytest.FixtureRequest) -> tuple[str, str]:
    """Return the kinds of the store that is dumped and of the one that is loaded."""
    source, target = request.param
    return source, target


@pytest.fixture
def make(
    request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Callable[[str, str], Store]]:
    """Make an empty store of a kind; a file lies in a folder of that name."""
    stores: list[SqliteStore] = []

    def made(kind: str, folder: str) -> Store:
        if kind == "sqlite":
            stores.append(SqliteStore(str(tmp_path / folder / "healthrelay.db")))
            return stores[-1]
        project = request.getfixturevalue("firestore_project")
        monkeypatch.setenv("GOOGLE_CLOUD_PROJECT", project)
        store: Store = request.getfixturevalue("make_firestore")()
        return store

    yield made
    for store in stores:
        store.close()


@pytest.fixture
def source(route: tuple[str, str], make: Callable[[str, str], Store]) -> Store:
    return household(make(route[0], "from"))


@pytest.fixture
def target(route: tuple[str, str], make: Callable[[str, str], Store]) -> Store:
    return make(route[1], "to")


def household(store: Store) -> Store:
    """Three people, of whom jack has everything that there is."""
    secret = VAULT.seal("hidden", application_associated_data("client_secret"))
    store.identities.save_application({"client_id": "cid", "client_secret": secret}, {})
    for user in ("jack", "second", "__x__"):
        store.identities.save(user, {"period": "1w", "methods": "time_series"})
    for day in range(1, 9):
        change(store, day)
    store.records.apply("jack", Delta(removed=(weight("2026-11-02"),)), at(9))
    store.log.prune("jack", at(4))
    years = [weight((date(2024, 1, 1) + timedelta(day)).isoformat()) for day in range(700)]
    store.records.apply("second", Delta(added=tuple(years)), at(1))
    imported = weight("2026-11-08")._replace(origin="import")
    store.records.apply("jack", Delta(adopted=(imported,)), at(9), LEDGER)
    store.log.retell("jack", "en_US", (), at(9))
    store.identities.save_poll_key("jack", "a-hash")
    endpoint = Endpoint("https://a.example", False)
    add("jack", "node-red", endpoint, store=store, vault=VAULT, new_keys=lambda: MINTED)
    failing = Progress(7, state="failing", died=at(8), dead=(DeadLetters(5, 6),))
    store.log.save("jack", "igor", failing)
    store.log.save("jack", "reader:script", Progress(6, at=at(7)))
    grants_of(store).connect("jack", grant(1), ACCOUNT, NOW)
    return store


def at(day: int) -> datetime:
    return NOW + timedelta(days=day)


def change(store: Store, day: int) -> None:
    store.records.apply("jack", Delta(added=(weight(f"2026-11-{day:02}"),)), at(day))


def contents(store: Store) -> dict[str, object]:
    """All that any store holds, as its ports tell it, but for the versions of documents."""
    return {
        "": store.identities.application(),
        **{user: _contents(store, user) for user in store.identities.names()},
    }


def _contents(store: Store, user: str) -> list[object]:
    person = stored_person(store, user)
    # As text: Igor gets the members of an element in the order in which they stand.
    return [store.log.head(user), person, [repr(record) for record in person.records]]
