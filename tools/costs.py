"""What a deployment costs: counts of one person's day times Google's prices, as Markdown.

    python tools/costs.py [PEOPLE …]

MEASURED is what the store's own meter counts; tests/infra/test_costs.py measures it again, and
holds docs/costs.md to what is printed here. ASSUMED could not be measured without Google's cloud.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from typing import NamedTuple

SEEN = "2026-11-25"
"""When the pages below were looked up, as they are stored by a search engine."""
PEOPLE = (1, 4, 1_000, 1_000_000)
DAYS = 30
GIB = 2**30


class Price(NamedTuple):
    """US dollars for *per* units beyond what is *free* in a month, and the page that says so."""

    usd: float
    per: float
    free: float
    page: str


_RUN = "https://cloud.google.com/run/pricing"
_FIRESTORE = "https://cloud.google.com/firestore/pricing"
_TASKS = "https://cloud.google.com/tasks/docs/pricing"
_SECRETS = "https://cloud.google.com/secret-manager/pricing"
PRICES = {
    "invocations": Price(0.40, 1e6, 2e6, _RUN),
    "vCPU-seconds": Price(0.000024, 1, 180_000, _RUN),
    "GiB-seconds": Price(0.0000025, 1, 360_000, _RUN),
    "documents read": Price(0.03, 100_000, 50_000 * DAYS, _FIRESTORE),
    "documents written": Price(0.09, 100_000, 20_000 * DAYS, _FIRESTORE),
    "documents deleted": Price(0.01, 100_000, 20_000 * DAYS, _FIRESTORE),
    "GiB stored": Price(0.15, 1, 1, _FIRESTORE),
    "GiB of earlier versions": Price(0.15, 1, 0, _FIRESTORE),
    "GiB of backups": Price(0.03, 1, 0, _FIRESTORE),
    "task operations": Price(0.40, 1e6, 1e6, _TASKS),
    "Scheduler jobs": Price(0.10, 1, 3, "https://cloud.google.com/scheduler/pricing"),
    "secret versions": Price(0.06, 1, 6, _SECRETS),
    "secret accesses": Price(0.03, 10_000, 10_000, _SECRETS),
    "GiB of log": Price(0.50, 1, 50, "https://cloud.google.com/stackdriver/pricing"),
    "GiB sent out": Price(0.12, 1, 0, _RUN),
}

SERIES, YEARS = 6, 2
"""Who has the methods that `healthrelay run` sets, and two years of them."""
FETCHES = 24 / 10
"""A day: every ten hours. Each changes something, is polled, and acknowledged."""
TICKS, SWEEPS = 96, 288
"""Looks at everybody a day, by the fan-out of `fetch` and by `deliver`."""

LOOKS = 3 * 96
"""The uptime check asks `relay` from three places; each look reads one document."""

MEASURED = {
    # What one person adds: documents read, written.
    "a look of the fan-out": (2, 0),
    "the same, near a fetch": (3, 0),
    "a fetch that changes every series, with its refresh": (24, 10),
    "its delivery, where Igor polls": (2, 0),
    "a sweep of deliver": (1, 0),
    "the daily round: push, forget old entries": (4, 0),
    "a poll, beside the buckets": (2, 0),
    "an acknowledgement: relay": (2, 0),
    "an acknowledgement: deliver": (2, 1),
}
BUCKETS = SERIES * YEARS

ASSUMED = {
    # Seconds of an instance with a third of a CPU and 512 MiB; those of a cold start come on top.
    "a fetch": 4.0,
    "any other answer": 0.5,
    "a cold start": 2.5,
    "a person in the fan-out": 0.004,
    "a person in a sweep": 0.00005,
    # Bytes.
    "a record": 75,
    "a log entry": 300,
    "a line in the log": 700,
    "the platform's line of a request": 1_500,
    "a zipped snapshot": 20_000,
}
NEAR_TICKS = 4
"""Looks of the fan-out near a fetch: the task is offered each time, and taken once."""
IDLE = 96
"""Cold starts of a function a day, at most: an idle instance lives for a quarter of an hour."""


def documents() -> tuple[float, float, float]:
    """Return how many are read, written and deleted for one person in a day."""
    counted = {
        "a look of the fan-out": TICKS - NEAR_TICKS * FETCHES,
        "the same, near a fetch": NEAR_TICKS * FETCHES,
        "a sweep of deliver": SWEEPS,
        "the daily round: push, forget old entries": 1,
    }
    counts = {name: counted.get(name, FETCHES) for name in MEASURED}
    reads = sum(MEASURED[name][0] * count for name, count in counts.items()) + BUCKETS * FETCHES
    writes = sum(MEASURED[name][1] * count for name, count in counts.items())
    return reads, writes, FETCHES  # a log entry is deleted when it is a month old


def month(people: int) -> dict[str, float]:
    """Return how much is used of everything that has a price."""
    reads, writes, deletes = documents()
    rounds = TICKS + SWEEPS + 1 + LOOKS
    # Of each fetch: itself, its delivery, a poll, an acknowledgement and its task.
    answers = 5 * FETCHES * people
    cold = IDLE + min(IDLE, FETCHES * people) + min(IDLE, FETCHES * people)
    seconds = (
        ASSUMED["a fetch"] * FETCHES * people
        + ASSUMED["any other answer"] * (4 * FETCHES * people + rounds)
        + ASSUMED["a cold start"] * cold
        + ASSUMED["a person in the fan-out"] * TICKS * people
        + ASSUMED["a person in a sweep"] * SWEEPS * people
    )
    kept = BUCKETS * 365 * ASSUMED["a record"] + FETCHES * DAYS * ASSUMED["a log entry"]
    week = 7 * FETCHES * SERIES * 365 * ASSUMED["a record"]
    return {
        "invocations": (answers + rounds) * DAYS,
        "vCPU-seconds": seconds * DAYS / 3,
        "GiB-seconds": seconds * DAYS / 2,
        "documents read": (reads * people + LOOKS) * DAYS,
        "documents written": writes * people * DAYS,
        "documents deleted": deletes * people * DAYS,
        "GiB stored": kept * people / GIB,
        "GiB of earlier versions": week * people / GIB,
        "GiB of backups": 7 * kept * people / GIB,
        # A task is offered, and carried out.
        "task operations": ((NEAR_TICKS + 1) + 2 + 2) * FETCHES * people * DAYS,
        "Scheduler jobs": 3,
        "secret versions": 3,
        "secret accesses": 3 * cold * DAYS,
        "GiB of log": logged(people, rounds) * DAYS / GIB,
        "GiB sent out": 2 * ASSUMED["a zipped snapshot"] * FETCHES * people * DAYS / GIB,
    }


def logged(people: int, rounds: int) -> float:
    """Return the bytes that are logged in a day."""
    # refresh, fetch and an answer each; what the platform logs of the private functions.
    lines = (7 * FETCHES * people + rounds) * ASSUMED["a line in the log"]
    return lines + (3 * FETCHES * people + rounds) * ASSUMED["the platform's line of a request"]


def cost(name: str, used: float) -> float:
    """Return US dollars for what is beyond the free part."""
    price = PRICES[name]
    return max(used - price.free, 0) * price.usd / price.per


def rounded(number: float) -> str:
    """Return *number* with three digits that mean something."""
    if number >= 1_000:
        return f"{float(f'{number:.3g}'):,.0f}"
    return f"{number:.3g}" if number else "0"


def dollars(number: float) -> str:
    return f"{number:,.0f}" if number >= 100 else f"{number:,.2f}"


def table(people: tuple[int, ...]) -> Iterator[str]:
    """Yield a month's use and its price, a column for each number of *people*."""
    used = [month(number) for number in people]
    heads = " | ".join(f"{number:,}" for number in people)
    yield f"| a month, people: | {heads} | price, US dollars |"
    yield f"|---|{'---:|' * len(people)}---|"
    for name, (usd, per, free, page) in PRICES.items():
        cells = " | ".join(rounded(one[name]) for one in used)
        unit = f"{per:,.0f}" if per > 1 else "one"
        gratis = f", {free:,.0f} free" if free else ""
        yield f"| {name} | {cells} | [{usd:.7f}".rstrip("0") + f" for {unit}]({page}){gratis} |"
    sums = [{name: cost(name, one[name]) for name in PRICES} for one in used]
    for title, names in GROUPS.items():
        cells = " | ".join(dollars(sum(one[name] for name in names)) for one in sums)
        yield f"| {title}, US dollars | {cells} | |"
    cells = " | ".join(f"**{dollars(sum(one.values()))}**" for one in sums)
    yield f"| **all, US dollars** | {cells} | |"


GROUPS = {
    "functions": ("invocations", "vCPU-seconds", "GiB-seconds"),
    "Firestore": tuple(n for n, price in PRICES.items() if price.page == _FIRESTORE),
}


def counts() -> Iterator[str]:
    """Yield what one person's day reads and writes."""
    yield "| of one person | documents read | written |"
    yield "|---|---:|---:|"
    for name, (reads, writes) in MEASURED.items():
        yield f"| {name} | {reads} | {writes} |"
    reads, writes, deletes = documents()
    day = f"{reads:.0f} | {writes:.0f}, and {deletes:.1f} deleted"
    yield f"| **a day**, with {BUCKETS} buckets | {day} |"


def main() -> None:
    """Print both tables."""
    people = tuple(int(text) for text in sys.argv[1:]) or PEOPLE
    print("\n".join([*counts(), "", *table(people)]))


if __name__ == "__main__":
    main()
