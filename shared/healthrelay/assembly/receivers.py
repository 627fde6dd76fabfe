"""What is needed for a new target: of one person, or the Igor of everybody."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import TYPE_CHECKING, NamedTuple

from healthrelay.assembly.targets import igor_at, new_keys, webhook_at
from healthrelay.core.errors import BadRequest
from healthrelay.flows.delivery.targets import Endpoint, Keys
from healthrelay.flows.igor import NO_ADDRESS

if TYPE_CHECKING:
    from healthrelay.config import Settings
    from healthrelay.flows.household.application import StoredIgor


class WebhookReceivers(NamedTuple):
    """Satisfies `healthrelay.flows.delivery.targets.Receivers`, by the clock *now*."""

    now: Callable[[], datetime]

    def new_keys(self) -> Keys:
        return new_keys()

    def try_receiver(self, endpoint: Endpoint) -> tuple[Keys, int | None]:
        keys = new_keys()
        return keys, webhook_at(endpoint, keys, self.now).try_address()


class KnownIgors(NamedTuple):
    """Satisfies `healthrelay.flows.igor.Igors`, by *settings*."""

    settings: Settings

    def read_address(self, text: str) -> str:
        from healthrelay.config import SETTINGS

        try:
            address = str(SETTINGS["igor_url"].read(text))
        except ValueError as error:
            raise BadRequest(f"The address {error}.").with_cause(NO_ADDRESS) from error
        if not address:
            sentence = "Give the address of Igor, such as https://igor.example:9333."
            raise BadRequest(sentence).with_cause(NO_ADDRESS)
        return address

    def try_igor(self, igor: StoredIgor) -> None:
        igor_at(igor, self.settings).check()
