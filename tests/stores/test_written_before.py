"""A store that an older version wrote opens, says all that it held, and goes on.

`written/` holds what version 0.1.0 stored at a fixed instant for three people: jack with Google
Health, in two stretches with a gap between; anna with Fitbit, before the household changed over;
mia, who had not connected. Dishes have the names of another app there, weighings their own
numbers.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing
from datetime import date, timedelta
from pathlib import Path

import pytest

from healthrelay.adapters.sqlite.store import SqliteStore
from healthrelay.adapters.vault import SealingVault
from healthrelay.core.grants.token import Account
from healthrelay.core.measurements.ledger import Days, Look
from healthrelay.flows.grants.document import from_document
from healthrelay.flows.transfer.person import read_person
from healthrelay.ports.store import Store
from tests.household import START
from tests.stores.earlier import write_firestore, write_sqlite

PEOPLE = ("anna", "jack", "mia")
VAULT = SealingVault({"k": b"k" * 32})


@pytest.fixture(params=["sqlite", pytest.param("firestore", marks=pytest.mark.peer)])
def open_written(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Callable[[], Store]]:
    """Open today's store over what 0.1.0 wrote, as often as wanted."""
    if request.param == "firestore":
        write_firestore("0.1.0", request.getfixturevalue("firestore_project"))
        yield request.getfixturevalue("make_firestore")
        return
    path = tmp_path / "healthrelay.db"
    write_sqlite("0.1.0", path)
    with ExitStack() as stack:
        yield lambda: stack.enter_context(closing(SqliteStore(str(path))))


@pytest.fixture
def written(open_written: Callable[[], Store]) -> Store:
    return open_written()


def test_all_records_are_there(written: Store) -> None:
    assert tuple(written.identities.names()) == PEOPLE
    counts = {
        user: Counter(record.series for record in written.records.everything(user))
        for user in PEOPLE
    }

    assert counts == {
        "anna": {"sleep": 2, "sleep-summary": 2, "weight": 9},
        "jack": {
            "activities-heart": 6,
            "activities-steps": 11,
            "body-weight": 6,
            "foods": 4,
            "foods-summary": 1,
            "sleep": 2,
            "sleep-summary": 2,
            "weight": 7,
        },
        "mia": {},
    }


def test_grants_open_and_say_whose_they_are(written: Store) -> None:
    expected = {"anna": ("fitbit", "A1B2C3"), "jack": ("google_health", "111256657788")}
    for user, (provider, account) in expected.items():
        stored = written.tokens.load(user)
        assert stored is not None
        token = from_document(user, stored.document, VAULT)
        assert (token.provider, token.account) == (provider, Account(account, "Europe/Amsterdam"))
        assert timedelta() < token.grant.expires_at - START < timedelta(hours=9)
        assert token.grant.refresh
    assert written.tokens.load("mia") is None


def test_logs_followers_and_targets_go_on(written: Store) -> None:
    assert [written.log.head(user) for user in PEOPLE] == [2, 3, 0]
    assert set(written.targets.of("jack")) == {"node-red"}
    first = date(2026, 11, 22)
    # They were read once, so that one more reading of nothing says that there is nothing.
    steps = Days(first, "ooooooo", {first + timedelta(days): Look(2) for days in range(7)})
    assert written.records.ledger("jack").days["activities-steps"] == steps


def test_who_opens_it_again_finds_the_same(open_written: Callable[[], Store]) -> None:
    stores = (open_written(), open_written())
    first, second = ([read_person(store, user) for user in PEOPLE] for store in stores)

    assert first == second
    assert all(first)
