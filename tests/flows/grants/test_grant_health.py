"""A login is declared lost only when it is: pauses, refusals, refreshes cut short."""

from __future__ import annotations

from datetime import timedelta

import pytest

from healthrelay.adapters.sqlite import SqliteStore
from healthrelay.adapters.vault import SealingVault
from healthrelay.core.errors import (
    HealthrelayError,
    Misconfigured,
    RateLimited,
    ReconnectNeeded,
    TryLater,
)
from healthrelay.flows.grants.lease import LEASE
from healthrelay.flows.grants.refresh import Grants
from tests.flows.grants.issuer import ACCOUNT, NOW, Issuer, grant, take

SECOND = timedelta(seconds=1)
REFUSED = ReconnectNeeded("Fitbit no longer honours this grant (invalid_grant).")


@pytest.fixture
def store() -> SqliteStore:
    store = SqliteStore(":memory:")
    store.identities.save("jack", {})
    return store


@pytest.fixture(params=[True, False], ids=["single use", "many uses"])
def single_use(request: pytest.FixtureRequest) -> bool:
    return bool(request.param)


@pytest.fixture
def issuer(single_use: bool) -> Issuer:
    return Issuer(single_use)


@pytest.fixture
def grants(store: SqliteStore, issuer: Issuer) -> Grants:
    """Jack's token is due, and too old to be used."""
    vault = SealingVault({"k": b"k" * 32})
    made = Grants("fitbit", store.tokens, vault, issuer)
    made.connect("jack", grant(1, hours=0), ACCOUNT, NOW)
    return made


def test_pause_after_failures_doubles_from_thirty_seconds_to_an_hour(
    grants: Grants, issuer: Issuer
) -> None:
    issuer.trouble = TryLater("Fitbit has trouble.", after=5)
    now, pauses = NOW, []
    for number in range(9):
        with pytest.raises(TryLater):
            grants.current("jack", now)
        assert len(issuer.asked) == number + 1
        with pytest.raises(TryLater) as caught:
            grants.current("jack", now)
        assert len(issuer.asked) == number + 1
        pauses.append(caught.value.after - 1)
        now += timedelta(seconds=caught.value.after)

    assert pauses == [30, 60, 120, 240, 480, 960, 1920, 3600, 3600]
    issuer.trouble = None
    assert grants.current("jack", now).grant.access == "access-2"
    assert grants.stored("jack").health.failures == 0


def test_provider_that_asks_for_a_longer_pause_gets_it(grants: Grants, issuer: Issuer) -> None:
    issuer.trouble = RateLimited("Fitbit asks for a pause.", after=777)
    with pytest.raises(RateLimited):
        grants.current("jack", NOW)

    with pytest.raises(TryLater) as caught:
        grants.current("jack", NOW + SECOND * 700)

    assert caught.value.after == 78
    assert len(issuer.asked) == 1


def test_token_that_cannot_be_refreshed_is_used_as_long_as_it_lasts(
    grants: Grants, issuer: Issuer
) -> None:
    grants.connect("jack", grant(1, hours=1 / 30), ACCOUNT, NOW)
    for trouble in (TryLater("x"), Misconfigured("x"), REFUSED):
        grants.connect("jack", grant(1, hours=1 / 30), ACCOUNT, NOW)
        issuer.trouble = trouble

        assert grants.current("jack", NOW).grant.access == "access-1"
        with pytest.raises(HealthrelayError):
            grants.current("jack", NOW + timedelta(minutes=2))


def test_owner_who_mended_a_setting_need_not_wait(grants: Grants, issuer: Issuer) -> None:
    issuer.trouble = Misconfigured("Fitbit refuses our registration (invalid_client).")
    with pytest.raises(Misconfigured):
        grants.current("jack", NOW)
    issuer.trouble = None

    assert grants.current("jack", NOW).grant.access == "access-2"


def test_one_refusal_is_asked_again_after_a_minute_and_not_before(
    grants: Grants, issuer: Issuer
) -> None:
    issuer.trouble = REFUSED
    for seconds in (0, 1, 59):
        with pytest.raises(TryLater) as caught:
            grants.current("jack", NOW + SECOND * seconds)
        assert caught.value.cause == "refused_once"
    assert len(issuer.asked) == 1
    issuer.trouble = None

    assert grants.current("jack", NOW + SECOND * 60).grant.access == "access-2"
    assert grants.stored("jack").health.refused_at is None


