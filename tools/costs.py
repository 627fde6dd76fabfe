"""What a deployment costs: counts of one person's day times Google's prices, as Markdown.

    python tools/costs.py [PEOPLE …]

MEASURED is what the store's own meter counts; tests/infra/test_costs.py measures it again, and
holds docs/costs.md to what is printed here. ASSUMED could not be measured without Google's cloud.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

from prices import DATABASE, DAYS, HEALTH, PRICES, cost

ROOT = Path(__file__).resolve().parents[1]
PEOPLE = (1, 4, 1_000, 1_000_000)
GIB = 2**30

SERIES, YEARS = 6, 2  # who has the methods that `healthrelay run` sets, and two years of them
TICKS, SWEEPS = 96, 288  # looks at everybody a day, by the fan-out of `fetch` and by `deliver`
NEAR_TICKS = 4  # near a fetch: the task is offered each time, and taken once


class Pace(NamedTuple):
    """How often in a day a person is fetched and polled; each change is acknowledged."""

    name: str
    fetches: float
    changing: float
    """The fetches that change something: all series, to be on the safe side."""
    polls: float


DEFAULT = Pace("fetched every hour, polled every quarter", 24, 16, 96)
"""Something is new in each hour that a person is awake."""
OLD = Pace("fetched and polled every ten hours", 2.4, 2.4, 2.4)
"""As the old plugin, with `interval` and `--interval` 36000."""
COLUMNS = (*((number, DEFAULT) for number in PEOPLE), (1_000, OLD))

LOOKS = 3 * 96  # the uptime check asks `relay` from three places; each reads two documents
RUN = (1, 1, 0)  # that a look or a sweep was, whoever there is: read and written beside the rest

UNCHANGED = "a fetch that finds nothing new, with its refresh"
CHANGING = "a fetch that changes every series, with its refresh"
MEASURED = {
    # What one person adds: documents read, written, calls of the provider.
    "a look of the fan-out near a fetch": (3, 0, 0),
    "any other look of the fan-out": (2, 0, 0),
    UNCHANGED: (16, 3, 6),
    CHANGING: (25, 11, 6),
    "its delivery, where Igor polls": (2, 0, 0),
    "a sweep of deliver": (1, 0, 0),
    "the daily round: push, forget old entries": (3, 0, 0),
    "a poll, beside the buckets": (2, 0, 0),
    "an acknowledgement: relay": (2, 0, 0),
    "an acknowledgement: deliver": (2, 1, 0),
}
BUCKETS = SERIES * YEARS

ASSUMED = {
    # Seconds of an instance with a third of a CPU and 512 MiB; those of a cold start come on top.
    "a fetch": 4.0,
    "any other answer": 0.5,
    "a cold start": 2.5,
    "a person in the fan-out": 0.006,
    "a person in a sweep": 0.00005,
    "a person in the daily round": 0.03,
    "an answer to a stranger": 0.05,
    # Bytes.
    "a record": 75,
    "a year for charts": 22_000,
    "a log entry": 300,
    "a ledger": 4_000,
    "a line in the log": 700,
    "the platform's line of a request": 1_500,
    "a zipped snapshot": 20_000,
    "an image of a function": 60_000_000,
    "what its base adds, once for all": 150_000_000,
    "what a build keeps for the next": 60_000_000,
}
FUNCTIONS = json.loads((ROOT / "shared/healthrelay/config/functions.json").read_text())
IMAGES = 3  # of a function, that the repository keeps
IDLE = 96  # cold starts of a function a day, at most: an idle instance lives a quarter of an hour


def documents(pace: Pace) -> tuple[float, float, float, float]:
    """Return how many are read, written and deleted for one person in a day, and the calls."""
    near = min(NEAR_TICKS * pace.fetches, TICKS)
    counts = {
        "a look of the fan-out near a fetch": near,
        "any other look of the fan-out": TICKS - near,
        UNCHANGED: pace.fetches - pace.changing,
        CHANGING: pace.changing,
        "its delivery, where Igor polls": pace.fetches,
        "a sweep of deliver": SWEEPS,
        "the daily round: push, forget old entries": 1,
        "a poll, beside the buckets": pace.polls,
        "an acknowledgement: relay": pace.changing,
        "an acknowledgement: deliver": pace.changing,
    }
    reads, writes, calls = (
        sum(numbers[place] * counts[name] for name, numbers in MEASURED.items())
        for place in range(3)
    )
    # A log entry is deleted when it is a month old.
    return reads + BUCKETS * pace.polls, writes, pace.changing, calls


def month(people: int, pace: Pace) -> dict[str, float]:
    """Return how much is used of everything that has a price, and of the provider."""
    reads, writes, deletes, calls = documents(pace)
    rounds = TICKS + SWEEPS + 1 + LOOKS
    # Beside the fetches: their deliveries, the polls, and an acknowledgement with its task.
    others = (pace.fetches + pace.polls + 2 * pace.changing) * people
    sent = (pace.polls + pace.changing) * ASSUMED["a zipped snapshot"]
    # The sweeps keep an instance of deliver; one delivery in ten, at most, finds it busy.
    with_secrets = IDLE + min(IDLE, pace.fetches * people / 10)
    cold = with_secrets + min(IDLE, pace.polls * people)
    seconds = seconds_used(people, pace, others + rounds, cold)
    year, ledger = 365 * ASSUMED["a record"], ASSUMED["a ledger"]
    charts = ASSUMED["a year for charts"]
    kept = BUCKETS * year + YEARS * charts + ledger + pace.changing * DAYS * ASSUMED["a log entry"]
    week = 7 * (pace.changing * (SERIES * year + charts) + pace.fetches * ledger)
    # A task is offered, and carried out.
    operations = (NEAR_TICKS + 1 + 2) * pace.fetches + 2 * pace.changing
    return {
        "provider calls": calls * people * DAYS,
        "invocations": (pace.fetches * people + others + rounds) * DAYS,
        "vCPU-seconds": seconds * DAYS / 3,
        "GiB-seconds": seconds * DAYS / 2,
        "documents read": (reads * people + 2 * LOOKS + RUN[0] * (TICKS + SWEEPS)) * DAYS,
        "documents written": (writes * people + RUN[1] * (TICKS + SWEEPS)) * DAYS,
        "documents deleted": deletes * people * DAYS,
        "GiB stored": kept * people / GIB,
        "GiB of earlier versions": week * people / GIB,
        "GiB of backups": 7 * kept * people / GIB,
        "task operations": operations * people * DAYS,
        "Scheduler jobs": 3,
        "secret versions": 3,
        "secret accesses": 3 * with_secrets * DAYS,
        "GiB of log": logged(people, pace, rounds) * DAYS / GIB,
        "GiB of images": images() / GIB,
        "GiB sent out": sent * people * DAYS / GIB,
    }


def seconds_used(people: int, pace: Pace, others: float, cold: float) -> float:
    """Return the seconds of instances in a day: fetches, *others*, looks at each, cold starts."""
    looks = ASSUMED["a person in the fan-out"] * TICKS + ASSUMED["a person in a sweep"] * SWEEPS
    answers = ASSUMED["a fetch"] * pace.fetches * people + ASSUMED["any other answer"] * others
    return answers + looks * people + ASSUMED["a cold start"] * cold


def images() -> float:
    """Return the bytes of all images that are kept, at most: each upgrade may have a new base."""
    own = ASSUMED["an image of a function"] * len(FUNCTIONS)
    base = ASSUMED["what its base adds, once for all"]
    return IMAGES * (own + base) + ASSUMED["what a build keeps for the next"] * len(FUNCTIONS)


def logged(people: int, pace: Pace, rounds: int) -> float:
    """Return the bytes that are logged in a day: our lines, and the platform's of private ones."""
    # Of a fetch the refresh, the fetch and an answer; of everything else an answer.
    lines = 4 * pace.fetches + pace.polls + 2 * pace.changing
    requests = 2 * pace.fetches + pace.changing
    return (lines * people + rounds) * ASSUMED["a line in the log"] + (
        requests * people + rounds
    ) * ASSUMED["the platform's line of a request"]


