"""What the server itself says in another unit system, and what we make of its metric answers."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any

import pytest

from healthrelay.adapters.fitbit.provider import LegacyFitbit
from healthrelay.adapters.fitbit.rows import ROWS
from healthrelay.adapters.http import Http
from healthrelay.core.grants.consent import CONSENTS
from healthrelay.core.grants.token import Account
from healthrelay.core.measurements.catalogue import EPOCH, SERIES, Kind
from healthrelay.core.measurements.presentation import MEMBERS, present
from healthrelay.core.measurements.reading import Window, parse
from healthrelay.core.measurements.records import Record
from sandbox import Sandbox
from tests.adapters.reading import read_window
from tests.sandbox.person import FitbitPerson

TODAY = date(2026, 6, 3)
NOON = 1_780_480_800.0
DAYS = date(2026, 6, 1), TODAY
# They stand still in the sandbox, whatever a client speaks.
FIXED = {
    *("body-weight-goal", "activities-daily-goal", "activities-weekly-goal", "water-goal"),
    *("friends", "favorite-activities", "frequent-activities"),
}


class Speaking(Http):
    """Asks in the language of a unit system."""

    def __init__(self, language: str) -> None:
        super().__init__()
        self._language = language

    def send(self, method: str, url: str, headers: Any, *args: Any, **kwargs: Any) -> Any:
        headers = {**headers, "Accept-Language": self._language}
        return super().send(method, url, headers, *args, **kwargs)


@pytest.fixture(scope="module")
def wearer() -> Iterator[tuple[str, str]]:
    """Where the server is, and a token for everything."""
    with Sandbox(today=TODAY, clock=lambda: NOON) as sandbox, pytest.MonkeyPatch.context() as env:
        env.setenv("OAUTHLIB_INSECURE_TRANSPORT", "1")
        sandbox.fitbit.per_hour = 1_000_000
        scope = " ".join(CONSENTS["fitbit"].scopes)
        access = FitbitPerson(sandbox).connect(scope=scope)["access_token"]
        yield sandbox.settings["HEALTHRELAY_FITBIT_API_URL"], access


def told(wearer: tuple[str, str], series: str, http: Http) -> list[Record]:
    url, access = wearer
    row = SERIES[series]
    days = (EPOCH, EPOCH) if row.kind is Kind.STATE else DAYS
    window = Window(series, *days, "1min" if row.kind is Kind.INTRADAY else "")
    provider = LegacyFitbit(url, "cid", http)
    elements = read_window(provider, access, window, Account("x", "Europe/Amsterdam"))
    return parse(series, elements, "fitbit")[0]


def assert_close(ours: Any, theirs: Any) -> None:
    """See that both are the same but for the last decimal, of which metric units have fewer."""
    if isinstance(theirs, dict):
        assert list(ours) == list(theirs)
        for name, value in theirs.items():
            assert_close(ours[name], value)
    elif isinstance(theirs, list):
        for one, other in zip(ours, theirs, strict=True):
            assert_close(one, other)
    elif ours != theirs:
        assert type(ours) is type(theirs) or {type(ours), type(theirs)} == {int, float}
        # 0.01 km are 0.0062 mi, 0.01 m are 0.033 ft, stones have two decimals there, and what it
        # adds for a life it has rounded before.
        assert float(ours) == pytest.approx(float(theirs), abs=0.02, rel=1e-4)


@pytest.mark.parametrize(
    ("series", "system"),
    [(series, "en_US") for series in sorted(ROWS.keys() - FIXED)]
    + [(series, "en_GB") for series in ("weight", "body", "user", "activities-distance")],
)
def test_we_give_out_what_the_server_would_have_said(
    wearer: tuple[str, str], series: str, system: str
) -> None:
    metric, theirs = (told(wearer, series, each) for each in (Http(), Speaking(system)))

    for ours, other in zip(metric, theirs, strict=True):
        assert_close(present(ours, system), other.data)
    if system == "en_US" and metric and series in MEMBERS:
        assert [record.data for record in metric] != [record.data for record in theirs]
