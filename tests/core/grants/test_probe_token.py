"""What a grant says by itself of scopes and of how long it lasts."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from healthrelay.core.grants.consent import CONSENTS
from healthrelay.core.grants.probe import Verdict
from healthrelay.core.grants.probe_token import TokenPair, token_questions
from healthrelay.core.grants.token import Account, Grant, Token

NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)
GOOGLE, FITBIT = CONSENTS["google_health"], CONSENTS["fitbit"]
SLEEP, FOOD = (
    f"https://www.googleapis.com/auth/googlehealth.{name}.readonly"
    for name in ("sleep", "nutrition")
)


def token(
    number: int, connected: datetime | None = NOW - timedelta(days=60), **grant: object
) -> Token:
    given = Grant(f"a{number}", "r", NOW + timedelta(minutes=59), (SLEEP,))
    return Token("google_health", Account("A1"), given._replace(**grant), connected)  # type: ignore[arg-type]


def looks(
    before: Token, after: Token, asked: tuple[str, ...] = (SLEEP,), provider: str = "google_health"
) -> dict[str, Verdict]:
    tokens = TokenPair(before, after, asked, NOW)
    return {one.id: one.ask() for one in token_questions(tokens, CONSENTS[provider])}


def test_what_was_asked_for_and_not_granted_is_named() -> None:
    seen = looks(token(1), token(2), (SLEEP, FOOD))

    assert seen["scopes"] == Verdict(False, ("sleep.readonly: yes", "nutrition.readonly: no"))
    assert seen["optional-scopes"] == Verdict(False, ("0 of 1 granted",))
    granted = looks(token(1), token(2, scopes=(SLEEP, FOOD)), (SLEEP, FOOD))
    assert granted["scopes"].holds is granted["optional-scopes"].holds is True


def test_fitbit_has_no_optional_scope() -> None:
    assert looks(token(1), token(2), (), "fitbit")["optional-scopes"].holds is None


@pytest.mark.parametrize(
    ("days", "holds", "age"),
    [
        (3, None, "less than a week"),
        (8, True, "one to four weeks"),
        (60, True, "one to six months"),
        (400, True, "more than six months"),
    ],
)
def test_a_refresh_long_after_the_consent_shows_how_long_it_lasts(
    days: int, holds: bool | None, age: str
) -> None:
    connected = NOW - timedelta(days=days)

    verdict = looks(token(1, connected), token(2, connected))["refresh-token-life"]

    assert verdict == Verdict(
        holds, ("its end was not said", f"refreshed now, {age} after the consent")
    )


def test_a_grant_of_an_app_in_testing_lasts_a_week() -> None:
    connected = NOW - timedelta(days=2)
    testing = token(2, connected, refresh_expires_at=connected + timedelta(days=7))

    verdict = looks(token(1, connected), testing)["refresh-token-life"]

    assert verdict.holds is False
    assert "within eight days, as of an app in Testing" in verdict.evidence[0]


def test_without_a_refresh_little_is_known() -> None:
    same = token(1)

    seen = looks(same, same)

    for name in ("refresh-token-life", "refresh-token-use", "access-token-life", "token-answer"):
        assert seen[name].holds is None
    assert looks(token(1, None), token(2, None))["refresh-token-life"].holds is None


@pytest.mark.parametrize(
    ("provider", "refresh", "holds"),
    [
        ("google_health", "r", True),
        ("google_health", "r2", False),
        ("fitbit", "r2", True),
        ("fitbit", "r", False),
    ],
)
def test_whether_a_refresh_token_works_once(provider: str, refresh: str, holds: bool) -> None:
    verdict = looks(token(1), token(2, refresh=refresh), (), provider)["refresh-token-use"]

    assert verdict.holds is holds


def test_what_could_not_be_read_in_the_answer_is_named() -> None:
    odd = looks(token(1), token(2, odd=("expires_in", "scope")))

    assert odd["token-answer"] == Verdict(
        False, ("expires_in could not be read", "scope could not be read")
    )
    assert odd["access-token-life"].holds is False
    good = looks(token(1), token(2))
    assert good["token-answer"].holds is True
    assert good["access-token-life"] == Verdict(True, ("about 60 minutes",))
