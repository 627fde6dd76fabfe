"""The only place where adapters are chosen. Each is imported when it is first needed: a heavy
client must cost no cold start but that of the function which uses it."""

from __future__ import annotations

import os
from collections.abc import Callable
from datetime import UTC, datetime
from functools import cache, cached_property, partial
from typing import TYPE_CHECKING

from flask import Request, Response

from healthrelay import config, log
from healthrelay.assembly.loading import loading
from healthrelay.core.errors import NotConfigured
from healthrelay.flows import registration
from healthrelay.web.errors import as_json

if TYPE_CHECKING:
    from healthrelay.adapters.http import Http
    from healthrelay.core.authorization import Client
    from healthrelay.core.consent import Consent
    from healthrelay.core.tasks import Task
    from healthrelay.flows.courier import Courier
    from healthrelay.flows.token import Grants
    from healthrelay.ports import Consents, Provider, Queue, Store, Vault
    from healthrelay.relay_ports import Sink
    from healthrelay.web.door import View

HEALTH = b"health"
_SYSTEM_CLOCK = partial(datetime.now, UTC)


class Services:
    """Satisfies `healthrelay.web.services.Services` for one process, by the clock *now*."""

    def __init__(
        self, settings: config.Settings, now: Callable[[], datetime] = _SYSTEM_CLOCK
    ) -> None:
        self.settings = settings
        self.now = now
        self.guard = settings.guard
        self.public_url = settings.public_url
        self.relay_days = settings.relay_days
        self.resident = False
        """Whether this process stays, so that it can do something later."""
        if self._token_url.startswith("http://"):
            # The configuration allows http on this machine only; oauthlib wants to be told.
            os.environ["OAUTHLIB_INSECURE_TRANSPORT"] = "1"

    @property
    def owner_key(self) -> str:
        """Never empty: whoever sends nothing must not be taken for the owner."""
        if not self.settings.owner_key:
            raise NotConfigured("This function has no owner key.", ("HEALTHRELAY_OWNER_KEY",))
        return self.settings.owner_key

    def note(self, severity: str, event: str, **facts: object) -> None:
        if user := str(facts.pop("user", None) or ""):
            facts = log.nameless(user, facts)
            # Without a key anybody could tell by trying who is meant.
            key = self.settings.owner_key
            facts["user"] = log.alias(user, key) if key else None
        log.note(severity, event, **facts)

    @cached_property
    def consent(self) -> Consent:
        from healthrelay.core.consent import CONSENTS

        return CONSENTS[self.settings.provider]

    @property
    def client(self) -> Client:
        from healthrelay.core.authorization import Client

        google = self.settings.provider == "google_health"
        url = self.settings.google_auth_url if google else self.settings.fitbit_auth_url
        return Client(url, self._client_id, f"{self.public_url}/auth2")

    @cached_property
    def store(self) -> Store:
        if self.settings.sqlite_path is not None:
            from healthrelay.adapters.sqlite import SqliteStore

            return SqliteStore(self.settings.sqlite_path)
        from healthrelay.adapters.firestore import FirestoreStore

        store = FirestoreStore(database=self.settings.firestore_database)
        # Its client takes as long to load as everything else: let it, while we go on.
        store.warm()
        return store

    @cached_property
    def vault(self) -> Vault:
        from healthrelay.assembly.sealing import vault

        return vault(self.settings)

    @cached_property
    def grants(self) -> Grants:
        from healthrelay.flows.token import Grants

        return Grants(
            self.settings.provider,
            self.store.tokens,
            self.vault,
            self.consents,
            note=self.note,
        )

    @cached_property
    def consents(self) -> Consents:
        from healthrelay.adapters.oauth2 import OAuth2Consents, Registration

        us = Registration(
            label=self.consent.label,
            token_url=self._token_url,
            revoke_url=self._revoke_url,
            client_id=self._client_id,
            redirect_uri=self.client.redirect_uri,
            basic=self.settings.provider == "fitbit",
            client_secret=self.settings.client_secret
            or registration.client_secret(self.store.identities, self.vault),
            single_use=self.consent.single_use,
        )
        return OAuth2Consents(us, self._http, self.now)

    @cached_property
    def provider(self) -> Provider:
        settings = self.settings
        if settings.provider == "fitbit":
            from healthrelay.adapters.fitbit import LegacyFitbit

            return LegacyFitbit(settings.fitbit_api_url, self._client_id, settings.system)
        from healthrelay.adapters.google_health import GoogleHealth

        return GoogleHealth(settings.google_api_url, settings.system, self._http)

    @cached_property
    def sink(self) -> Sink | None:
        from healthrelay.assembly.outbound import sink
        from healthrelay.flows.home import kept_home

        return sink(self.settings, lambda: kept_home(self.store.identities, self.vault))

    @property
    def courier(self) -> Courier:
        from healthrelay.assembly.outbound import courier

        return courier(self)

    @cached_property
    def queue(self) -> Queue:
        from healthrelay.assembly.outbound import queue

        return queue(self.settings, self)

    @property
    def writer(self) -> Queue | None:
        """Who has written what a function that only reads may not; None: it writes itself."""
        return self.queue if self.settings.tasks_queue else None

    def carry_out(self, task: Task) -> None:
        """Do *task* in this process."""
        from healthrelay.flows.errand import carry_out
        from healthrelay.flows.fetch import Desk

        log.working_as(task.function)
        desk = Desk(self.store, self.grants, self.provider, self.consent, self.courier)
        carry_out(task, desk, self.now())

    def close(self) -> None:
        """End the work that this process has taken on, and let go of the store."""
        for part in ("queue", "store"):
            if part in self.__dict__ and hasattr(self.__dict__[part], "close"):
                self.__dict__[part].close()

    @cached_property
    def _http(self) -> Http:
        """One pool, and one TLS context, for all that a provider is asked."""
        from healthrelay.adapters.http import Http

        return Http()

    @property
    def _token_url(self) -> str:
        if self.settings.provider == "fitbit":
            return f"{self.settings.fitbit_api_url}/oauth2/token"
        return self.settings.google_token_url

    @property
    def _revoke_url(self) -> str:
        if self.settings.provider == "fitbit":
            return f"{self.settings.fitbit_api_url}/oauth2/revoke"
        return self.settings.google_revoke_url

    @cached_property
    def _client_id(self) -> str:
        """From the environment; only without one is the store asked."""
        if self.settings.client_id:
            return self.settings.client_id
        from healthrelay.assembly.registered import client_id

        return client_id(self)


@cache
def services() -> Services:
    """Built at the first request and kept for the life of the process."""
    return Services(config.load(os.environ))


def answer(view: View, request: Request) -> Response:
    """What *view* says to *request*, or which settings are missing; to ``?health``, how it is."""
    project = os.environ.get("GOOGLE_CLOUD_PROJECT", "")
    log.working_as(view.__module__.rpartition(".")[2])
    log.follow(request.headers.get("X-Cloud-Trace-Context", ""), project)
    if request.query_string == HEALTH:
        from healthrelay.web import health

        view = health.of(view)
    if services.cache_info().currsize:
        return view(request, services())
    with loading():
        return _first_answer(view, request)


def _first_answer(view: View, request: Request) -> Response:
    try:
        built = services()
    except NotConfigured as error:
        log.note("CRITICAL", "settings", cause=error.sentence)
        if request.query_string == HEALTH:
            from healthrelay.web.health import unwell

            return unwell(error)
        return as_json(error)
    return view(request, built)
