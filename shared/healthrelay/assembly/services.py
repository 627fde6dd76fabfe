"""Everything that one process works with, each part built when it is first used."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from functools import cached_property, partial
from typing import TYPE_CHECKING

from healthrelay import config, log
from healthrelay.assembly.memory import Memory
from healthrelay.core.errors import NotConfigured

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from healthrelay.adapters.http import Http
    from healthrelay.assembly.providers import ProviderRow
    from healthrelay.core.delivery.tasks import Task
    from healthrelay.core.grants.authorization import Client
    from healthrelay.core.grants.consent import Consent
    from healthrelay.core.measurements.query import FetchRequest
    from healthrelay.flows.delivery.context import Delivery, DeliveryContext
    from healthrelay.flows.grants.disconnect import Disconnected
    from healthrelay.flows.grants.refresh import Grants
    from healthrelay.flows.measurements.fetch import Fetched
    from healthrelay.ports.peers import LogEvent, Provider, Queue, Target, TokenEndpoint, Vault
    from healthrelay.ports.store import Store

_CLOCK = partial(datetime.now, UTC)


class Services(Memory):
    """Satisfies `healthrelay.web.services.WebServices` for one process, by the clock *now*."""

    def __init__(self, settings: config.Settings, now: Callable[[], datetime] = _CLOCK) -> None:
        self.settings = settings
        self.now = now
        self.guard, self.invoker = settings.guard, settings.tasks_account
        self.public_url, self.system = settings.public_url, settings.system
        self.private_address = settings.private_address
        self.relay_days, self.log_days = settings.relay_days, settings.log_days
        self.log_event: LogEvent = partial(log.log_event, alias_key=settings.owner_key)

    @property
    def owner_key(self) -> str:
        """The owner's key; never empty, so that sending nothing does not make anybody the owner."""
        if not self.settings.owner_key:
            raise NotConfigured("This function has no owner key.", ("HEALTHRELAY_OWNER_KEY",))
        return self.settings.owner_key

    @cached_property
    def consent(self) -> Consent:
        from healthrelay.core.grants.consent import CONSENTS

        return CONSENTS[self.settings.provider]

    @property
    def client(self) -> Client:
        from healthrelay.core.grants.authorization import Client

        return Client(self._row.authorize_url, self._client_id, f"{self.public_url}/auth2")

    @cached_property
    def store(self) -> Store:
        from healthrelay.assembly.stores import open_store

        return open_store(self.settings.store)

    @cached_property
    def vault(self) -> Vault:
        from healthrelay.adapters.vault import SealingVault

        keys = self.settings.sealing_keys
        return SealingVault({name: key.content for name, key in keys.items()})

    @cached_property
    def grants(self) -> Grants:
        from healthrelay.flows.grants.refresh import Grants

        provider, tokens = self.settings.provider, self.store.tokens
        return Grants(provider, tokens, self.vault, self.token_endpoint, log_event=self.log_event)

    @cached_property
    def token_endpoint(self) -> TokenEndpoint:
        from healthrelay.adapters.oauth2 import OAuth2TokenEndpoint, Registration
        from healthrelay.flows.household.application import open_client_secret

        us = Registration(
            consent=self.consent,
            token_url=self._row.token_url,
            revoke_url=self._row.revoke_url,
            client_id=self._client_id,
            redirect_uri=self.client.redirect_uri,
            basic=self._row.basic_authentication,
            client_secret=self.settings.client_secret
            or open_client_secret(self.store.identities, self.vault),
        )
        return OAuth2TokenEndpoint(us, self._http, self.now)

    @cached_property
    def provider(self) -> Provider:
        return self._row.build(lambda: self._client_id, self._http)

    @cached_property
    def shared_targets(self) -> Sequence[Target]:
        """Where everybody's results go; known without opening a secret."""
        from healthrelay.assembly.targets import SHARED

        known = self.settings, self.store.identities, lambda: self.vault
        return [target for build in SHARED for target in build(*known)]

    def own_targets(self, user: str) -> Sequence[Target]:
        """Return where the results of *user* go beside; known without opening a secret."""
        from healthrelay.assembly.targets import OWN

        known = user, self.store.targets, lambda: self.vault, self.now
        return [target for build in OWN for target in build(*known)]

    @property
    def delivery(self) -> DeliveryContext:
        import random

        from healthrelay.flows.delivery.context import DeliveryContext

        return DeliveryContext(
            store=self.store,
            shared=self.shared_targets,
            own=self.own_targets,
            now=self.now,
            jitter=random.random,
            public_url=self.public_url,
            days=self.settings.relay_days,
            system=self.system,
            repeat=timedelta(hours=self.settings.repush_hours),
            retries=self._lazy_queue if self.settings.tasks_queue or self.resident else None,
            log_event=self.log_event,
        )

    def enqueue_or_deliver(self, user: str) -> Mapping[str, Delivery]:
        """Deliver what a fetch has written; a deployed one leaves that to the queue."""
        from healthrelay.flows.delivery.deliver import deliver, enqueue_delivery

        if not self.settings.tasks_queue:
            return deliver(user, self.delivery)
        log, queue = self.store.log, self._lazy_queue
        return enqueue_delivery(user, log=log, queue=queue, log_event=self.log_event)

    def fetch(self, request: FetchRequest) -> Fetched:
        """Bring one person's new measurements into the store, and on to their targets."""
        from healthrelay.flows.measurements.fetch import fetch

        return fetch(
            request,
            self.now(),
            store=self.store,
            grants=self.grants,
            provider=self.provider,
            consent=self.consent,
            deliver=self.enqueue_or_deliver,
            log_event=self.log_event,
            system=self.settings.system,
        )

    @cached_property
    def queue(self) -> Queue:
        from healthrelay.assembly.queues import open_queue

        return open_queue(self.settings, self.run_task, self.log_event, self.now)

    @property
    def writer(self) -> Queue | None:
        """Who has written what a function that only reads may not; None: it writes itself."""
        return self.queue if self.settings.tasks_queue else None

    def run_task(self, task: Task) -> None:
        """Run *task* in this process."""
        from healthrelay.core.measurements.query import FetchRequest
        from healthrelay.flows.delivery.deliver import deliver
        from healthrelay.flows.run_task import run_task

        log.set_function(task.function)
        run_task(
            task,
            fetch=lambda user: self.fetch(FetchRequest(user, {})),
            deliver=lambda user: deliver(user, self.delivery),
            log=self.store.log,
            now=self.now(),
        )

    def invitation_link(self, user: str, *, reusable: bool = False) -> str:
        """Return the address with which *user* may connect, for a week. Raise `Unknown`."""
        from healthrelay.flows.grants.rounds import invitation_path, invite

        invitation = invite(user, self.consent, self.store.identities, reusable=reusable)
        return f"{self.public_url}{invitation_path(invitation, self.owner_key, self.now())}"

    def disconnect(self, user: str, anyway: bool = False) -> Disconnected:
        """End the grant of *user* at the provider, then here."""
        from healthrelay.flows.grants.disconnect import disconnect

        return disconnect(
            user,
            store=self.store,
            vault=self.vault,
            provider=self.settings.provider,
            # Who is not registered (any more) can still erase: the endpoint is built for a grant.
            revoke=lambda grant: self.token_endpoint.revoke(grant),
            now=self.now(),
            anyway=anyway,
        )

    def close(self) -> None:
        """End the work that this process has taken on, and let go of the store."""
        for part in ("queue", "store"):
            if part in self.__dict__ and hasattr(self.__dict__[part], "close"):
                self.__dict__[part].close()

    @property
    def _lazy_queue(self) -> Queue:
        from healthrelay.assembly.queues import LazyQueue

        return LazyQueue(lambda: self.queue)

    @cached_property
    def _row(self) -> ProviderRow:
        from healthrelay.assembly.providers import provider_row

        return provider_row(self.settings)

    @cached_property
    def _http(self) -> Http:
        from healthrelay.adapters.http import Http

        return Http()

    @cached_property
    def _client_id(self) -> str:
        """From the environment; only without one is the store asked."""
        from healthrelay.assembly.providers import client_id

        configured = self.settings.client_id
        return configured or client_id(lambda: self.store.identities, self.consent.label)
