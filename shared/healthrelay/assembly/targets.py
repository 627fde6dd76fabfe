"""The kinds of targets; each is imported when there is one, and opens its secret when it sends."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import datetime

    from healthrelay.adapters.igor import Credential, IgorTarget
    from healthrelay.adapters.webhook.sender import WebhookTarget
    from healthrelay.config import Settings
    from healthrelay.core.json import Document
    from healthrelay.flows.delivery.targets import Endpoint, Keys
    from healthrelay.flows.household.application import StoredIgor
    from healthrelay.ports.delivery import Targets
    from healthrelay.ports.peers import Target, Vault
    from healthrelay.ports.store import Identities

    OpenVault = Callable[[], Vault]
    Clock = Callable[[], datetime]


def _igor(settings: Settings, identities: Identities, vault: OpenVault) -> list[Target]:
    """Return the Igor of *settings*, or of what is stored, or none."""
    stored = {} if settings.igor_url else identities.application()
    url = settings.igor_url or stored.get("igor_url")
    if not url:
        return []
    from healthrelay.adapters.http import Http
    from healthrelay.adapters.igor import Credential, IgorTarget
    from healthrelay.flows.household.application import open_igor

    def credential() -> Credential:
        if settings.igor_url:
            return Credential(settings.igor_token, settings.igor_user, settings.igor_password)
        igor = open_igor(stored, vault())
        return Credential(igor.token, igor.user, igor.password)

    http = Http(settings.igor_ca or None, connections=1)
    return [IgorTarget(url, settings.igor_prefix, credential, http)]


def igor_at(igor: StoredIgor, settings: Settings) -> IgorTarget:
    """Return *igor*, which is not kept yet, to be tried."""
    from healthrelay.adapters.http import Http
    from healthrelay.adapters.igor import Credential, IgorTarget

    credential = Credential(igor.token, igor.user, igor.password)
    http = Http(settings.igor_ca or None, connections=1)
    return IgorTarget(igor.url, settings.igor_prefix, lambda: credential, http)


def webhook_at(endpoint: Endpoint, keys: Keys, now: Clock) -> WebhookTarget:
    """Return the receiver at *endpoint*, which is not kept yet, to be tried."""
    from healthrelay.adapters.webhook.sender import WebhookTarget

    return WebhookTarget("The receiver", *endpoint, lambda: [keys[:2]], now)


def _webhooks(user: str, targets: Targets, vault: OpenVault, now: Clock) -> list[Target]:
    from healthrelay.adapters.webhook.sender import WebhookTarget
    from healthrelay.flows.delivery.targets import endpoint_of, open_keys

    def target(name: str, document: Document) -> Target:
        def pairs() -> list[tuple[str, str]]:
            return [keys[:2] for keys in open_keys(user, name, document, vault())]

        return WebhookTarget(name, *endpoint_of(document), pairs, now)

    return [target(name, document) for name, document in targets.of(user).items()]


SHARED: tuple[Callable[[Settings, Identities, OpenVault], list[Target]], ...] = (_igor,)
"""Who builds the targets of everybody."""
OWN: tuple[Callable[[str, Targets, OpenVault, Clock], list[Target]], ...] = (_webhooks,)
"""Who builds the targets of one person."""


def new_keys() -> Keys:
    """Return new keys for a signed webhook."""
    from healthrelay.adapters.webhook.signing import mint
    from healthrelay.flows.delivery.targets import Keys

    return Keys(*mint())
