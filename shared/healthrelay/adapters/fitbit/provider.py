"""The legacy Fitbit Web API through python-fitbit: its answers are our shape already."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime
from typing import TYPE_CHECKING

from healthrelay.adapters.fitbit.calls import CALLS
from healthrelay.adapters.fitbit.client import FitbitClient
from healthrelay.adapters.fitbit.rows import ABSENT, ROWS
from healthrelay.adapters.http import Http
from healthrelay.core.errors import HealthrelayError, TryLater, Unsupported
from healthrelay.core.grants.token import Account, Grant
from healthrelay.core.json import Raw
from healthrelay.core.measurements.reading import ConvertedSeries, Window
from healthrelay.core.measurements.reads import Read, Source

if TYPE_CHECKING:
    from healthrelay.core.grants.glance import Seen
    from healthrelay.core.grants.probe import OpenQuestion

TIMEOUT_SECONDS = 30


class LegacyFitbit:
    """Satisfies `healthrelay.ports.peers.Provider`."""

    name = "fitbit"

    def __init__(
        self, url: str, client_id: str, http: Http, seconds: float = TIMEOUT_SECONDS
    ) -> None:
        self._url = url
        self._http = http
        self._client = FitbitClient(url, client_id, http, seconds)

    def account(self, grant: Grant) -> Account:
        """Return the id that came with the token or is in the profile, and the profile's zone.

        The profile may not be readable.
        """
        try:
            payload = self._client.call(grant.access, lambda api: api.user_profile_get())
        except HealthrelayError:
            payload = {}
        profile = payload.get("user")
        known = profile if isinstance(profile, dict) else {}
        zone, encoded_id = known.get("timezone"), known.get("encodedId")
        user = grant.user or (encoded_id if isinstance(encoded_id, str) else "")
        return Account(user, zone if isinstance(zone, str) else None)

    def clock(self) -> datetime | None:
        return self._http.clock(self._url)

    def glance(self, access: str, today: date) -> Mapping[str, Callable[[], Seen | None]]:
        from healthrelay.adapters.fitbit.glance import questions  # noqa: PLC0415

        return questions(lambda read: list(self.read(access, read)), today)

    def probe(self, access: str, today: date) -> Sequence[OpenQuestion]:
        from healthrelay.adapters.fitbit.probe import ask_fitbit  # noqa: PLC0415

        return ask_fitbit(self._http, self._url, access, today)

    def needs(self, window: Window) -> tuple[Source, ...]:
        row = ROWS.get(window.series)
        if row is None:
            lacking = ABSENT.get(window.series, window.series)
            raise Unsupported(f"python-fitbit cannot read {lacking}.")
        return tuple(CALLS[name].source(name) for name in row.needs(window))

    def read(self, access: str, read: Read) -> Sequence[Raw]:
        call = CALLS[read.source]
        payload = self._client.call(access, lambda api: call.send(api, read), bare=call.bare)
        try:
            return call.take(payload, read)
        except (LookupError, TypeError) as error:
            raise TryLater(f"Fitbit answered without {read.source}.") from error

    def convert(
        self, window: Window, raw: Mapping[str, Sequence[Raw]], account: Account, now: datetime
    ) -> ConvertedSeries:
        return ROWS[window.series].read(window, raw)
