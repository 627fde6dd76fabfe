"""What can be chosen: providers, stores, targets and queues, and who builds each.

Each is imported when it is chosen, and nothing here opens a secret before something is sent.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, NamedTuple

from healthrelay.core.errors import NO_STORE_CLIENT, NotConfigured
from healthrelay.flows.household import application

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime, timedelta

    from healthrelay.adapters.http import Http
    from healthrelay.config import Settings
    from healthrelay.config.readers import StoreName
    from healthrelay.core.delivery.tasks import Task
    from healthrelay.flows.delivery.targets import Keys
    from healthrelay.ports.delivery import Document, Targets
    from healthrelay.ports.peers import LogEvent, Provider, Queue, Target, Vault
    from healthrelay.ports.store import Identities, Store

    Clock = Callable[[], datetime]


class ProviderRow(NamedTuple):
    """One provider; `healthrelay.core.grants.consent` has its scopes and its name for people."""

    build: Callable[[Settings, Callable[[], str], Http], Provider]
    """From the settings, our client id there, and a pool of connections, as far as needed."""
    authorize_url: Callable[[Settings], str]
    token_url: Callable[[Settings], str]
    revoke_url: Callable[[Settings], str]
    basic_authentication: bool = False
    """Whether the client's secret goes into a header, and not into the form (RFC 6749, 2.3.1)."""


def _google_health(settings: Settings, _client_id: Callable[[], str], http: Http) -> Provider:
    from healthrelay.adapters.google_health import GoogleHealth

    return GoogleHealth(settings.google_api_url, settings.system, http)


def _fitbit(settings: Settings, client_id: Callable[[], str], _http: Http) -> Provider:
    from healthrelay.adapters.fitbit import LegacyFitbit

    return LegacyFitbit(settings.fitbit_api_url, client_id(), settings.system)


PROVIDERS: dict[str, ProviderRow] = {
    "google_health": ProviderRow(
        _google_health,
        authorize_url=lambda settings: settings.google_auth_url,
        token_url=lambda settings: settings.google_token_url,
        revoke_url=lambda settings: settings.google_revoke_url,
    ),
    "fitbit": ProviderRow(
        _fitbit,
        authorize_url=lambda settings: settings.fitbit_auth_url,
        token_url=lambda settings: f"{settings.fitbit_api_url}/oauth2/token",
        revoke_url=lambda settings: f"{settings.fitbit_api_url}/oauth2/revoke",
        basic_authentication=True,
    ),
}


def client_id(identities: Callable[[], Identities], provider: str) -> str:
    """Return the stored client id. Raises `NotConfigured`, also where no store can be opened."""
    try:
        stored = application.client_id(identities())
    except NotConfigured as error:
        if error.cause != NO_STORE_CLIENT:
            raise
        stored = ""
    if not stored:
        raise NotConfigured(
            f"healthrelay is not registered with {provider} yet.",
            ("HEALTHRELAY_CLIENT_ID", "HEALTHRELAY_CLIENT_SECRET"),
        )
    return stored


def open_store(name: StoreName) -> Store:
    """Return the store *name*; a file is made where there is none."""
    return BUILDERS[name.scheme](name.place)


def _sqlite(place: str) -> Store:
    from healthrelay.adapters.sqlite import SqliteStore

    return SqliteStore(place)


def _firestore(place: str) -> Store:
    from healthrelay.adapters.firestore import FirestoreStore

    store = FirestoreStore(database=place or None)
    # Its client takes as long to load as everything else: let it, while we go on.
    store.warm()
    return store


BUILDERS: dict[str, Callable[[str], Store]] = {"sqlite": _sqlite, "firestore": _firestore}


def queue(
    settings: Settings, run_task: Callable[[Task], None], log_event: LogEvent, now: Clock
) -> Queue:
    """Return the queue that the settings name; without one, threads that run tasks here."""
    if not settings.tasks_queue:
        from healthrelay.adapters.local_queue import LocalQueue

        return LocalQueue(run_task, log_event, now)
    from healthrelay.adapters.cloud_tasks import CloudTasksQueue

    url = settings.tasks_url or settings.public_url
    return CloudTasksQueue(settings.tasks_queue, url, settings.tasks_account)


class LazyQueue:
    """Satisfies `ports.peers.Queue`; opened for its first task, because that loads for a second."""

    def __init__(self, opened: Callable[[], Queue]) -> None:
        self._opened = opened

    @property
    def dedup_window(self) -> timedelta:
        return self._opened().dedup_window

    def enqueue(self, task: Task) -> bool:
        return self._opened().enqueue(task)


def snapshot_targets(
    settings: Settings, values: Mapping[str, str], vault: Callable[[], Vault]
) -> list[Target]:
    """Return everybody's targets: the Igor of *settings*, or of the stored *values*, or none."""
    url = settings.igor_url or values.get("igor_url")
    if not url:
        return []
    from healthrelay.adapters.http import Http
    from healthrelay.adapters.igor import Credential, IgorTarget
    from healthrelay.flows.household.application import open_igor

    def credential() -> Credential:
        if settings.igor_url:
            return Credential(settings.igor_token, settings.igor_user, settings.igor_password)
        igor = open_igor(values, vault())
        return Credential(igor.token, igor.user, igor.password)

    http = Http(settings.igor_ca or None, connections=1)
    return [IgorTarget(url, settings.igor_prefix, credential, http)]


def log_targets(
    user: str, targets: Targets, *, vault: Callable[[], Vault], now: Callable[[], datetime]
) -> list[Target]:
    """Return the person's own targets: signed webhooks."""
    from healthrelay.adapters.webhook import WebhookTarget
    from healthrelay.flows.delivery.targets import endpoint_of, open_keys

    def target(name: str, document: Document) -> Target:
        def pairs() -> list[tuple[str, str]]:
            return [keys[:2] for keys in open_keys(user, name, document, vault())]

        return WebhookTarget(name, *endpoint_of(document), pairs, now)

    return [target(name, document) for name, document in targets.of(user).items()]


def new_keys() -> Keys:
    """Return new keys for a signed webhook."""
    from healthrelay.adapters.webhook import mint
    from healthrelay.flows.delivery.targets import Keys

    return Keys(*mint())
