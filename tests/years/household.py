"""A household: its people, their accounts, and one process after the other that serves them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import date, datetime, timedelta
from random import Random
from typing import Any
from zoneinfo import ZoneInfo

from healthrelay.adapters.sqlite.store import SqliteStore
from healthrelay.core.errors import HealthrelayError
from healthrelay.core.measurements.query import FetchRequest
from healthrelay.flows.delivery.events import Page, events
from healthrelay.flows.delivery.replay import ReplayRequest, replay
from healthrelay.flows.delivery.sweep import deliver_due, prune
from healthrelay.flows.measurements.fanout import fan_out
from tests.years.account import Account
from tests.years.firestore import Documents, open_store
from tests.years.history import Event, Habits, Life
from tests.years.net import Igor, Net
from tests.years.owner import KEY
from tests.years.person import Person
from tests.years.process import DrivenQueue, Process
from tests.years.receiver import Receiver
from tests.years.service import Service
from tests.years.steps import Killed, Steps

OWNER_KEY = "an-owner-key-for-tests-of-forty-characters"
STRANGER = Habits("stranger", "Europe/Amsterdam", (), watch=False)
OTTO = Habits("otto", "Europe/Amsterdam", ("body-weight", "activities-steps"), watch=False)


class Clock:
    """The true time, which sleeping puts forward."""

    def __init__(self, start: datetime) -> None:
        self._now = start

    def now(self) -> datetime:
        return self._now

    def go_to(self, at: datetime) -> None:
        self._now = max(self._now, at)

    def sleep(self, seconds: float) -> None:
        self._now += timedelta(seconds=seconds)


class Household:
    """Everything there is in one life."""

    def __init__(self, life: Life) -> None:
        self.life = life
        self.clock = Clock(life.start)
        self.luck = Random(f"household {life.seed}")
        self.notes: list[tuple[str, str, dict[str, object]]] = []
        self.steps = Steps(self.clock.now)
        self.services = {n: Service(n, self.clock.now) for n in ("google_health", "fitbit")}
        self.igor = Igor()
        self.net = Net(self.services, self.igor)
        self.receivers: dict[tuple[str, str], Receiver] = {}
        self.documents = Documents() if life.store == "firestore" else None
        self.store: Any = open_store(self.documents) if self.documents else SqliteStore(":memory:")
        self.people = {h.user: self._make_person(h) for h in (*life.people, OTTO, STRANGER)}
        self.fetches: Counter[str] = Counter()
        self.acting: set[str] = set()
        """Whose records the owner is changing by a command."""
        self.excused: set[str] = set()
        """Accounts whose login has ended, or may have, by no fault of ours."""
        self.pending: list[Callable[[], object]] = []
        """What the owner or a wearer wants done; they try again until it is."""
        self.settings = {
            "HEALTHRELAY_STORE": "sqlite:///:memory:",
            "HEALTHRELAY_PUBLIC_URL": "https://relay.example",
            "HEALTHRELAY_OWNER_KEY": OWNER_KEY,
            "HEALTHRELAY_SEALING_KEYS": f"first:{KEY}",
            "HEALTHRELAY_CLIENT_ID": "us",
            "HEALTHRELAY_CLIENT_SECRET": "our secret",
            "HEALTHRELAY_SYSTEM": "metric",
            "HEALTHRELAY_PROVIDER": "fitbit" if life.fitbit_days else "google_health",
        }
        self.skew = timedelta()
        self.cloud_queue = self._make_queue() if self.documents else None
        self.process = Process(self, self.settings, self.skew)

    @property
    def provider(self) -> str:
        return self.settings["HEALTHRELAY_PROVIDER"]

    @property
    def service(self) -> Service:
        return self.services[self.provider]

    @property
    def system(self) -> str:
        return self.settings["HEALTHRELAY_SYSTEM"]

    def restart(self, **changes: str) -> None:
        """Go on with another process, under settings with *changes*."""
        self.settings |= {f"HEALTHRELAY_{name}": value for name, value in changes.items()}
        self.process = Process(self, self.settings, self.skew)

    def users(self) -> list[str]:
        return [str(user) for user in self.store.identities.names()]

    def accounts(self) -> list[Account]:
        return [one for service in self.services.values() for one in service.accounts.values()]

    def accounts_of(self, user: str) -> list[Account]:
        """Return the accounts from which *user* may have something."""
        person = self.people[user]
        return [*person.former, *person.accounts]

    def today(self, user: str) -> date:
        """Return the civil day in the zone of the account of *user*."""
        zone = self.people[user].account(self.provider).zone
        return self.clock.now().astimezone(ZoneInfo(zone)).date()

    @contextmanager
    def owner_acts(self, user: str) -> Iterator[None]:
        """Let a command of the owner's change what is stored of *user*, in another one or not."""
        before = set(self.acting)
        self.acting.add(user)
        try:
            yield
        finally:
            self.acting &= before

    def size(self) -> int:
        """Return how many bytes the store takes."""
        if self.documents:
            return self.documents.size()
        with self.store._database.read() as connection:
            pages = connection.execute("SELECT page_count FROM pragma_page_count").fetchone()[0]
            free = connection.execute("SELECT * FROM pragma_freelist_count").fetchone()[0]
            size = connection.execute("SELECT page_size FROM pragma_page_size").fetchone()[0]
        return int((pages - free) * size)

    def note(self, severity: str, event: str, **facts: object) -> None:
        """Take a line of the log."""
        if severity == "ERROR":
            self.notes.append((severity, event, facts))

    def go_to(self, at: datetime) -> None:
        """Let all that is measured until then arrive."""
        self.clock.go_to(at)
        for person in self.people.values():
            person.arrive(self.clock.now())
            person.show_devices(self.clock.now(), self.life.start)

    def tick(self) -> bool:
        """Do what is due, as the scheduler does; return whether the process survived it."""
        return all([self._try(self.do_pending), self._try(self._fetch), self._try(self._deliver)])

    def fetch(self, user: str) -> None:
        """Fetch for *user* now, in a process beside the one that is there."""
        other = Process(self, self.settings, self.skew + timedelta(seconds=3))
        other.fetch(FetchRequest(user, {}))

    def end_of(self, event: Event) -> datetime:
        return self.life.start + timedelta(hours=event.at + event.hours)

    def later(self, event: Event, deed: Callable[[], object]) -> None:
        """Have *deed* done when *event* is over."""
        until = self.end_of(event)

        def wait() -> None:
            if self.clock.now() < until:
                self.pending.append(wait)
            else:
                deed()

        self.pending.append(wait)

    def attempt(self, deed: Callable[[], object]) -> None:
        """Try *deed* once; whoever wanted it does not come back."""
        self._try(deed)

    def release(self, user: str) -> None:
        """Let the owner have sent again what waits for somebody to act."""
        replay(user, ReplayRequest(), self.process.delivery)

    def do_pending(self) -> None:
        """Do what somebody wants done; what fails is wanted still."""
        waiting, self.pending = self.pending, []
        for place, deed in enumerate(waiting):
            try:
                deed()
            except HealthrelayError:
                self.pending.append(deed)
            except Killed:
                self.pending += waiting[place:]
                raise

    def receiver(self, user: str, name: str) -> Receiver:
        key = user, name
        if key not in self.receivers:
            self.receivers[key] = Receiver(name, self.clock.now, self._pull)
        return self.receivers[key]

    def _pull(self, user: str, page: Page) -> Mapping[str, Any]:
        log, records = self.store.log, self.store.records
        return events(user, page, log=log, records=records, system=self.system)

    def _try(self, deed: Callable[[], object]) -> bool:
        try:
            deed()
        except Killed:
            self.restart()
            return False
        except HealthrelayError:
            pass
        return True

    def _fetch(self) -> None:
        process = self.process
        fan_out(process.store, process.queue, process.now(), process.log_event)
        process.queue.run_due()

    def _deliver(self) -> None:
        process = self.process
        deliver_due(process.delivery)
        process.queue.run_due()
        prune(process.store.log, now=process.now(), days=process.log_days)

    def _make_queue(self) -> DrivenQueue:
        """Return a queue that outlives processes, as in the cloud."""
        more = {"TASKS_QUEUE": "projects/p/locations/l/queues/q", "TASKS_ACCOUNT": "a@b.example"}
        self.settings |= {f"HEALTHRELAY_{name}": value for name, value in more.items()}
        return DrivenQueue(lambda task: self.process.run_task(task), self.note, self.clock.now)

    def _make_person(self, habits: Habits) -> Person:
        life, user = self.life, habits.user
        person = Person(habits, life)
        first = life.start.date() + timedelta(days=life.fitbit_days - 20)
        since = first.isoformat() if life.fitbit_days else ""
        if user == "jack" and life.imported:
            since = (life.start.date() - timedelta(days=10)).isoformat()
        linked = f"F-{user}"
        google = Account("google_health", f"G-{user}", habits.zone, linked, since)
        person.accounts.append(self.services["google_health"].add(google))
        if life.fitbit_days:
            fitbit = Account("fitbit", linked, habits.zone, digit="9")
            person.accounts.append(self.services["fitbit"].add(fitbit))
        return person