def rounded(number: float) -> str:
    """Return *number* with three digits that mean something."""
    if number >= 1_000:
        return f"{float(f'{number:.3g}'):,.0f}"
    return f"{number:.3g}" if number else "0"


def dollars(number: float) -> str:
    return f"{number:,.0f}" if number >= 100 else f"{number:,.2f}"


def table(columns: Sequence[tuple[int, Pace]]) -> Iterator[str]:
    """Yield a month's use and its price, a column for each number of people and their pace."""
    used = [month(*column) for column in columns]
    heads = " | ".join(f"{n:,}{'' if pace == DEFAULT else ', old pace'}" for n, pace in columns)
    yield f"| a month, people: | {heads} | price, US dollars |"
    yield f"|---|{'---:|' * len(columns)}---|"
    cells = " | ".join(rounded(one["provider calls"]) for one in used)
    yield f"| provider calls | {cells} | none; [86,400,000 a day]({HEALTH}) at most |"
    for name, (usd, per, free, page) in PRICES.items():
        cells = " | ".join(rounded(one[name]) for one in used)
        unit = f"{per:,.0f}" if per > 1 else "one"
        gratis = f", {rounded(free)} free" if free else ""
        yield f"| {name} | {cells} | [{usd:.7f}".rstrip("0") + f" for {unit}]({page}){gratis} |"
    sums = [{name: cost(name, one[name]) for name in PRICES} for one in used]
    for title, names in GROUPS.items():
        cells = " | ".join(dollars(sum(one[name] for name in names)) for one in sums)
        yield f"| {title}, US dollars | {cells} | |"
    cells = " | ".join(f"**{dollars(sum(one.values()))}**" for one in sums)
    yield f"| **all, US dollars** | {cells} | |"


GROUPS = {
    "functions": ("invocations", "vCPU-seconds", "GiB-seconds"),
    "Firestore": tuple(n for n, price in PRICES.items() if price.page == DATABASE),
}


def counts() -> Iterator[str]:
    """Yield what one person's day reads, writes and asks of the provider."""
    yield "| of one person | documents read | written | provider calls |"
    yield "|---|---:|---:|---:|"
    for name, numbers in MEASURED.items():
        yield f"| {name} | {' | '.join(map(str, numbers))} |"
    for pace in (DEFAULT, OLD):
        reads, writes, deletes, calls = documents(pace)
        day = f"{reads:,.0f} | {writes:.0f}, and {rounded(deletes)} deleted | {calls:.0f}"
        yield f"| **a day**, {pace.name} | {day} |"


def main() -> None:
    """Print both tables."""
    columns = [(int(text), DEFAULT) for text in sys.argv[1:]] or COLUMNS
    print("\n".join([*counts(), "", *table(columns)]))


if __name__ == "__main__":
    main()
