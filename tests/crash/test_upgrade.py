"""A person whom a version without a ledger has stored is read on, cut short before any step.

From what was covered of their steps, 14 days are missing (`tests.stores.test_before_the_ledger`).
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest

from healthrelay.core.measurements.ledger import State
from tests.crash.home import Home
from tests.household import START
from tests.stores.earlier import write_firestore, write_sqlite
from tests.stores.test_before_the_ledger import HOLE, OPEN

pytestmark = [pytest.mark.peer, pytest.mark.parametrize("provider", ["google_health", "fitbit"])]

Upgrade = Callable[[], None]
USERS = {"google_health": "jack", "fitbit": "anna"}
WRITTEN_HEAD = 2


@pytest.fixture
def user(provider: str) -> str:
    return USERS[provider]


@pytest.fixture
def upgrade(home: Home, place: dict[str, str], user: str) -> Upgrade:
    """Put back what the earlier version left, and let *user* connect again."""

    def put_back() -> None:
        store = home.services.store
        store.close()  # type: ignore[attr-defined]
        if project := place.get("GOOGLE_CLOUD_PROJECT"):
            write_firestore("before_ledger", project)
        else:
            path = Path(place["HEALTHRELAY_STORE"].removeprefix("sqlite:///"))
            for file in path.parent.glob(f"{path.name}*"):
                file.unlink()
            write_sqlite("before_ledger", path)
        # Its address leads nowhere.
        store.log.save(user, "node-red", None)
        home.here("connect", **home.consent(user))

    return put_back


def result(home: Home, user: str) -> list[object]:
    """What is stored after the upgrade, and what was told meanwhile."""
    store = home.services.store
    return [
        store.records.everything(user),
        store.records.ledger(user)._replace(read_at="", turn=0),
        [entry._replace(at=home.now) for entry in store.log.after(user, WRITTEN_HEAD, 100)],
        store.log.following(user).progress("igor").sequence,
    ]


def test_only_what_was_missing_is_told_and_only_a_reading_settles(
    home: Home, upgrade: Upgrade, user: str
) -> None:
    upgrade()
    store = home.services.store
    reads = home.child("fetch", query={}, user=user).count("provider.read")

    (entry,) = store.log.after(user, WRITTEN_HEAD, 100)
    assert (entry.changed, entry.removed, entry.whole) == ({}, {}, ())
    assert {series: set(keys) for series, keys in entry.added.items()} == {"activities-steps": HOLE}
    assert all(record.origin for record in store.records.everything(user))
    for days in store.records.ledger(user).days.values():
        assert days.start == OPEN.start
        # The 27th of October ended 31 days before, whatever any device says.
        far = [days.state(OPEN.start + timedelta(day)) for day in range(13)]
        assert {*far} <= {State.SETTLED, State.EMPTY}
        assert days.state(START.date()) is State.OPEN
    # Steps, weight, fat, height and the devices, each in one call over all 45 days.
    assert reads <= 5

    home.now += timedelta(hours=1)
    assert home.child("fetch", query={}, user=user).count("provider.read") <= reads
    assert store.log.head(user) == entry.sequence


@pytest.mark.parametrize("first", [0, 1], ids=["even", "odd"])
def test_a_first_fetch_that_is_cut_short_ends_the_same(
    home: Home, upgrade: Upgrade, user: str, first: int
) -> None:
    """Before every second step, from the *first* one on: together before each."""
    upgrade()
    steps = home.child("fetch", query={}, user=user)
    expected = result(home, user)

    begin, end = steps.index("provider.read"), steps.index("log.following")
    for last in range(begin + first, end + 1, 2):
        upgrade()
        home.child("fetch", last, query={}, user=user)
        home.heal("fetch", query={}, user=user)
        home.heal("fetch", query={}, user=user)

        assert result(home, user) == expected, steps[last]
