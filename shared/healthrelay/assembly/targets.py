"""Where results go, by kind; nothing here opens a secret before something is sent."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from datetime import datetime

    from healthrelay.config import Settings
    from healthrelay.flows.delivery.targets import Keys
    from healthrelay.ports.delivery import Document, Targets
    from healthrelay.ports.peers import Target, Vault


def snapshot_targets(
    settings: Settings, *, application: Callable[[], Mapping[str, str]], vault: Callable[[], Vault]
) -> list[Target]:
    """Return everybody's targets: the Igor of the environment, or else of the store, or none."""
    values = {} if settings.igor_url else application()
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
