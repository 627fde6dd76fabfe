"""A grant that the first version stored is read by every later one."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from healthrelay.core.trouble import Trouble
from healthrelay.flows.grants.document import from_document, unread_since, with_reading
from tests.flows.grants.issuer import VAULT

PLACE = "identities/jack/plugindata/fitbit/token fitbit A1"
AWAY = Trouble("try_later", "nobody", "Away.", datetime(2026, 11, 19, 8, tzinfo=UTC))
GONE = Trouble("gone", "owner", "Off.", datetime(2026, 11, 18, 8, tzinfo=UTC))


def stored() -> dict[str, Any]:
    return {
        "provider": "fitbit",
        "account": "A1",
        "zone": "Europe/Amsterdam",
        "connected_at": "2026-11-01T12:00:00+00:00",
        "expires_at": "2026-11-20T12:00:00+00:00",
        "grant_expires_at": None,
        "scopes": ["weight"],
        "sealed": VAULT.seal('{"access": "a", "refresh": "r"}', PLACE),
        "health": {
            "failures": 3,
            "retry_at": "2026-11-20T12:04:00+00:00",
            "refreshing": {
                "cause": "try_later",
                "who": "nobody",
                "sentence": "Away.",
                "since": "2026-11-19T08:00:00+00:00",
            },
            "reading": {
                "cause": "gone",
                "who": "owner",
                "sentence": "Off.",
                "since": "2026-11-18T08:00:00+00:00",
            },
        },
        "generation": 7,
    }


def test_a_stored_grant_is_read() -> None:
    token = from_document("jack", stored(), VAULT)

    assert (token.grant.access, token.grant.refresh) == ("a", "r")
    assert (token.health.failures, token.health.refreshing) == (3, AWAY)
    assert token.health.reading == GONE


def test_the_older_trouble_says_since_when_nothing_was_read() -> None:
    assert unread_since(stored(), timedelta(hours=1)) == (GONE.since, "gone")


def test_what_is_written_has_the_same_members() -> None:
    document = stored()

    assert with_reading(document, GONE) == document
    assert "reading" not in with_reading(document, None)["health"]
