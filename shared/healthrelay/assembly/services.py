"""Everything that one process works with, each part built when it is first used."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from functools import partial
from typing import TYPE_CHECKING

from healthrelay import config, log
from healthrelay.assembly.application import Application
from healthrelay.assembly.memory import Memory
from healthrelay.core.errors import NotConfigured
from healthrelay.core.once import built_once

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from healthrelay.assembly.providers import ProviderRow
    from healthrelay.core.delivery.tasks import Task
    from healthrelay.core.grants.authorization import Client
    from healthrelay.core.grants.consent import Consent
    from healthrelay.core.household.registration import Registered
    from healthrelay.core.measurements.query import FetchRequest
    from healthrelay.flows.delivery.context import Delivery, DeliveryContext
    from healthrelay.flows.delivery.targets import Receivers
    from healthrelay.flows.grants.disconnect import Disconnected
    from healthrelay.flows.grants.refresh import Grants
    from healthrelay.flows.measurements.fetch import Fetched
    from healthrelay.ports import peers
    from healthrelay.ports.store import Store

_CLOCK = partial(datetime.now, UTC)


class Services(Memory, Application):
    """Satisfies `healthrelay.web.services.WebServices` for one process, by the clock *now*."""

    def __init__(self, settings: config.Settings, now: Callable[[], datetime] = _CLOCK) -> None:
        self.settings = settings
        self.now = now
        self.guard, self.invoker = settings.guard, settings.tasks_account
        self.public_url = settings.public_url
        self.private_address = settings.private_address
        self.relay_days, self.log_days = settings.relay_days, settings.log_days
        self.log_event: peers.LogEvent = partial(log.log_event, alias_key=settings.owner_key)

    @property
    def owner_key(self) -> str:
        """The owner's key; never empty, so that sending nothing does not make anybody the owner."""
        if not self.settings.owner_key:
            raise NotConfigured("This function has no owner key.", ("HEALTHRELAY_OWNER_KEY",))
        return self.settings.owner_key

    @built_once
    def consent(self) -> Consent:
        from healthrelay.core.grants.consent import CONSENTS

        return CONSENTS[self.settings.provider]

    @property
    def authorize_url(self) -> str:
        """The address of the provider's consent page."""
        return self.row.authorize_url

    @property
    def token_url(self) -> str:
        return self.row.token_url

    @property
    def client(self) -> Client:
        from healthrelay.core.grants.authorization import Client

        return Client(self.authorize_url, self._client_id, f"{self.public_url}/auth2")

    @built_once
    def store(self) -> Store:
        from healthrelay.assembly.stores import open_store

        return open_store(self.settings.store)

    @built_once
    def vault(self) -> peers.Vault:
        from healthrelay.adapters.vault import SealingVault

        keys = self.settings.sealing_keys
        return SealingVault({name: key.content for name, key in keys.items()})

    @built_once
    def grants(self) -> Grants:
        from healthrelay.flows.grants.refresh import Grants

        provider, tokens = self.settings.provider, self.store.tokens
        return Grants(provider, tokens, self.vault, self.token_endpoint, log_event=self.log_event)

    @built_once
    def token_endpoint(self) -> peers.TokenEndpoint:
        from healthrelay.adapters.oauth2 import OAuth2TokenEndpoint
        from healthrelay.flows.household.application import open_client_secret

        secret = self.settings.client_secret
        secret = secret or open_client_secret(self.store.identities, self.vault)
        us = self.row.registration(self.consent, self._client_id, secret, self.public_url)
        return OAuth2TokenEndpoint(us, self.http, self.now)

    def registrar(self, pair: Registered) -> peers.Registrar:
        """Return the provider, asked about *pair*, which is not kept yet."""
        from healthrelay.adapters.registrar import OAuth2Registrar

        us = self.row.registration(self.consent, *pair, self.public_url)
        return OAuth2Registrar(us, self.http, self.now)

    @built_once
    def provider(self) -> peers.Provider:
        return self.row.build(lambda: self._client_id, self.http)

    @built_once
    def shared_targets(self) -> Sequence[peers.Target]:
        """Where everybody's results go; known without opening a secret."""
        from healthrelay.assembly.targets import SHARED

        known = self.settings, self.store.identities, lambda: self.vault
        return [target for build in SHARED for target in build(*known)]

    def own_targets(self, user: str) -> Sequence[peers.Target]:
        """Return where the results of *user* go beside; known without opening a secret."""
        from healthrelay.assembly.targets import OWN

        known = user, self.store.targets, lambda: self.vault, self.now
        return [target for build in OWN for target in build(*known)]

    @property
    def receivers(self) -> Receivers:
        from healthrelay.assembly.receivers import WebhookReceivers

        return WebhookReceivers(self.now)

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
            readers_url=self.settings.readers_url,
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
            system=self.system,
        )

    @built_once
    def queue(self) -> peers.Queue:
        from healthrelay.assembly.queues import open_queue

        return open_queue(self.settings, self.run_task, self.log_event, self.now)

    @property
    def writer(self) -> peers.Queue | None:
        """Who has written what a function that only reads may not; None: it writes itself."""
        return self.queue if self.settings.tasks_queue else None

    def run_task(self, task: Task) -> None:
        """Run *task* in this process."""
        from healthrelay.core.measurements.query import parse_request
        from healthrelay.flows.delivery.deliver import deliver
        from healthrelay.flows.run_task import run_task

        log.set_function(task.function)
        run_task(
            task,
            fetch=lambda user, params: self.fetch(parse_request(user, params)),
            deliver=lambda user: deliver(user, self.delivery),
            log=self.store.log,
            now=self.now(),
        )

    def invitation_link(self, user: str, *, reusable: bool = False) -> str:
        """Return the address with which *user* may connect, for a week. Raise `Unknown`."""
        from healthrelay.flows.grants.links import invitation_path, invite

        now, identities = self.now(), self.store.identities
        invitation = invite(user, self.consent, identities, now, reusable=reusable)
        return f"{self.public_url}{invitation_path(invitation, self.owner_key, now)}"

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

    @property
    def _lazy_queue(self) -> peers.Queue:
        from healthrelay.assembly.queues import LazyQueue

        return LazyQueue(lambda: self.queue)

    @built_once
    def row(self) -> ProviderRow:
        from healthrelay.assembly.providers import provider_row

        return provider_row(self.settings)

    @built_once
    def _client_id(self) -> str:
        """From the environment; only without one is the store asked."""
        from healthrelay.assembly.providers import client_id

        configured = self.settings.client_id
        return configured or client_id(lambda: self.store.identities, self.consent.label)
