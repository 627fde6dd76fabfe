"""What the views may use; assembly builds each part when it is first used."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from healthrelay.core.grants.authorization import Client
    from healthrelay.core.grants.consent import Consent
    from healthrelay.core.measurements.query import FetchRequest
    from healthrelay.flows.delivery.context import DeliveryContext
    from healthrelay.flows.delivery.places import Places
    from healthrelay.flows.delivery.snapshots import Snapshots
    from healthrelay.flows.grants.refresh import Grants
    from healthrelay.flows.measurements.fetch import Fetched
    from healthrelay.ports.peers import LogEvent, Provider, Queue, TokenEndpoint
    from healthrelay.ports.store import Store


class WebServices(Protocol):
    """One process's settings and clients."""

    guard: str
    invoker: str
    """The account that the guard ``iam`` lets call."""
    public_url: str
    system: str
    relay_days: int
    log_days: int
    now: Callable[[], datetime]
    """Returns the present instant, aware."""
    log_event: LogEvent

    def private_address(self, function: str) -> str:
        """Return where the platform reaches the private *function*."""

    @property
    def owner_key(self) -> str: ...
    @property
    def consent(self) -> Consent: ...
    @property
    def client(self) -> Client: ...
    @property
    def store(self) -> Store: ...
    @property
    def grants(self) -> Grants: ...
    @property
    def token_endpoint(self) -> TokenEndpoint: ...
    @property
    def provider(self) -> Provider: ...
    @property
    def snapshots(self) -> Snapshots: ...
    @property
    def places(self) -> Places: ...
    @property
    def queue(self) -> Queue: ...
    @property
    def writer(self) -> Queue | None: ...
    @property
    def delivery(self) -> DeliveryContext: ...

    def fetch(self, request: FetchRequest) -> Fetched:
        """Bring one person's new measurements into the store, and on to their targets."""
