"""What is wanted of a person follows their settings, and so does the day that it is for them."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from healthrelay.core.errors import Unknown
from healthrelay.core.measurements.ledger import Days, Ledger
from healthrelay.core.measurements.reading import Delta
from healthrelay.core.measurements.status import PersonStatus
from healthrelay.flows.measurements.status import read_status
from healthrelay.ports.store import Store
from tests.stores.contract import DOCUMENT

NOW = datetime(2026, 11, 28, 23, 30, tzinfo=UTC)
STEPS = "activities-steps"
SETTINGS = {"methods": "time_series", "resource": "activities/steps", "period": "7d"}


def shown(store: Store, provider: str = "google_health", **settings: str) -> PersonStatus:
    """Return how it stands with steps from the 25th to the 27th."""
    store.identities.save("jack", settings or SETTINGS)
    ledger = Ledger(days={STEPS: Days(date(2026, 11, 25), "sse")})
    store.records.apply("jack", Delta(), NOW, ledger=ledger)
    return read_status("jack", NOW, store=store, provider=provider)


def states(status: PersonStatus, series: str = STEPS) -> tuple[str, str]:
    days = status.series[series].days
    return str(days.start), days.states


def test_days_of_the_settings_are_shown(either_store: Store) -> None:
    assert states(shown(either_store)) == ("2026-11-22", "ooosseo")


def test_the_last_day_is_that_of_the_settings_or_of_the_account(either_store: Store) -> None:
    # At half past eleven in the evening of UTC it is the 29th in Amsterdam.
    zoned = shown(either_store, **SETTINGS, timezone="Europe/Amsterdam")
    assert states(zoned) == ("2026-11-23", "oosseoo")
    either_store.tokens.save("jack", {**DOCUMENT, "zone": "Europe/Amsterdam"}, 0)
    assert states(shown(either_store)) == ("2026-11-23", "oosseoo")


def test_nothing_from_before_a_new_account_of_the_same_wearer_is_wanted(
    either_store: Store,
) -> None:
    continued = shown(either_store, **SETTINGS, continued_on="2026-11-24")

    assert states(continued) == ("2026-11-24", "osseo")


def test_who_keeps_what_somebody_measured_wants_nothing(either_store: Store) -> None:
    kept = shown(either_store, **SETTINGS, kept_from="emma 1")

    assert states(kept) == ("2026-11-25", "sse")
    assert not kept.series[STEPS].configured


@pytest.mark.parametrize(("provider", "wanted"), [("google_health", True), ("fitbit", False)])
def test_what_another_provider_has_alone_is_not_wanted(
    either_store: Store, provider: str, wanted: bool
) -> None:
    status = shown(either_store, provider, methods="time_series,get_devices", resource="hrv")

    assert ("hrv" in status.series) is wanted
    assert "devices" not in status.series


def test_settings_that_a_fetch_refuses_want_nothing(either_store: Store) -> None:
    status = shown(either_store, methods="time_series", resource="body/weight", period="2w")

    assert states(status) == ("2026-11-25", "sse")


def test_a_stranger(either_store: Store) -> None:
    with pytest.raises(Unknown, match="There is no user emma"):
        read_status("emma", NOW, store=either_store, provider="fitbit")
