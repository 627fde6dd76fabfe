"""A person's own targets: made, given new keys and taken away."""

from __future__ import annotations

import pytest

from healthrelay.adapters.sqlite import SqliteStore
from healthrelay.adapters.vault import SealingVault
from healthrelay.adapters.webhook import mint
from healthrelay.core.delivery.progress import Progress
from healthrelay.core.errors import BadRequest, HealthrelayError, Misconfigured, Unknown
from healthrelay.core.measurements.records import Delta, Record
from healthrelay.flows.delivery.targets import (
    MAX_TARGETS,
    Desk,
    Keys,
    Place,
    add,
    end_old_keys,
    opened,
    remove,
    rotate,
)
from tests.stores.contract import NOW

PLACE = Place("https://hook.example/in", private=False)


@pytest.fixture
def desk() -> Desk:
    store = SqliteStore(":memory:")
    store.identities.save("jack", {})
    return Desk(store, SealingVault({"one": bytes(32)}), lambda: Keys(*mint()))


def test_a_new_target_gets_what_changes_from_now_on(desk: Desk) -> None:
    record = Record("body-weight", "2026-11-01", "2026-11-01", {"dateTime": "2026-11-01"})
    desk.store.records.apply("jack", Delta(added=(record,)), NOW)

    keys = add("jack", "node-red", PLACE, desk)

    assert desk.store.log.following("jack").progress("node-red") == Progress(1)
    assert opened("jack", "node-red", desk.store, desk.vault) == (PLACE, [keys])


def test_keys_lie_sealed_and_open_at_their_own_place_only(desk: Desk) -> None:
    keys = add("jack", "node-red", PLACE, desk)
    document = desk.store.targets.of("jack")["node-red"]

    assert set(document) == {"url", "private", "sealed"}
    assert keys.secret.removeprefix("whsec_") not in str(document)
    desk.store.targets.save("jack", "other", document, None)
    with pytest.raises(Misconfigured):
        opened("jack", "other", desk.store, desk.vault)


def test_new_keys_stand_beside_the_old_until_these_end(desk: Desk) -> None:
    first = add("jack", "node-red", PLACE, desk)
    second = rotate("jack", "node-red", desk)
    assert opened("jack", "node-red", desk.store, desk.vault)[1] == [second, first]

    third = rotate("jack", "node-red", desk)
    assert opened("jack", "node-red", desk.store, desk.vault)[1] == [third, second]

    end_old_keys("jack", "node-red", desk)
    assert opened("jack", "node-red", desk.store, desk.vault) == (PLACE, [third])


def test_a_removed_target_follows_nothing(desk: Desk) -> None:
    add("jack", "node-red", PLACE, desk)

    remove("jack", "node-red", desk.store)

    assert desk.store.targets.of("jack") == {}
    assert desk.store.log.following("jack").targets == {}
    with pytest.raises(Unknown):
        remove("jack", "node-red", desk.store)
    with pytest.raises(Unknown):
        rotate("jack", "node-red", desk)


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
        "https://hook.example/" + "x" * 2000,
        "http://hook.example/",
    ],
)
def test_addresses_that_cannot_be(desk: Desk, url: str) -> None:
    with pytest.raises(BadRequest) as caught:
        add("jack", "node-red", Place(url, private=False), desk)

    assert "secret" not in str(caught.value)
    assert desk.store.targets.of("jack") == {}


def test_in_the_house_http_will_do(desk: Desk) -> None:
    add("jack", "node-red", Place("http://192.168.1.10:1880/in", private=True), desk)


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
    desk: Desk, user: str, name: str, error: type[HealthrelayError]
) -> None:
    add("jack", "there", PLACE, desk)

    with pytest.raises(error):
        add(user, name, PLACE, desk)


def test_targets_are_not_without_number(desk: Desk) -> None:
    for number in range(MAX_TARGETS):
        add("jack", f"t{number}", PLACE, desk)

    with pytest.raises(BadRequest, match="already"):
        add("jack", "another", PLACE, desk)
