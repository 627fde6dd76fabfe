"""The sandbox as a whole: two providers with the same accounts, one port."""

from __future__ import annotations

import time
from collections.abc import Callable, Collection
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from threading import Thread
from types import TracebackType
from typing import Self, Unpack

from flask import Blueprint
from werkzeug.serving import BaseWSGIServer, WSGIRequestHandler, make_server

from sandbox.accounts import Accounts
from sandbox.app import FITBIT, GOOGLE, Front, build, delay
from sandbox.faults import Fault, FaultOptions
from sandbox.fitbit.api import FitbitApi
from sandbox.fitbit.oauth import FitbitOAuth
from sandbox.fitbit.switches import FitbitSwitches
from sandbox.generated import HISTORY_DAYS, invented, unmeasured
from sandbox.google.health import GoogleHealth
from sandbox.google.oauth import GoogleOAuth
from sandbox.google.switches import GoogleSwitches
from sandbox.journal import Request
from sandbox.measurements import Recording, recorded_wearer
from sandbox.oauth.client import Client
from sandbox.oauth.kept import KeptLedger, kept_client
from sandbox.oauth.ledger import Ledger, TokenPrefixes
from sandbox.wearer import Wearer

_GOOGLE_LIFETIME, _FITBIT_LIFETIME = 3599, 28_800


class _Quiet(WSGIRequestHandler):
    """The journal has all requests; the terminal needs none."""

    def log_request(self, code: int | str = "-", size: int | str = "-") -> None:
        return


