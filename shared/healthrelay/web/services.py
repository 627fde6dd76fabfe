"""What the views may use; assembly builds each part when it is first used."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import TYPE_CHECKING, Protocol

from healthrelay.flows.household.own_settings import Environment

if TYPE_CHECKING:
    from healthrelay.core.grants.authorization import Client
    from healthrelay.core.grants.consent import Consent
    from healthrelay.core.household.registration import Registered
    from healthrelay.core.measurements.query import FetchRequest
    from healthrelay.flows.delivery.context import DeliveryContext
    from healthrelay.flows.delivery.places import Places
    from healthrelay.flows.delivery.snapshots import Snapshots
    from healthrelay.flows.delivery.targets import Receivers
    from healthrelay.flows.grants.disconnect import Disconnected
    from healthrelay.flows.grants.refresh import Grants
    from healthrelay.flows.igor import Igors
    from healthrelay.flows.measurements.fetch import Fetched
    from healthrelay.ports.peers import LogEvent, Provider, Queue, Registrar, TokenEndpoint, Vault
    from healthrelay.ports.store import Store


class WebSettings(Environment, Protocol):
    """What the environment says, as far as a page shows it."""

    @property
    def readers_url(self) -> str: ...
    @property
    def igor_url(self) -> str: ...
    @property
    def igor_prefix(self) -> str: ...
    @property
    def igor_ca(self) -> str: ...


class WebServices(Protocol):
    """One process's settings and clients."""

    guard: str
    invoker: str
    """The account that the guard ``iam`` lets call."""
    public_url: str
    relay_days: int
    log_days: int
    now: Callable[[], datetime]
    """Returns the present instant, aware."""
    log_event: LogEvent

    def private_address(self, function: str) -> str:
        """Return where the platform reaches the private *function*."""

    def registrar(self, pair: Registered) -> Registrar:
        """Return the provider, asked about *pair*, which is not kept yet."""

    def forget_application(self) -> None:
        """Build again with the values that are kept now what was built with earlier ones."""

    @property
    def system(self) -> str:
        """The units of what is given out: read in the store, unless the environment has them."""

    @property
    def settings(self) -> WebSettings: ...
    @property
    def token_url(self) -> str: ...
    @property
    def vault(self) -> Vault: ...
    @property
    def owner_key(self) -> str: ...
    @property
    def consent(self) -> Consent: ...
    @property
    def authorize_url(self) -> str: ...
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
    def receivers(self) -> Receivers: ...
    @property
    def igors(self) -> Igors: ...
    @property
    def delivery(self) -> DeliveryContext: ...

    def disconnect(self, user: str, anyway: bool = False) -> Disconnected:
        """End the grant of *user* at the provider, then here."""

    def fetch(self, request: FetchRequest) -> Fetched:
        """Bring one person's new measurements into the store, and on to their targets."""
