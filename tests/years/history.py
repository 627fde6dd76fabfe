"""What happens in one household over the days, drawn from a seed: its people, and a list of events.

Everything that disturbs a life is an event, so that a life that fails is made smaller by
leaving events out.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from random import Random
from typing import NamedTuple

QUIET_DAYS = 3
"""At the end nothing happens any more, and everybody is read every hour."""
ZONES = ("Europe/Amsterdam", "America/New_York", "Pacific/Auckland", "Asia/Kolkata")
FIRST_START = datetime(2026, 1, 15, 15, tzinfo=UTC)


class Event(NamedTuple):
    """Something that happens *at* so many hours after the beginning, for so many *hours*."""

    at: float
    kind: str
    who: str = ""
    hours: float = 0
    what: str = ""
    number: int = 0
    """Chooses among what is there when it happens."""


class Habits(NamedTuple):
    """What one person measures with, and what the household wants of it."""

    user: str
    zone: str
    series: tuple[str, ...]
    watch: bool = True
    phone: bool = True
    weigh_days: int = 1
    """Days from one weighing to the next; 0: none."""
    scale: bool = True
    """Whether that is a scale of the provider's, and not a weight typed in."""
    drawer: bool = False
    """Whether a second watch has not been worn for months."""
    dateless: bool = False
    """Whether the provider does not say when the watch synced."""


class Life(NamedTuple):
    """One household, and all that happens to it."""

    seed: int
    days: int
    store: str
    """``sqlite`` or ``firestore``."""
    deep: bool
    """Whether Google Health is asked over HTTP, by the real adapter."""
    start: datetime
    fitbit_days: int
    """Days until Fitbit is left for Google Health; 0: it never was used."""
    imported: bool
    """Whether jack's past of a year comes from Igor's old plugin."""
    people: tuple[Habits, ...]
    events: tuple[Event, ...]
    history: bool = False
    """Whether three months are wanted from the beginning on; the first answers are empty."""

    @property
    def quiet_from(self) -> float:
        """Return the hours after which nothing happens any more."""
        return (self.days - QUIET_DAYS) * 24.0


class Row(NamedTuple):
    """One kind of event: how many there are in 90 days, and how long each takes, in hours."""

    kind: str
    mean: float
    shortest: float = 0
    longest: float = 0
    whats: tuple[str, ...] = ("",)
    everybody: bool = False
    """Whether it is nobody's in particular."""


DATA = ("weight", "walk", "night")
STEPS = (
    *("records.apply", "records.within", "tokens.load", "tokens.save", "accounts.change"),
    *("provider.read", "provider.account", "token_endpoint.refresh", "igor.send"),
    *("webhook.send", "log.save", "identities.settings", "log.following"),
)
ROWS = (
    # People, and what they measure with.
    Row("sync pause", 3, 48, 336),
    Row("scale pause", 0.7, 48, 240),
    Row("edit", 3, whats=DATA),
    Row("delete", 2, whats=DATA),
    Row("delete days", 0.5, whats=DATA),
    Row("reissue", 2),
    Row("travel", 0.6, 72, 240, whats=ZONES),
    # The provider.
    Row("empty", 3, 0.5, 9, whats=(*DATA, "")),
    Row("half", 1, 0.5, 9, whats=DATA),
    Row("odd", 1.5, 2, 60, whats=DATA),
    Row("slow", 1, 1, 12, whats=(*DATA, "")),
    Row("refused", 1, 1, 24, whats=(*DATA, "")),
    Row("trouble", 1, 1, 24, whats=(*DATA, "")),
    Row("quota", 1.5, 0.5, 6),
    Row("outage", 0.5, 6, 96, everybody=True),
    Row("access refused", 2),
    Row("odd tokens", 2, 1, 30),
    Row("token trouble", 1, 0.2, 20),
    Row("token refused once", 0.7),
    Row("nobody's grant", 0.4, 1, 40),
    # The store, and the process.
    Row("store refuses", 1, 0.1, 12, everybody=True),
    Row("unanswered", 1.5, whats=("records.apply", "tokens.save", "log.save"), everybody=True),
    Row("kill", 6, whats=STEPS, everybody=True),
    Row("clock", 3, whats=("-4", "-1", "2", "5"), everybody=True),
    # Igor and the receivers.
    Row("igor away", 0.7, 48, 504, everybody=True),
    Row("igor trouble", 1, 1, 30, whats=("500", "401", "503"), everybody=True),
    Row("receiver fails", 1.5, 1, 110),
    Row("receiver gone", 0.3, 5, 60),
    Row("receiver forgets", 1, 1, 8),
    # Consents, and the owner.
    Row("withdraw", 0.7, 24, 200),
    Row("wrong consent", 1.2, whats=("other", "stranger")),
    Row("consent", 0.7),
    Row("smaller consent", 0.4, 48, 120),
    Row("disconnect", 0.5, 24, 160),
    Row("move", 0.35, whats=("continue", "remove", "keep")),
    Row("erase", 0.4, everybody=True),
    Row("system", 0.8, whats=("metric", "en_US", "en_GB"), everybody=True),
    Row("rotate", 0.5, everybody=True),
    Row("meanwhile", 1.5, whats=("fetch", "disconnect", "move")),
)


