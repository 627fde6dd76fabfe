"""The world outside the store: providers, token endpoints, queues, vaults and targets."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from healthrelay.core.delivery.messages import Message
    from healthrelay.core.delivery.tasks import Task
    from healthrelay.core.grants.glance import Seen
    from healthrelay.core.grants.probe import OpenQuestion
    from healthrelay.core.grants.token import Account, Grant
    from healthrelay.core.json import Raw
    from healthrelay.core.measurements.reading import ConvertedSeries, Window
    from healthrelay.core.measurements.reads import Read, Source


class LogEvent(Protocol):
    """Writes one line to the log; secrets are blotted out, a *user* is named by an alias."""

    def __call__(self, severity: str, event: str, **facts: object) -> None: ...


class Provider(Protocol):
    """A source of measurements. Failed calls raise; they are never an empty answer."""

    @property
    def name(self) -> str: ...

    def needs(self, window: Window) -> tuple[Source, ...]:
        """Return what must be read to fill *window*. Raises `Unsupported`, naming the lack."""

    def account(self, grant: Grant) -> Account:
        """Return whose data the grant opens; the id is empty where it is not known."""

    def clock(self) -> datetime | None:
        """Return what its clock said in the last answer to this process; None if nothing did."""

    def glance(self, access: str, today: date) -> Mapping[str, Callable[[], Seen | None]]:
        """Return how to ask for each part of a `healthrelay.core.grants.glance.Glance`."""

    def probe(self, access: str, today: date) -> Sequence[OpenQuestion]:
        """Return what to ask of a real account for a `healthrelay.core.grants.probe.Report`."""

    def read(self, access: str, read: Read) -> Sequence[Raw]:
        """Return everything that *read* names, every page of it."""

    def convert(
        self, window: Window, raw: Mapping[str, Sequence[Raw]], account: Account, now: datetime
    ) -> ConvertedSeries:
        """Return the elements of the window's series in the legacy shape, from what was read.

        A point that cannot be read is set aside and counted; it spoils no other.
        """


class TokenEndpoint(Protocol):
    """A provider's endpoints for tokens and for their end."""

    @property
    def single_use(self) -> bool:
        """Return whether each refresh token works once."""

    def exchange(self, code: str, verifier: str) -> Grant:
        """Redeem a code. Raises `ConsentEnded` when the provider refuses it."""

    def refresh(self, refresh_token: str) -> Grant:
        """Return a new access token. Raises `ReconnectNeeded` when the grant is refused."""

    def revoke(self, grant: Grant) -> None:
        """End *grant* at the provider; one that has ended already is no error.

        Raises `TryLater` or `Misconfigured` when it may still be alive.
        """


class Queue(Protocol):
    """Runs tasks, each apart from the others: what is slow or broken delays nobody."""

    @property
    def dedup_window(self) -> timedelta:
        """Return how long a name is known after its task has run, at least."""

    def enqueue(self, task: Task) -> bool:
        """Take *task*; False when one of its name is there, or was not long ago.

        Raises `TryLater` when it cannot be taken now, `Misconfigured` when never.
        """


class Vault(Protocol):
    """Seals secrets so that they open only with the same *associated_data* (RFC 5116)."""

    def seal(self, secret: str, associated_data: str) -> str:
        """Return the sealed text, which names its key."""

    def is_current(self, sealed: str) -> bool:
        """Return whether it was sealed with the key that seals now."""

    def open(self, sealed: str, associated_data: str) -> str:
        """Return the secret. Raise `Misconfigured` when the key is missing or anything differs."""


class Target(Protocol):
    """What is sent the changes of a person, or of everybody."""

    @property
    def name(self) -> str: ...

    @property
    def kind(self) -> str:
        """Return what it is sent: `SNAPSHOT` or `LOG` (`core.delivery.progress`)."""

    def send(self, message: Message) -> None:
        """Deliver *message*; repeating it is safe.

        Raises `TryLater` or `Misconfigured`, `Refused` where none is wanted.
        """


class Registrar(Protocol):
    """A provider, as far as it says whether a registration is right."""

    def try_client(self) -> None:
        """Return when the provider knows the registration, with nothing changed there.

        Raises `core.household.registration.ClientRefused` where it does not, `TryLater` or
        `Misconfigured` when it did not say.
        """
