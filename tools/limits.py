"""What bounds the costs, and what reaches its limit first: by the figures of costs.py, as Markdown.

    python tools/limits.py

tests/infra/test_costs.py holds docs/costs.md to what is printed here.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator

from costs import ASSUMED, DEFAULT, FUNCTIONS, GIB, OLD, ROOT, documents, dollars
from prices import DAYS, HEALTH, PRICES, cost

DAY_SECONDS = 86_400
TIMEOUT_SECONDS = max(row["seconds"] for row in FUNCTIONS.values())
CONDITIONS = 4
CONDITION_USD, MILLION_POINTS_USD = 1.50, 0.35
"""Announced, and not charged yet: an earlier state of Google's page on the costs of alerting."""
STRANGER = {"events": 1, "relay": 1}
"""Function → the documents that it reads to turn a stranger away; the others read none."""
WAIT, WAITING_READS = 25, 3
"""Seconds for which a program may wait: a document each, and so many more of the request."""
TOKENS, REQUESTS = 10_000, 86_400_000
"""What Google Health gives a project in a day."""
MOST_CALLS = 20
"""Of the provider, in one fetch."""
_QUEUE = (
    "https://cloud.google.com/tasks/docs/reference/rest/v2/projects.locations.queues#RateLimits"
)
_VERIFICATION = "https://developers.google.com/health/app-verification"
_ALERTS = "https://docs.cloud.google.com/monitoring/alerts/cost-control"

Row = tuple[float, str, str]


def planned(name: str, file: str = "variables.tf") -> int:
    """Return the default of a variable, or the value of an attribute, in Terraform's files."""
    text = (ROOT / "infra" / "terraform" / file).read_text()
    block = text.partition(f'variable "{name}"')[2] or text
    found = re.search(rf"^ +(?:default|{name}) += (\d+)$", block, re.MULTILINE)
    return int(found[1]) if found else sys.exit(f"{file} has no number {name}")


INSTANCES = planned("max_instances")
DISPATCHES = planned("max_dispatches_per_second", "tasks.tf")


def strangers(instances: int) -> float:
    """Return US dollars a month when all *instances* of each public function never rest."""
    public = {name: row for name, row in FUNCTIONS.items() if row["public"]}
    seconds = instances * DAYS * DAY_SECONDS
    answers = seconds / ASSUMED["an answer to a stranger"]
    memory = sum(float(row["memory"].removesuffix("Mi")) / 1024 for row in public.values())
    used = {
        "invocations": answers * len(public),
        "vCPU-seconds": seconds * sum(float(row["cpu"]) for row in public.values()),
        "GiB-seconds": seconds * memory,
        "documents read": answers * sum(STRANGER.values()),
        "GiB of log": answers * len(public) * ASSUMED["a line in the log"] / GIB,
    }
    return sum(cost(name, number) for name, number in used.items())


def waiting() -> float:
    """Return US dollars a month of one program that asks `events` again after each wait."""
    row, seconds = FUNCTIONS["events"], DAYS * DAY_SECONDS
    used = {
        "invocations": seconds / WAIT,
        "vCPU-seconds": seconds * float(row["cpu"]),
        "GiB-seconds": seconds * float(row["memory"].removesuffix("Mi")) / 1024,
        "documents read": seconds * (1 + WAITING_READS / WAIT),
    }
    return sum(cost(name, number) for name, number in used.items())


def alerting() -> float:
    """Return US dollars a month of all conditions, each with a point every 30 seconds."""
    points = CONDITIONS * DAYS * DAY_SECONDS / 30
    return CONDITIONS * CONDITION_USD + points * MILLION_POINTS_USD / 1e6


def bounds() -> Iterator[str]:
    """Yield what may come on top of the table of a month, and what bounds it."""
    month, version = strangers(INSTANCES), PRICES["secret versions"]
    yield "| on top of that | US dollars a month, at most | what bounds it |"
    yield "|---|---:|---|"
    yield (
        f"| alerts, once Google [charges for them]({_ALERTS}) | {alerting():.2f} |"
        f" there are {CONDITIONS}, and none without `alert_email` |"
    )
    yield (
        f"| strangers who call the public functions without pause | {dollars(month)},"
        f" {dollars(month / DAYS)} a day | `max_instances`, {INSTANCES} by default: who comes on"
        " top gets a 429, which costs nothing; the budget's mail comes within a day, and"
        " `make destroy` stops everything |"
    )
    yield (
        f"| a program that always waits at `events` | {waiting():.2f} |"
        f" `max_instances`; a webhook costs nothing between two changes, and asking once a minute"
        " without `wait` a few cents |"
    )
    yield (
        f"| a disabled version of a secret, beyond {version.free} versions | {version.usd} each |"
        " destroy what nothing opens any more |"
    )
    yield (
        "| more than 100 people | what an assessor asks, each year |"
        f" [verification]({_VERIFICATION}) is free, the security assessment that it needs is not |"
    )


