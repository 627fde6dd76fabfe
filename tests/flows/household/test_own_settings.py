"""The application's own settings: nothing is kept unless all of it can be."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

import pytest

from healthrelay.adapters.sqlite.store import SqliteStore
from healthrelay.adapters.vault import SealingVault
from healthrelay.core.errors import BadRequest
from healthrelay.core.household.registration import CLIENT_ID, ClientRefused, Registered
from healthrelay.flows.household.application import open_client_secret, save_registration
from healthrelay.flows.household.own_settings import change_own_settings, set_elsewhere
from healthrelay.flows.household.registration import Registry
from healthrelay.flows.household.system import kept_system
from healthrelay.ports.store import Store
from tests.household import START
from tests.peers.firestore import MakeFirestore

TOKEN_URL = "https://provider.example/token"
VAULT = SealingVault({"one": bytes(32)})


class Environment(NamedTuple):
    client_id: str = ""
    client_secret: str = ""
    system: str = ""


NOTHING = Environment()


class Provider:
    """Knows the clients that begin with ``good``, and remembers which it was asked about."""

    def __init__(self) -> None:
        self.tried: list[tuple[str, str]] = []

    def __call__(self, pair: Registered) -> Provider:
        self.tried.append((pair.client_id, pair.client_secret))
        return self

    def try_client(self) -> None:
        if not self.tried[-1][0].startswith("good"):
            raise ClientRefused("The provider does not know it.", CLIENT_ID)


@pytest.fixture
def provider() -> Provider:
    return Provider()


@pytest.fixture(params=["sqlite", pytest.param("firestore", marks=pytest.mark.peer)])
def store(request: pytest.FixtureRequest) -> Iterator[Store]:
    """An empty store of each kind."""
    if request.param == "sqlite":
        yield SqliteStore(":memory:")
        return
    make: MakeFirestore = request.getfixturevalue("make_firestore")
    made = make()
    yield made
    made.close()


def change(
    store: Store, provider: Provider, environment: Environment = NOTHING, **values: str
) -> bool:
    return change_own_settings(
        values,
        environment,
        Registry(provider, TOKEN_URL),
        identities=store.identities,
        vault=VAULT,
        now=START,
    )


def client(store: Store) -> tuple[str, str]:
    """The kept client id, and its secret."""
    stored = store.identities.application().get("client_id", "")
    return stored, open_client_secret(store.identities, VAULT)


def test_units_say_whether_they_are_others(store: Store, provider: Provider) -> None:
    assert kept_system(store.identities) == "metric"

    assert change(store, provider, system="en_US")
    assert not change(store, provider, system="en_US")
    assert not change(store, provider, system="")

    assert kept_system(store.identities) == "en_US"
    assert change(store, provider, system="metric")


def test_a_client_is_tried_and_kept(store: Store, provider: Provider) -> None:
    assert not change(store, provider, client_id="good", client_secret="s")

    assert provider.tried == [("good", "s")]
    assert client(store) == ("good", "s")


def test_a_refused_client_keeps_the_units_too(store: Store, provider: Provider) -> None:
    save_registration("good", "s", store.identities, VAULT)
    before = store.identities.application()

    with pytest.raises(ClientRefused):
        change(store, provider, client_id="bad", client_secret="t", system="en_US")
    with pytest.raises(BadRequest):
        change(store, provider, client_id="good2", client_secret="t", system="en_FR")

    assert store.identities.application() == before
    assert provider.tried == [("bad", "t")]


@pytest.mark.parametrize(
    ("values", "tried"),
    [
        ({"client_secret": "new"}, ("good", "new")),
        ({"client_id": "good"}, ("good", "s")),
        ({"client_id": "good2", "client_secret": "new"}, ("good2", "new")),
    ],
)
def test_what_is_left_out_is_what_is_kept(
    store: Store, provider: Provider, values: dict[str, str], tried: tuple[str, str]
) -> None:
    save_registration("good", "s", store.identities, VAULT)

    change(store, provider, **values)

    assert provider.tried == [tried]
    assert client(store) == tried


def test_a_kept_secret_is_not_that_of_another_client(store: Store, provider: Provider) -> None:
    save_registration("good", "s", store.identities, VAULT)

    with pytest.raises(ClientRefused, match="The client secret is missing"):
        change(store, provider, client_id="good2")

    assert provider.tried == []
    assert client(store) == ("good", "s")


def test_what_the_environment_gives_wins(store: Store, provider: Provider) -> None:
    given = Environment("good", "s", "en_GB")
    for values in ({"client_id": "x"}, {"client_secret": "x"}, {"system": "metric"}):
        with pytest.raises(BadRequest, match="is set where healthrelay runs, and wins") as caught:
            change(store, provider, given, **values)
        assert caught.value.cause == "set_elsewhere"

    assert not change(store, provider, given, client_id="good", system="en_GB")

    assert provider.tried == [("good", "s")]
    kept = store.identities.application()
    assert kept.keys() & {"client_id", "client_secret", "system"} == set()
    assert set_elsewhere(given) == ["client_id", "client_secret", "system"]
    assert set_elsewhere(Environment(system="metric")) == ["system"]


def test_a_secret_may_be_kept_for_a_client_of_the_environment(
    store: Store, provider: Provider
) -> None:
    change(store, provider, Environment(client_id="good"), client_secret="s")

    assert provider.tried == [("good", "s")]
    assert client(store) == ("good", "s")
