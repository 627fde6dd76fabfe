"""One zone says which day it is and on which day what was measured lies: the settings' first."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, cast

import pytest

from healthrelay.core.grants.consent import CONSENTS
from healthrelay.core.grants.token import Account, Grant, Token
from healthrelay.core.json import Raw
from healthrelay.core.measurements.days import civil
from healthrelay.core.measurements.query import FetchRequest
from healthrelay.core.measurements.reading import ConvertedSeries, Window
from healthrelay.core.measurements.reads import Read, Source
from healthrelay.flows.measurements.fetch import fetch
from healthrelay.ports.store import Store

NOW = datetime(2026, 11, 28, 5, tzinfo=UTC)
"""In Los Angeles the 27th, nine in the evening."""
POINTS = {"methods": "intraday_time_series", "resource": "activities/heart"}
CONSENT = CONSENTS["google_health"]


class Instants:
    """A provider whose points have an instant, and no offset."""

    name = "google_health"

    def needs(self, window: Window) -> tuple[Source, ...]:
        return (Source(window.series),)

    def clock(self) -> None:
        return None

    def read(self, access: str, read: Read) -> Sequence[Raw]:
        return [] if read.source == "devices" else [(NOW - timedelta(minutes=1)).isoformat()]

    def convert(
        self, window: Window, raw: Mapping[str, Sequence[Raw]], account: Account, now: datetime
    ) -> ConvertedSeries:
        times = [civil(datetime.fromisoformat(at), account.zone) for at in raw[window.series]]
        points = [{"dateTime": f"{t.date()}", "dataset": [{"time": f"{t:%H:%M}"}]} for t in times]
        return ConvertedSeries(points, {})


class Connected:
    """A grant that opens an account in *zone*."""

    def __init__(self, zone: str | None) -> None:
        grant = Grant("access", "refresh", NOW + timedelta(hours=1), tuple(CONSENT.scopes))
        self.token = Token("google_health", Account("111", zone), grant)

    def current(self, user: str, now: datetime) -> Token:
        return self.token

    def load(self, user: str) -> Token:
        return self.token

    def record_reading(self, user: str, token: Token, *_: object) -> Token:
        self.token = token
        return token


@pytest.mark.parametrize(
    ("setting", "account", "expected"),
    [
        ("America/Los_Angeles", None, "2026-11-27 20:59"),
        ("America/Los_Angeles", "Europe/Amsterdam", "2026-11-27 20:59"),
        (None, "America/Los_Angeles", "2026-11-27 20:59"),
        (None, None, "2026-11-28 04:59"),
    ],
)
def test_minutes_lie_on_the_day_that_the_zone_says(
    store: Store, setting: str | None, account: str | None, expected: str
) -> None:
    store.identities.save("jack", {**POINTS, **({"timezone": setting} if setting else {})})
    grants = Connected(account)

    fetch(
        FetchRequest("jack", {}),
        NOW,
        store=store,
        grants=cast(Any, grants),
        provider=cast(Any, Instants()),
        consent=CONSENT,
        deliver=lambda _: {},
        log_event=lambda *_, **__: None,
        system="metric",
    )

    (record,) = store.records.everything("jack")
    points = cast(Any, record.data["dataset"])
    assert f"{record.when} {points[0]['time']}" == expected
    assert grants.token.account.zone == account