def limits() -> Iterator[str]:
    """Yield what reaches its limit at how many people, and what to do then."""
    yield "| at people | what reaches its limit | what to do |"
    yield "|---:|---|---|"
    for people, what, then in sorted(
        [*limits_of_google(), *limits_of_functions(), *limits_of_rounds()]
    ):
        yield f"| {some(people)} | {what} | {then} |"
    yield (
        "| never | a document that everybody writes: there is none. A person's documents are"
        f" written by that person's work only, some {documents(DEFAULT)[1]:.0f} times a day; the"
        " log is theirs, and names are no counters | |"
    )


def limits_of_google() -> Iterator[Row]:
    """Yield what the provider allows."""
    fetches = DEFAULT.fetches
    yield (
        100,
        (
            "Google lets 100 people consent to an app that it has not verified, at 2.5 requests a"
            f" second each ([limits]({HEALTH}))"
        ),
        f"have the app [verified]({_VERIFICATION}): health scopes need a security assessment",
    )
    yield (
        TOKENS / fetches,
        (
            f"Google gives a project {TOKENS:,} access tokens a day ([limits]({HEALTH})), and who"
            f" is fetched every hour needs {fetches}"
        ),
        (
            "ask Google for more, or `interval`: at 36000 seconds it is"
            f" {some(TOKENS / OLD.fetches)} people"
        ),
    )
    yield (
        REQUESTS / MOST_CALLS / fetches,
        (
            f"Google Health takes {REQUESTS / 1e6} million requests a day and 120,000 a minute for"
            f" a project; a fetch may need {MOST_CALLS}"
        ),
        "request more from Google",
    )


def limits_of_functions() -> Iterator[Row]:
    """Yield what our own work allows."""
    second = INSTANCES / ASSUMED["a fetch"]
    yield (
        second * DAY_SECONDS / DEFAULT.fetches,
        (
            f"{INSTANCES} instances with {ASSUMED['a fetch']:.0f} seconds a fetch do {second}"
            f" fetches a second, {second * DAY_SECONDS:,.0f} a day"
        ),
        "`max_instances`",
    )
    yield (
        10_000,
        (
            "a listing of everybody (`names`, `followings`) must end within the four seconds that"
            " any call to the store has. The emulator lists 1,000 in 1.5 s, 5,000 in 2 s and 10,000"
            " in 4 s on a busy machine of two cores; Google's Firestore was not measured"
        ),
        "list in pages, or by part: see below",
    )


def limits_of_rounds() -> Iterator[Row]:
    """Yield what those jobs allow that look at everybody, and their queue."""
    daily, look = ASSUMED["a person in the daily round"], ASSUMED["a person in the fan-out"]
    yield (
        TIMEOUT_SECONDS / daily,
        (
            f"the daily round looks up each person's oldest log entry, {daily * 1000:.0f} ms:"
            f" {TIMEOUT_SECONDS} s, the longest a function may run here"
        ),
        "a time to live on log entries, which Firestore deletes by itself",
    )
    yield (
        TIMEOUT_SECONDS / look,
        (
            f"the fan-out looks at each person for {look * 1000:.0f} ms of its CPU:"
            f" {TIMEOUT_SECONDS} s, where the function ends"
        ),
        "by part",
    )
    tasks, day = 2 * DEFAULT.fetches + DEFAULT.changing, DISPATCHES * DAY_SECONDS
    yield (
        day / tasks,
        (
            f"the queue lets {DISPATCHES} tasks a second go, {day / 1e6:.1f} million a day; each"
            f" person has {tasks}: fetches, their deliveries, acknowledgements"
        ),
        f"`max_dispatches_per_second`: [500 at most]({_QUEUE}) for a queue, then another queue",
    )


def some(number: float) -> str:
    """Return *number* with two digits that mean something, rounded down."""
    step = 10 ** (len(str(int(number))) - 2)
    return f"{int(number) // step * step:,}"


def main() -> None:
    """Print both tables."""
    print("\n".join([*bounds(), "", *limits()]))


if __name__ == "__main__":
    main()
