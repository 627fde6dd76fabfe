"""What every delivery needs, and how it stands afterwards."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, NamedTuple

from healthrelay.core import delivery
from healthrelay.core.delivery import Chance, Progress

if TYPE_CHECKING:
    from healthrelay.core.errors import HealthrelayError
    from healthrelay.ports import Queue, Store
    from healthrelay.relay_ports import Following, Hook, Sink


class Delivery(NamedTuple):
    """How many changes a target got now, how many still wait, and why."""

    delivered: int = 0
    waiting: int = 0
    trouble: HealthrelayError | None = None
    paused: bool = False
    """Whether it waits for somebody to act."""


class Courier(NamedTuple):
    """All that a delivery needs; *jitter* gives a number from 0 up to 1."""

    store: Store
    sink: Sink | None
    hooks: Callable[[str], Sequence[Hook]]
    """A person's own targets, their keys opened."""
    queue: Queue | None
    """Who carries out the deliveries of a fetch, where it may not do so itself."""
    now: Callable[[], datetime]
    jitter: Callable[[], float]
    public_url: str
    days: int
    """How much of a person a snapshot holds."""
    kept: int
    """How many days a log entry is kept."""
    repeat: timedelta = delivery.REPEAT
    """How long a snapshot is taken to be safe with Igor."""
    later: Queue | None = None
    """Who makes the next attempt at its instant; without one, whoever sweeps makes it."""


class Errand(NamedTuple):
    """One person's deliveries by one courier; *knock* is out of turn, too."""

    user: str
    following: Following
    courier: Courier
    knock: bool

    def missed(
        self, progress: Progress, error: HealthrelayError, last: int, turn: bool
    ) -> Progress:
        """How it stands after a failure to deliver up to *last*, in *turn* or not."""
        chance = Chance(self.courier.now(), self.courier.jitter())
        if turn:
            return delivery.failed(progress, error, last, chance)
        return delivery.knocked(progress, error, chance)


def standing(progress: Progress, head: int, lacking: int | None = None) -> Delivery:
    """How it stands with a target; *lacking* is what it lacked before an attempt."""
    waiting = delivery.behind(progress, head)
    delivered = 0 if lacking is None else max(lacking - waiting, 0)
    paused = progress.state == delivery.PAUSED
    return Delivery(delivered, waiting, delivery.trouble(progress), paused)


def stuck(error: HealthrelayError) -> Delivery:
    """What waits because of something that is no target's own trouble."""
    return Delivery(waiting=1, trouble=error, paused=error.who == "owner")


def summed(deliveries: Iterable[Delivery]) -> Delivery:
    """All targets as one: what any of them got, what the slowest still lacks, a trouble."""
    told = list(deliveries)
    troubled = sorted((d for d in told if d.trouble), key=lambda d: not d.paused)
    return Delivery(
        delivered=max((d.delivered for d in told), default=0),
        waiting=max((d.waiting for d in told), default=0),
        trouble=troubled[0].trouble if troubled else None,
        paused=bool(troubled and troubled[0].paused),
    )
