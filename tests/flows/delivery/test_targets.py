"""A person's own targets: made, given new keys and removed."""

from __future__ import annotations

from functools import partial

import pytest

from healthrelay.adapters.vault import SealingVault
from healthrelay.assembly.targets import new_keys
from healthrelay.core.delivery.progress import Progress
from healthrelay.core.errors import BadRequest, HealthrelayError, Misconfigured, Unknown
from healthrelay.flows.delivery import targets
from healthrelay.flows.delivery.targets import (
    MAX_TARGETS,
    Endpoint,
    Keys,
    endpoint_of,
    open_keys,
    remove,
)
from healthrelay.ports.store import Store
from tests.flows.delivery import fakes

ENDPOINT = Endpoint("https://hook.example/in", private=False)
VAULT = SealingVault({"one": bytes(32)})

add = partial(targets.add, vault=VAULT, new_keys=new_keys)
rotate = partial(targets.rotate, vault=VAULT, new_keys=new_keys)


def keys_of(name: str, store: Store) -> list[Keys]:
    return open_keys("jack", name, store.targets.of("jack")[name], VAULT)


def test_a_new_target_gets_what_changes_from_now_on(store: Store) -> None:
    fakes.add(store, 1)

    keys = add("jack", "node-red", ENDPOINT, store=store)

    assert store.log.following("jack").progress("node-red") == Progress(1)
    assert endpoint_of(store.targets.of("jack")["node-red"]) == ENDPOINT
    assert keys_of("node-red", store) == [keys]


def test_keys_lie_sealed_and_open_at_their_own_place_only(store: Store) -> None:
    keys = add("jack", "node-red", ENDPOINT, store=store)
    document = store.targets.of("jack")["node-red"]

    assert set(document) == {"url", "private", "sealed"}
    assert keys.secret.removeprefix("whsec_") not in str(document)
    store.targets.save("jack", "other", document, None)
    with pytest.raises(Misconfigured):
        keys_of("other", store)


def test_new_keys_stand_beside_the_old_until_these_end(store: Store) -> None:
    first = add("jack", "node-red", ENDPOINT, store=store)
    second = rotate("jack", "node-red", store=store)
    assert keys_of("node-red", store) == [second, first]

    third = rotate("jack", "node-red", store=store)
    assert keys_of("node-red", store) == [third, second]

    targets.end_old_keys("jack", "node-red", store=store, vault=VAULT)
    assert keys_of("node-red", store) == [third]


def test_a_removed_target_follows_nothing(store: Store) -> None:
    add("jack", "node-red", ENDPOINT, store=store)

    remove("jack", "node-red", store)

    assert store.targets.of("jack") == {}
    assert store.log.following("jack").targets == {}
    with pytest.raises(Unknown):
        remove("jack", "node-red", store)
    with pytest.raises(Unknown):
        rotate("jack", "node-red", store=store)


@pytest.mark.parametrize(
    "url",
    [
        "",
        "hook.example",
        "ftp://hook.example/",
        "https://",
        "https://hook.example:0/",
        "https://hook.example:x/",
        "https://user:secret@hook.example/",
        "https://hook.example/#part",
        "https://hook.example/\n",
        "https://h\xf6\xf6k.example/",
        "https://hook.example/\N{EURO SIGN}",
        "https://hook.example/" + "x" * 2000,
        "http://hook.example/",
    ],
)
def test_addresses_that_cannot_be(store: Store, url: str) -> None:
    with pytest.raises(BadRequest) as caught:
        add("jack", "node-red", Endpoint(url, private=False), store=store)

    assert "secret" not in str(caught.value)
    assert store.targets.of("jack") == {}


def test_in_the_house_http_will_do(store: Store) -> None:
    at_home = Endpoint("http://192.168.1.10:1880/in", private=True)
    add("jack", "node-red", at_home, store=store)

    assert endpoint_of(store.targets.of("jack")["node-red"]) == at_home


@pytest.mark.parametrize(
    ("user", "name", "error"),
    [
        ("nobody", "node-red", Unknown),
        ("jack", "igor", BadRequest),
        ("jack", "reader:x", BadRequest),
        ("jack", "", BadRequest),
        ("jack", "there", BadRequest),
    ],
)
def test_names_that_cannot_be(
    store: Store, user: str, name: str, error: type[HealthrelayError]
) -> None:
    add("jack", "there", ENDPOINT, store=store)

    with pytest.raises(error):
        add(user, name, ENDPOINT, store=store)


def test_targets_are_not_without_number(store: Store) -> None:
    for number in range(MAX_TARGETS):
        add("jack", f"t{number}", ENDPOINT, store=store)

    with pytest.raises(BadRequest, match="already"):
        add("jack", "another", ENDPOINT, store=store)
