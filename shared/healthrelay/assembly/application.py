"""The application's own values, as one process uses them: the environment's, or those kept."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from healthrelay.config import Settings
    from healthrelay.flows.igor import Igors
    from healthrelay.ports.store import Store


class Application:
    """Read each time, because the page may have kept others since."""

    settings: Settings

    if TYPE_CHECKING:

        @property
        def store(self) -> Store: ...

    @property
    def system(self) -> str:
        """The units of what is given out."""
        if self.settings.system:
            return self.settings.system
        from healthrelay.flows.household.system import kept_system

        return kept_system(self.store.identities)

    @property
    def igors(self) -> Igors:
        from healthrelay.assembly.receivers import KnownIgors

        return KnownIgors(self.settings)

    def forget_application(self) -> None:
        """Build again with the values that are kept now what was built with earlier ones."""
        for part in ("_client_id", "token_endpoint", "grants", "provider", "shared_targets"):
            self.__dict__.pop(part, None)
