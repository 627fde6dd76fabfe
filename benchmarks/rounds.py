"""What varies from run to run: times, taken round by round beside their floors."""

from __future__ import annotations

import sys
import time
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from random import Random
from statistics import fmean
from urllib.parse import urlencode, urlsplit

from benchmarks.household import Household
from benchmarks.process import Question, Running, wall
from benchmarks.questions import question
from benchmarks.rows import Row, quiet, timed

LATENCY = 0.2
"""Seconds that the far provider takes for every answer."""
COLD = {"auth1": 1.1, "relay": 1.1, "auth2": 1.6, "fetch": 1.6, "setup": 1.6}
"""Function → how many times the empty function's processor time its first answer may cost."""
WARM = 1.25
"""How many single provider calls' time a whole fetch may take."""
STARTS = 3
"""Of each function in each round. The least counts: a busy neighbour only ever adds."""
_STARTED = ("empty", "empty again", *COLD)


@dataclass(frozen=True, slots=True)
class Warm:
    """A fetch function that has fetched before, and one of the provider calls that it makes."""

    function: Running
    fetch: Question
    provider: int
    call: Question

    @classmethod
    def up(cls, home: Household, function: Running) -> Warm:
        """Fetch for the first time; the provider's journal then knows what a call looks like."""
        fetch = question(home, "fetch")
        function.first_answer(fetch)
        seen = next(entry for entry in home.journal() if entry["method"] == "GET")
        path = f"{seen['path']}?{urlencode(seen['query'])}"
        headers = {"Authorization": seen["headers"]["Authorization"]}
        port = urlsplit(home.settings["HEALTHRELAY_GOOGLE_API_URL"]).port or 80
        call = Question(path, headers, lambda answer: answer.status == 200)
        return cls(function, fetch, port, call)


def rows(near: Household, far: Household, rounds: int) -> list[Row]:
    """Run the *rounds* and judge them. *far* is the household with `LATENCY`."""
    times: defaultdict[str, list[float]] = defaultdict(list)
    for name in COLD:
        _cold(near, name)  # has bytecode written and files cached; not counted
    with far.start("fetch") as function:
        warm = Warm.up(far, function)
        for number in range(rounds):
            begun = time.monotonic()
            for name, seconds in _round(near, warm, number).items():
                times[name].append(seconds)
            # On a busy machine a round takes several times as long; silence would pass for a hang.
            print(f"round {number + 1}: {time.monotonic() - begun:.0f} s", file=sys.stderr)
    return _judged(times)


def _round(near: Household, warm: Warm, number: int) -> dict[str, float]:
    """Everything, in another order each round: what ran before leaves warm caches."""
    seconds_of: dict[str, float] = {}
    order = Random(number)
    for _ in range(STARTS):
        for name in order.sample(_STARTED, len(_STARTED)):
            seconds = _cold(near, name.partition(" ")[0])
            seconds_of[name] = min(seconds, seconds_of.get(name, seconds))
    seconds_of["call"] = wall(warm.provider, warm.call)
    seconds_of["warm fetch"] = wall(warm.function.port, warm.fetch)
    return seconds_of


def _cold(home: Household, name: str) -> float:
    """Return the processor time from exec to the first answer, in seconds."""
    next_question = question(home, name)
    with home.start(name) as function:
        function.first_answer(next_question)
        return function.cpu_seconds()


def _judged(times: Mapping[str, list[float]]) -> list[Row]:
    once, again = times["empty"], times["empty again"]
    twice = timed("A/A: the empty function again, CPU s", None, again, once)
    # Both are the same thing, so together they are the steadier floor.
    floor = [fmean(pair) for pair in zip(once, again, strict=True)]
    calm = quiet(twice)
    cold = [
        timed(f"{name}: CPU s to first answer", most, times[name], floor, calm)
        for name, most in COLD.items()
    ]
    name = "fetch: 4 series, warm, s against 1 call"
    return [twice, *cold, timed(name, WARM, times["warm fetch"], times["call"], calm)]