@dataclass(kw_only=True, eq=False, repr=False)
class Sandbox:
    """A small Google Health and a small Fitbit on loopback, with the same accounts.

    `wearer` is who signs in when the consent page is left as it is; see `account`.

    today: the wearer's date, always; without it the real one in the wearer's zone.
    measurements, participant, shift: serve a recorded person instead of the invented jack;
        with shift, their last measured day becomes today.
    latency: seconds that every answer of the two data APIs takes longer.
    access_lifetime: of access tokens, in seconds; without it each provider's own.
    clock: seconds since the epoch, for tokens, quotas and today.
    port: 0 takes a free one.
    listening: the number of a socket that listens already, instead of a port.
    history: the days before today that the invented people have measurements of.
    newcomers: the names of those who never measured anything.
    folder: where grants and the client's secret are kept; without it they end with the sandbox.
    """

    today: date | None = None
    measurements: Path | None = None
    participant: str | None = None
    shift: bool = True
    latency: float = 0.0
    access_lifetime: int | None = None
    clock: Callable[[], float] = time.time
    port: int = 0
    listening: int | None = None
    history: int = HISTORY_DAYS
    newcomers: Collection[str] = ()
    folder: Path | None = None
    google: GoogleSwitches = field(init=False, default_factory=GoogleSwitches)
    fitbit: FitbitSwitches = field(init=False, default_factory=FitbitSwitches)
    wearer: Wearer = field(init=False)

    def __post_init__(self) -> None:
        self.wearer = self._wearer()
        self._accounts = Accounts(self.wearer, self._create)
        self._client = kept_client(self.folder) if self.folder else Client()
        self._front = Front(self.fitbit, self.clock, self.revoke)
        google_lifetime = self.access_lifetime or _GOOGLE_LIFETIME
        fitbit_lifetime = self.access_lifetime or _FITBIT_LIFETIME
        prefixes = TokenPrefixes("4/0A", "ya29.", "1//0")
        self._google_ledger = self._ledger(google_lifetime, prefixes, GOOGLE)
        self._fitbit_ledger = self._ledger(fitbit_lifetime, TokenPrefixes("", "eyJ", ""), FITBIT)
        self._server: BaseWSGIServer | None = None

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.stop()

    def start(self) -> Self:
        """Start to serve on 127.0.0.1."""
        app = build(self._front, [*self._google_routes(), *self._fitbit_routes()])
        self._server = make_server(
            "127.0.0.1", self.port, app, threaded=True, request_handler=_Quiet, fd=self.listening
        )
        Thread(target=self._server.serve_forever, args=(0.01,), daemon=True).start()
        return self

    def stop(self) -> None:
        """Stop serving; harmless when already stopped."""
        if self._server is not None:
            self._server.shutdown()
            self._server.server_close()
            self._server = None

    @property
    def url(self) -> str:
        """Where it serves, without a slash at the end."""
        if self._server is None:
            raise RuntimeError("the sandbox is not started")
        return f"http://127.0.0.1:{self._server.port}"

    @property
    def settings(self) -> dict[str, str]:
        """The environment a healthrelay needs to talk to this sandbox."""
        google, fitbit = self.url + GOOGLE, self.url + FITBIT
        return {
            "HEALTHRELAY_CLIENT_ID": self._client.id,
            "HEALTHRELAY_CLIENT_SECRET": self._client.secret,
            "HEALTHRELAY_GOOGLE_API_URL": google,
            "HEALTHRELAY_GOOGLE_AUTH_URL": f"{google}/o/oauth2/v2/auth",
            "HEALTHRELAY_GOOGLE_TOKEN_URL": f"{google}/token",
            "HEALTHRELAY_GOOGLE_REVOKE_URL": f"{google}/revoke",
            "HEALTHRELAY_FITBIT_API_URL": fitbit,
            "HEALTHRELAY_FITBIT_AUTH_URL": f"{fitbit}/oauth2/authorize",
        }

    @property
    def journal(self) -> list[Request]:
        """Every request so far, oldest first."""
        return self._front.journal

    def fail(self, path: str, **options: Unpack[FaultOptions]) -> None:
        """Order a fault for the next requests whose path matches *path*; see `Fault`."""
        self._front.faults.add(Fault(path=path, **options))

    def reset(self) -> None:
        """Clear faults that did not happen yet, and the journal."""
        self._front.reset()

    def expire_access_tokens(self) -> None:
        """Expire all access tokens issued so far; refresh tokens stay valid."""
        self._google_ledger.expire_access_tokens()
        self._fitbit_ledger.expire_access_tokens()

    def revoke_grants(self) -> None:
        """Revoke every grant at both providers, as a wearer who removes the application."""
        self._google_ledger.revoke_all()
        self._fitbit_ledger.revoke_all()

    def revoke(self, name: str) -> None:
        """Revoke the grants of *name* at both providers."""
        self._google_ledger.revoke_account(name)
        self._fitbit_ledger.revoke_account(name)

    def account(self, name: str) -> Wearer:
        """Return the person who signs in as *name*, at either provider."""
        return self._accounts.find(name)

    def honours(self, name: str) -> bool:
        """Return whether *name* has a grant at either provider that was not revoked."""
        return self._google_ledger.alive(name) or self._fitbit_ledger.alive(name)

    def _wearer(self) -> Wearer:
        if self.measurements is None and self.participant is None:
            return self._create("jack")
        if self.measurements is None or self.participant is None:
            raise ValueError("measurements and participant belong together")
        recording = Recording(
            folder=self.measurements, participant=self.participant, shift=self.shift
        )
        return recorded_wearer(recording, self.clock, self.today)

    def _create(self, name: str) -> Wearer:
        if name in self.newcomers:
            return unmeasured(name, self.clock, self.today)
        return invented(name, self.clock, self.today, self.history)

    def _ledger(self, lifetime: int, prefixes: TokenPrefixes, provider: str) -> Ledger:
        if self.folder is None:
            return Ledger(self.clock, lifetime, prefixes)
        file = self.folder / f"{provider.strip('/')}.json"
        return KeptLedger(self.clock, lifetime, prefixes, file)

    def _google_routes(self) -> list[tuple[str, Blueprint]]:
        oauth = GoogleOAuth(self._client, self._google_ledger, self.google, self._accounts)
        api = GoogleHealth(self._accounts, self._google_ledger, self.google)
        return [(GOOGLE, oauth.routes()), (GOOGLE, delay(api.routes(), self.latency))]

    def _fitbit_routes(self) -> list[tuple[str, Blueprint]]:
        oauth = FitbitOAuth(self._client, self._fitbit_ledger, self.fitbit, self._accounts)
        api = FitbitApi(self._accounts, self._fitbit_ledger, self.fitbit)
        return [(FITBIT, oauth.routes()), (FITBIT, delay(api.routes(), self.latency))]
