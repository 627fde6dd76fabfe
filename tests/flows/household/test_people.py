"""People and the registration, as the owner keeps them."""

from __future__ import annotations

from datetime import date

import pytest

from healthrelay.adapters.sqlite.store import SqliteStore
from healthrelay.adapters.vault import SealingVault
from healthrelay.core.errors import BadRequest, Duplicate, Unknown
from healthrelay.flows.household import application, people

TODAY = date(2026, 11, 23)


@pytest.fixture
def store() -> SqliteStore:
    return SqliteStore(":memory:")


def test_person_is_made_once(store: SqliteStore) -> None:
    people.add("jack", {"methods": "get_bodyfat"}, store.identities, TODAY)

    with pytest.raises(Duplicate, match="already"):
        people.add("jack", {}, store.identities, TODAY)
    assert store.identities.settings("jack") == {"methods": "get_bodyfat"}


def test_changing_merges_and_an_empty_value_takes_away(store: SqliteStore) -> None:
    people.add("jack", {"methods": "get_bodyfat", "period": "1w"}, store.identities, TODAY)

    kept = people.change("jack", {"period": "", "base_date": "today"}, store.identities, TODAY)

    assert kept == {"methods": "get_bodyfat", "base_date": "today"}
    assert store.identities.settings("jack") == kept


@pytest.mark.parametrize(
    "settings",
    [{"methods": "log_activity"}, {"methods": "time_series"}, {"period": "2w"}, {"token": "x"}],
)
def test_settings_that_no_fetch_could_use_are_refused(
    store: SqliteStore, settings: dict[str, str]
) -> None:
    with pytest.raises(BadRequest):
        people.add("jack", settings, store.identities, TODAY)
    assert store.identities.names() == []

    people.add("jack", {}, store.identities, TODAY)
    with pytest.raises(BadRequest):
        people.change("jack", settings, store.identities, TODAY)
    assert store.identities.settings("jack") == {}


def test_strangers_cannot_be_changed(store: SqliteStore) -> None:
    with pytest.raises(Unknown):
        people.change("jack", {}, store.identities, TODAY)


def test_registration_is_kept_sealed(store: SqliteStore) -> None:
    vault = SealingVault({"k": b"k" * 32})

    application.save_registration("cid", "a client secret", store.identities, vault)

    assert application.client_id(store.identities) == "cid"
    assert application.open_client_secret(store.identities, vault) == "a client secret"
    assert "a client secret" not in str(store.identities.application())


def test_half_a_registration_is_refused(store: SqliteStore) -> None:
    with pytest.raises(BadRequest):
        application.save_registration("cid", "", store.identities, SealingVault({"k": b"k" * 32}))
    assert application.client_id(store.identities) == ""
