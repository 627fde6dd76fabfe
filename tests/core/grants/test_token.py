"""Grants: when they are due, what a refresh changes, and that they do not print."""

from datetime import UTC, datetime, timedelta

from healthrelay.core.grants.token import Account, Grant, Token

NOW = datetime(2026, 11, 1, 12, tzinfo=UTC)
OLD = Grant("access-secret", "refresh-secret", NOW, ("weight",), NOW + timedelta(days=7), "A1")


def token(minutes: float) -> Token:
    grant = Grant("access-secret", "refresh-secret", NOW + timedelta(minutes=minutes), ("weight",))
    return Token("fitbit", Account("A1", None), grant)


def test_due_five_to_fifteen_minutes_before_the_end() -> None:
    assert token(5).is_due(NOW)
    assert token(-60).is_due(NOW)
    assert not token(15.1).is_due(NOW)


def test_people_who_connected_together_do_not_refresh_together() -> None:
    def due_at(account: str) -> int:
        seen = Token("fitbit", Account(account), token(60).grant)
        return next(s for s in range(3600) if seen.is_due(NOW + timedelta(seconds=s)))

    instants = [due_at(f"A{number}") for number in range(50)]

    assert len(set(instants)) > 40
    assert all(45 * 60 <= instant <= 55 * 60 for instant in instants)


def test_refresh_keeps_what_the_provider_did_not_repeat() -> None:
    fresh = Grant("new-access", None, NOW + timedelta(hours=1), ())

    renewed = Token("fitbit", Account("A1"), OLD).refreshed_by(fresh).grant

    assert (renewed.access, renewed.refresh) == ("new-access", "refresh-secret")
    assert renewed.scopes == ("weight",)
    assert renewed.refresh_expires_at == NOW + timedelta(days=7)
    assert renewed.expires_at == NOW + timedelta(hours=1)


def test_rotated_refresh_token_replaces_the_old() -> None:
    fresh = Grant("new-access", "new-refresh", NOW, ("sleep",))

    assert Token("fitbit", Account("A1"), OLD).refreshed_by(fresh).grant.refresh == "new-refresh"


def test_printing_shows_no_secret() -> None:
    printed = f"{token(5)!r} {token(5)} {OLD!r}"

    assert "secret" not in printed
    assert "2026-11-01T12:05:00Z" in printed
    assert "weight" in printed
