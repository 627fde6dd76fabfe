"""A login is declared lost only when it is: pauses, refusals, refreshes cut short."""

from __future__ import annotations

from datetime import timedelta

import pytest

from healthrelay.core.errors import (
    HealthrelayError,
    Misconfigured,
    RateLimited,
    ReconnectNeeded,
    TryLater,
)
from healthrelay.flows.grants.lease import LEASE
from tests.flows.grants.issuer import NOW, Login, stored_token

SECOND = timedelta(seconds=1)
REFUSED = ReconnectNeeded("Fitbit no longer honours this grant (invalid_grant).")


@pytest.fixture(params=[True, False], ids=["single use", "many uses"])
def single_use(request: pytest.FixtureRequest) -> bool:
    return bool(request.param)


@pytest.fixture
def login(single_use: bool) -> Login:
    return Login(single_use)


def refuse(login: Login) -> None:
    """Have the provider refuse a refresh once."""
    login.issuer.trouble = REFUSED
    with pytest.raises(TryLater):
        login.current()


def test_pause_after_failures_doubles_from_thirty_seconds_to_an_hour(login: Login) -> None:
    login.issuer.trouble = TryLater("Fitbit has trouble.", after=5)
    waited, pauses = timedelta(), []
    for number in range(9):
        with pytest.raises(TryLater):
            login.current(waited)
        assert len(login.issuer.asked) == number + 1
        with pytest.raises(TryLater) as caught:
            login.current(waited)
        assert len(login.issuer.asked) == number + 1
        pauses.append(caught.value.after - 1)
        waited += timedelta(seconds=caught.value.after)

    assert pauses == [30, 60, 120, 240, 480, 960, 1920, 3600, 3600]
    login.issuer.trouble = None
    assert login.current(waited).grant.access == "access-2"
    assert login.load().health.failures == 0


def test_provider_that_asks_for_a_longer_pause_gets_it(login: Login) -> None:
    login.issuer.trouble = RateLimited("Fitbit asks for a pause.", after=777)
    with pytest.raises(RateLimited):
        login.current()

    with pytest.raises(TryLater) as caught:
        login.current(SECOND * 700)

    assert caught.value.after == 78
    assert len(login.issuer.asked) == 1


def test_token_that_cannot_be_refreshed_is_used_as_long_as_it_lasts(login: Login) -> None:
    for trouble in (TryLater("x"), Misconfigured("x"), REFUSED):
        login.connect(1, hours=1 / 30)
        login.issuer.trouble = trouble

        assert login.current().grant.access == "access-1"
        with pytest.raises(HealthrelayError):
            login.current(timedelta(minutes=2))


def test_owner_who_mended_a_setting_need_not_wait(login: Login) -> None:
    login.issuer.trouble = Misconfigured("Fitbit refuses our registration (invalid_client).")
    with pytest.raises(Misconfigured):
        login.current()
    login.issuer.trouble = None

    assert login.current().grant.access == "access-2"


def test_one_refusal_is_asked_again_after_a_minute_and_not_before(login: Login) -> None:
    login.issuer.trouble = REFUSED
    for seconds in (0, 1, 59):
        with pytest.raises(TryLater) as caught:
            login.current(SECOND * seconds)
        assert caught.value.cause == "refused_once"
    assert len(login.issuer.asked) == 1
    login.issuer.trouble = None

    assert login.current(SECOND * 60).grant.access == "access-2"
    assert login.load().health.refused_at is None


def test_two_refusals_a_minute_apart_end_the_grant_for_good(login: Login) -> None:
    refuse(login)
    with pytest.raises(ReconnectNeeded):
        login.current(SECOND * 61)
    login.issuer.trouble = None

    with pytest.raises(ReconnectNeeded, match="invalid_grant"):
        login.current(timedelta(days=3))
    assert len(login.issuer.asked) == 2
    health = login.load().health
    assert health.ended_at == NOW + SECOND * 61
    assert health.refreshing is not None
    assert health.refreshing.since == NOW


def test_what_another_worker_stored_after_the_first_refusal_is_taken(login: Login) -> None:
    refuse(login)
    login.connect(5, hours=9)

    assert login.current(SECOND * 61).grant.access == "access-5"
    assert len(login.issuer.asked) == 1


def test_after_a_crash_in_flight_a_single_use_token_is_tried_once(
    login: Login, single_use: bool
) -> None:
    login.take(-LEASE)
    login.issuer.trouble = REFUSED

    with pytest.raises(ReconnectNeeded if single_use else TryLater):
        login.current()
    if single_use:
        with pytest.raises(ReconnectNeeded):
            login.current(SECOND * 61)

    assert login.issuer.asked == ["refresh-1"]


def test_after_a_crash_in_flight_that_the_provider_never_saw_all_is_well(login: Login) -> None:
    login.take(-LEASE)

    assert login.current().grant.access == "access-2"


def test_clock_that_jumped_far_ahead_does_not_stop_refreshing(login: Login) -> None:
    login.issuer.trouble = TryLater("x")
    with pytest.raises(TryLater):
        login.current(timedelta(days=400))
    login.issuer.trouble = None

    assert login.current().grant.access == "access-2"


def test_trouble_with_reading_is_kept_with_its_beginning_and_written_once(login: Login) -> None:
    login.connect(1, hours=9)

    def versions_after(*errors: HealthrelayError | None) -> int:
        seen = set()
        for number, error in enumerate(errors):
            token = login.current()
            login.grants.record_reading("jack", token, error, NOW + SECOND * number)
            seen.add(stored_token(login.store).version)
        return len(seen)

    assert versions_after(None, None) == 1
    assert versions_after(TryLater("x"), TryLater("x"), TryLater("x")) == 1
    reading = login.load().health.reading
    assert reading is not None
    assert (reading.since, reading.who) == (NOW, "nobody")
    assert versions_after(Misconfigured("y").with_cause("gone"), None, None) == 2
    assert login.load().health.reading is None


def test_refreshes_and_the_end_of_a_grant_are_told_to_the_log(login: Login) -> None:
    lines: list[tuple[str, str, object]] = []

    def log_event(severity: str, event: str, **facts: object) -> None:
        lines.append((severity, event, facts["cause"]))

    login.grants = login.grants_that(log_event=log_event)
    login.current()
    login.issuer.trouble = REFUSED
    login.connect(1, hours=0)
    for seconds in (0, 61, 99):
        with pytest.raises(HealthrelayError):
            login.current(SECOND * seconds)

    refused = ("WARNING", "refresh", "reconnect_needed")
    lost = ("ERROR", "grant lost", REFUSED.sentence)
    assert lines == [("INFO", "refresh", None), refused, refused, lost]
