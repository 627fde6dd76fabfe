"""One process of the household: the real services, with the simulated world behind their ports."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from functools import cached_property
from typing import TYPE_CHECKING, Any

from healthrelay import config
from healthrelay.adapters.http import partly
from healthrelay.adapters.igor import Credential, IgorTarget
from healthrelay.adapters.local_queue import LocalQueue
from healthrelay.adapters.oauth2 import OAuth2TokenEndpoint
from healthrelay.assembly.services import Services
from healthrelay.core.delivery.tasks import Task
from healthrelay.core.grants.token import Grant
from healthrelay.flows.grants.disconnect import Disconnected, disconnect
from healthrelay.flows.grants.refresh import Grants
from tests.years.net import IGOR
from tests.years.provider import SimulatedProvider
from tests.years.steps import Killed, Watched

if TYPE_CHECKING:
    from tests.years.household import Household


class Endpoint(OAuth2TokenEndpoint):
    """The real token endpoint, but that a code is redeemed over the same way out as the rest."""

    def exchange(self, code: str, verifier: str) -> Grant:
        form = {"grant_type": "authorization_code", "code": code, "code_verifier": verifier}
        return self._read_grant(self._post(self._us.token_url, form, partly))


class DrivenQueue(LocalQueue):
    """The real queue, whose tasks run when the household says so, one after the other."""

    def __init__(self, work: Callable[[Task], None], log_event: Any, now: Any) -> None:
        super().__init__(work, log_event, now, workers=0)

    def run_due(self) -> None:
        """Run what is due. One that was killed in its work is taken again."""
        while task := self._next():
            self._run_in_place(task)

    def _next(self) -> Task | None:
        now = self._now()
        if not any(at <= now for at, _, _ in self._waiting):
            return None
        return super()._next()

    def _run(self, task: Task) -> datetime:
        try:
            return super()._run(task)
        except Killed:
            self._busy.discard((task.function, task.user))
            del self._names[task.name]
            self.enqueue(task)
            raise


class Process(Services):
    """The services of a process whose clock is *skew* away from the true time."""

    def __init__(self, household: Household, settings: Mapping[str, str], skew: timedelta) -> None:
        super().__init__(config.load(settings), now=lambda: household.clock.now() + skew)
        self._household = household
        self.resident = True
        self.log_event = household.note
        self._steps = household.steps
        self.store = Watched(household.store, "store", household.steps)
        self.http: Any = household.net
        igor: Any = IgorTarget(IGOR, "sensors/fitbit", Credential, household.net)
        self.shared_targets = [Watched(igor, "igor", household.steps)]

    def run_task(self, task: Task) -> None:
        if task.function == "fetch":
            self._household.fetches[task.user] += 1
        super().run_task(task)

    def own_targets(self, user: str) -> list[Any]:
        names = self.store.targets.of(user)
        receivers = [self._household.receiver(user, name) for name in names]
        return [Watched(receiver, "webhook", self._steps) for receiver in receivers]

    @property
    def delivery(self) -> Any:
        return super().delivery._replace(jitter=self._household.luck.random)

    @cached_property
    def provider(self) -> Any:
        name = self.settings.provider
        deep = self._household.life.deep and name == "google_health"
        simulated = SimulatedProvider(self._household.services[name])
        return Watched(super().provider if deep else simulated, "provider", self._steps)

    @cached_property
    def token_endpoint(self) -> Any:
        real: Any = super().token_endpoint
        endpoint = Endpoint(real._us, self.http, self.now)
        return Watched(endpoint, "token_endpoint", self._steps)

    @cached_property
    def grants(self) -> Grants:
        """With a clock that sleeping puts forward."""
        clock = self._household.clock
        return Grants(
            self.settings.provider,
            self.store.tokens,
            self.vault,
            self.token_endpoint,
            log_event=self.log_event,
            sleep=clock.sleep,
            monotonic=lambda: clock.now().timestamp(),
        )

    @cached_property
    def queue(self) -> Any:
        if self._household.cloud_queue is not None:
            return self._household.cloud_queue
        return DrivenQueue(self.run_task, self.log_event, self.now)

    def disconnect(self, user: str, anyway: bool = False) -> Disconnected:
        return disconnect(
            user,
            store=self.store,
            vault=self.vault,
            provider=self.settings.provider,
            revoke=lambda grant: self.token_endpoint.revoke(grant),
            now=self.now(),
            anyway=anyway,
            sleep=self._household.clock.sleep,
        )
