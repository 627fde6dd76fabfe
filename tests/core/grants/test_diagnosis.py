"""What the doctor says of a stored token: the worst first, and the next step."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from healthrelay.core.errors import HealthrelayError, Misconfigured, ReconnectNeeded, TryLater
from healthrelay.core.grants.diagnosis import diagnose
from healthrelay.core.grants.grant_health import GrantHealth
from healthrelay.core.grants.token import Account, Grant, Token
from healthrelay.core.trouble import Trouble

NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)
CONNECTED = NOW - timedelta(days=2)
LINK = "/auth1?user=jack"
OLDER = NOW - timedelta(hours=5)


def token(health: GrantHealth | None = None, ends: datetime | None = None) -> Token:
    grant = Grant("a", "r", NOW + timedelta(hours=1), ("weight",), ends)
    return Token("google_health", Account("A1"), grant, CONNECTED, health or GrantHealth())


def trouble(error: HealthrelayError) -> Trouble:
    return error.as_trouble(OLDER)


REFUSED = trouble(ReconnectNeeded("Google Health no longer honours this grant (invalid_grant)."))
DOWN = trouble(TryLater("Google Health has trouble (status 500)."))
SWITCHED_OFF = trouble(Misconfigured("This Google Health API has been switched off."))
UNLINKED = trouble(ReconnectNeeded("This Google account has no Fitbit data."))


@pytest.mark.parametrize(
    ("health", "state", "since"),
    [
        (GrantHealth(), "connected", CONNECTED),
        (GrantHealth(refreshing=DOWN, failures=1), "provider down", OLDER),
        (GrantHealth(reading=DOWN), "provider down", OLDER),
        (GrantHealth(refreshing=SWITCHED_OFF, reading=DOWN), "misconfigured", OLDER),
        (GrantHealth(reading=SWITCHED_OFF), "misconfigured", OLDER),
        (GrantHealth(reading=UNLINKED), "needs reconnect", OLDER),
        (GrantHealth(refused_at=OLDER, refreshing=REFUSED), "provider down", OLDER),
        (GrantHealth(refused_at=OLDER, ended_at=NOW, refreshing=REFUSED), "needs reconnect", NOW),
    ],
)
def test_state_and_since_when(health: GrantHealth, state: str, since: datetime) -> None:
    found = diagnose(token(health), (), LINK, NOW)

    assert (found.state, found.since) == (state, since)
    told = found.as_json()
    assert bool(told["cause"]) == bool(told["next_step"]) == (state != "connected")
    assert (LINK in (told["next_step"] or "")) == (state == "needs reconnect")
    assert found.well is (state in {"connected", "provider down"})


ODD = {"weight": {"2026-11-18": 2, "": 1}, "hrv": {f"2026-11-{day:02}": 1 for day in range(1, 10)}}


@pytest.mark.parametrize(
    ("reading", "missing", "state"),
    [(None, (), "connected"), (None, ("sleep",), "partly granted"), (DOWN, (), "provider down")],
)
def test_what_could_not_be_read_is_named_beside_the_state(
    reading: Trouble | None, missing: tuple[str, ...], state: str
) -> None:
    found = diagnose(token(GrantHealth(reading=reading, odd=ODD)), missing, LINK, NOW)

    assert found.state == state
    assert found.well is diagnose(token(GrantHealth(reading=reading)), missing, LINK, NOW).well
    assert found.odd is not None
    assert (found.odd.cause, found.odd.who) == ("odd_data", "nobody")
    assert found.odd.sentence == (
        "Points that cannot be read were left out: hrv (2026-11-09: 1, 2026-11-08: 1,"
        " 2026-11-07: 1, 2026-11-06: 1, 2026-11-05: 1, 2026-11-04: 1, 2026-11-03: 1,"
        " other days: 2), weight (2026-11-18: 2, day not known: 1)."
    )
    answer = found.as_json()
    assert found.odd.sentence in str(answer["cause"])
    assert "without any values" in str(answer["next_step"])


def test_nobody_connected_yet() -> None:
    found = diagnose(None, (), LINK, NOW)

    assert (found.state, found.since, found.well) == ("not connected", None, False)
    assert LINK in found.trouble.next_step


def test_what_was_not_allowed_is_named() -> None:
    found = diagnose(token(), ("sleep", "food and water"), LINK, NOW)

    assert found.state == "partly granted"
    assert found.trouble.sentence == "Not allowed: sleep, food and water."
    assert LINK in found.trouble.next_step


def test_grant_of_an_app_in_testing_says_why_it_ends() -> None:
    found = diagnose(token(ends=CONNECTED + timedelta(days=7)), (), LINK, NOW)

    assert found.state == "expiring soon"
    assert "2026-11-25 at 12:00 UTC" in found.trouble.sentence
    assert "Testing" in found.trouble.sentence
    assert "publish" in found.trouble.next_step


@pytest.mark.parametrize(("days", "state"), [(3, "expiring soon"), (4, "connected")])
def test_other_grants_expire_soon_three_days_before(days: int, state: str) -> None:
    lasting = token(ends=NOW + timedelta(days=days))._replace(
        connected_at=NOW - timedelta(days=170)
    )

    found = diagnose(lasting, (), LINK, NOW)

    assert found.state == state
    assert "Testing" not in str(found.as_json())


def test_same_trouble_keeps_its_beginning_and_another_one_starts_now() -> None:
    again = TryLater("Google Health has trouble (status 503).").as_trouble(NOW, DOWN)
    other = Misconfigured("x").with_cause("gone").as_trouble(NOW, DOWN)

    assert (again.since, other.since) == (OLDER, NOW)