def test_two_refusals_a_minute_apart_end_the_grant_for_good(grants: Grants, issuer: Issuer) -> None:
    issuer.trouble = REFUSED
    with pytest.raises(TryLater):
        grants.current("jack", NOW)
    with pytest.raises(ReconnectNeeded):
        grants.current("jack", NOW + SECOND * 61)
    issuer.trouble = None

    with pytest.raises(ReconnectNeeded, match="invalid_grant"):
        grants.current("jack", NOW + timedelta(days=3))
    assert len(issuer.asked) == 2
    health = grants.stored("jack").health
    assert health.ended_at == NOW + SECOND * 61
    assert health.refreshing is not None
    assert health.refreshing.since == NOW


def test_what_another_worker_stored_after_the_first_refusal_is_taken(
    grants: Grants, issuer: Issuer
) -> None:
    issuer.trouble = REFUSED
    with pytest.raises(TryLater):
        grants.current("jack", NOW)
    grants.connect("jack", grant(5, hours=9), ACCOUNT, NOW)

    assert grants.current("jack", NOW + SECOND * 61).grant.access == "access-5"
    assert len(issuer.asked) == 1


def test_after_a_crash_in_flight_a_single_use_token_is_tried_once(
    grants: Grants, issuer: Issuer, store: SqliteStore, single_use: bool
) -> None:
    take(store, NOW - LEASE)
    issuer.trouble = REFUSED

    with pytest.raises(ReconnectNeeded if single_use else TryLater):
        grants.current("jack", NOW)
    if single_use:
        with pytest.raises(ReconnectNeeded):
            grants.current("jack", NOW + SECOND * 61)

    assert issuer.asked == ["refresh-1"]


def test_after_a_crash_in_flight_that_the_provider_never_saw_all_is_well(
    grants: Grants, issuer: Issuer, store: SqliteStore
) -> None:
    take(store, NOW - LEASE)

    assert grants.current("jack", NOW).grant.access == "access-2"


def test_clock_that_jumped_far_ahead_does_not_stop_refreshing(
    grants: Grants, issuer: Issuer
) -> None:
    issuer.trouble = TryLater("x")
    with pytest.raises(TryLater):
        grants.current("jack", NOW + timedelta(days=400))
    issuer.trouble = None

    assert grants.current("jack", NOW).grant.access == "access-2"


def test_trouble_with_reading_is_kept_with_its_beginning_and_written_once(
    grants: Grants, store: SqliteStore
) -> None:
    grants.connect("jack", grant(1, hours=9), ACCOUNT, NOW)

    def versions_after(*errors: HealthrelayError | None) -> int:
        seen = set()
        for number, error in enumerate(errors):
            token = grants.current("jack", NOW)
            grants.record_reading("jack", token, error, NOW + SECOND * number)
            stored = store.tokens.load("jack")
            assert stored is not None
            seen.add(stored.version)
        return len(seen)

    assert versions_after(None, None) == 1
    assert versions_after(TryLater("x"), TryLater("x"), TryLater("x")) == 1
    reading = grants.stored("jack").health.reading
    assert reading is not None
    assert (reading.since, reading.who) == (NOW, "nobody")
    assert versions_after(Misconfigured("y").with_cause("gone"), None, None) == 2
    assert grants.stored("jack").health.reading is None


def test_refreshes_and_the_end_of_a_grant_are_told_to_the_log(
    store: SqliteStore, issuer: Issuer
) -> None:
    lines: list[tuple[str, str, object]] = []

    def log_event(severity: str, event: str, **facts: object) -> None:
        lines.append((severity, event, facts["cause"]))

    vault = SealingVault({"k": b"k" * 32})
    grants = Grants("fitbit", store.tokens, vault, issuer, log_event=log_event)
    grants.connect("jack", grant(1, hours=0), ACCOUNT, NOW)
    grants.current("jack", NOW)
    issuer.trouble = REFUSED
    grants.connect("jack", grant(1, hours=0), ACCOUNT, NOW)
    for seconds in (0, 61, 99):
        with pytest.raises(HealthrelayError):
            grants.current("jack", NOW + SECOND * seconds)

    refused = ("WARNING", "refresh", "reconnect_needed")
    lost = ("ERROR", "grant lost", REFUSED.sentence)
    assert lines == [("INFO", "refresh", None), refused, refused, lost]
