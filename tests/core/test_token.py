"""Grants: when they are due, what a refresh changes, and that they do not print."""

from datetime import UTC, datetime, timedelta

from healthrelay.core.token import Account, Grant, Token

NOW = datetime(2026, 11, 1, 12, tzinfo=UTC)
OLD = Grant("access-secret", "refresh-secret", NOW, ("weight",), NOW + timedelta(days=7), "A1")


def token(minutes: float) -> Token:
    grant = Grant("access-secret", "refresh-secret", NOW + timedelta(minutes=minutes), ("weight",))
    return Token("fitbit", Account("A1", None), grant)


def test_due_five_minutes_before_the_end() -> None:
    assert token(5).due(NOW)
    assert token(-60).due(NOW)
    assert not token(5.1).due(NOW)


def test_refresh_keeps_what_the_provider_did_not_repeat() -> None:
    fresh = Grant("new-access", None, NOW + timedelta(hours=1), ())

    renewed = Token("fitbit", Account("A1"), OLD).renewed(fresh).grant

    assert (renewed.access, renewed.refresh) == ("new-access", "refresh-secret")
    assert renewed.scopes == ("weight",)
    assert renewed.refresh_expires_at == NOW + timedelta(days=7)
    assert renewed.expires_at == NOW + timedelta(hours=1)


def test_rotated_refresh_token_replaces_the_old() -> None:
    fresh = Grant("new-access", "new-refresh", NOW, ("sleep",))

    assert Token("fitbit", Account("A1"), OLD).renewed(fresh).grant.refresh == "new-refresh"


def test_printing_shows_no_secret() -> None:
    printed = f"{token(5)!r} {token(5)} {OLD!r}"

    assert "secret" not in printed
    assert "2026-11-01T12:05:00Z" in printed
    assert "weight" in printed