def draw(seed: int, days: int = 90) -> Life:
    """Return the life of *seed*."""
    luck = Random(f"life {seed}")
    start = FIRST_START + timedelta(days=luck.randrange(700))
    fitbit = seed % 5 == 2
    deep = seed % 8 == 1
    people = _draw_people(luck, deep, fitbit)
    life = Life(
        seed=seed,
        days=days,
        store="firestore" if seed % 4 == 3 else "sqlite",
        deep=deep,
        start=start,
        fitbit_days=luck.randint(20, days - 30) if fitbit else 0,
        imported=seed % 6 == 4,
        people=people,
        events=(),
        history=seed % 3 == 0,
    )
    return life._replace(events=tuple(_draw_events(luck, life)))


def _draw_people(luck: Random, deep: bool, fitbit: bool) -> tuple[Habits, ...]:
    """Return jack, who measures all he can, and anna, who is one of many kinds."""
    series = ["activities-steps", luck.choice(("weight", "body-weight"))]
    if fitbit or luck.random() < 0.4:
        series.append("sleep-minutesAsleep")
    else:
        series += ["sleep", "sleep-summary"]
    if not fitbit and luck.random() < 0.2:
        series.append("activities-steps-intraday")
    jack = Habits(
        "jack",
        luck.choice(ZONES),
        tuple(series),
        weigh_days=luck.choice((1, 1, 2, 7)),
        drawer=luck.random() < 0.3,
        dateless=luck.random() < 0.15,
    )
    few = ("body-weight", "activities-steps")
    anna = luck.choice(
        (
            Habits("anna", luck.choice(ZONES), few, watch=False, scale=False),
            Habits("anna", luck.choice(ZONES), few, watch=False, weigh_days=7),
            Habits("anna", luck.choice(ZONES), few, watch=False, weigh_days=0, drawer=True),
            Habits("anna", luck.choice(ZONES), few, watch=False, phone=False, weigh_days=0),
            Habits("anna", luck.choice(ZONES), ("activities-steps", "sleep-minutesAsleep")),
        )
    )
    return (jack,) if deep or luck.random() < 0.4 else (jack, anna)


def _draw_events(luck: Random, life: Life) -> list[Event]:
    users = [habits.user for habits in life.people]
    events = []
    for row in ROWS:
        expected = row.mean * life.days / 90
        count = int(expected) + (luck.random() < expected % 1)
        for _ in range(count):
            hours = luck.uniform(row.shortest, row.longest)
            at = luck.uniform(24, max(life.quiet_from - hours - 1, 25))
            who = "" if row.everybody else luck.choice((users[0], *users))
            what, number = luck.choice(row.whats), luck.randrange(1000)
            events.append(
                Event(round(at, 2), row.kind, who, round(min(hours, 500), 2), what, number)
            )
    if life.history:
        more = Random(f"history {life.seed}")
        events += [Event(0.5, "empty", user, round(more.uniform(0.6, 20), 2)) for user in users]
    if life.fitbit_days:
        at, days = life.fitbit_days * 24.0, luck.uniform(1, 4)
        events.append(Event(at, "change of provider", hours=round(days * 24, 2)))
    return sorted(events)
