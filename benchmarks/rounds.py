"""What varies from run to run: times, taken round by round beside their floors."""

from __future__ import annotations

import sys
import time
from collections import defaultdict
from dataclasses import dataclass
from random import Random
from urllib.parse import urlencode, urlsplit

from benchmarks.household import Household
from benchmarks.process import Question, Running, ask
from benchmarks.rows import Row, quiet, timed

LATENCY = 0.2
"""Seconds that the far provider takes for every answer."""
COLD = {"auth1": 1.1, "relay": 1.1, "auth2": 1.6, "fetch": 1.6}
"""Function → how many times the empty function's processor time its first answer may cost."""
WARM = 1.25
"""How many single provider calls' time a whole fetch may take."""
_STARTED = ("empty", "empty again", *COLD)

Times = dict[str, list[float]]


@dataclass(frozen=True, slots=True)
class Warm:
    """A fetch function that has fetched before, and one of the provider calls it makes."""

    function: Running
    fetch: Question
    provider: int
    call: Question

    @classmethod
    def up(cls, home: Household, function: Running) -> Warm:
        """Fetch for the first time; the provider's journal then knows what a call looks like."""
        fetch = home.question("fetch")
        function.first_answer(fetch)
        seen = next(entry for entry in home.journal() if entry["method"] == "GET")
        headers = {"Authorization": seen["headers"]["Authorization"]}
        call = Question(
            lambda a: a.status == 200, f"{seen['path']}?{urlencode(seen['query'])}", headers
        )
        port = urlsplit(home.settings["HEALTHRELAY_GOOGLE_API_URL"]).port
        return cls(function, fetch, port or 0, call)


def rows(near: Household, far: Household, rounds: int) -> list[Row]:
    """Run the *rounds* and judge them. *far* is the household with `LATENCY`."""
    times: Times = defaultdict(list)
    with far.start("fetch") as function:
        warm = Warm.up(far, function)
        _round(near, warm, 0)  # fills the caches of the disk; not counted
        for number in range(rounds):
            print(f"round {number + 1} of {rounds}", file=sys.stderr)
            for name, seconds in _round(near, warm, number).items():
                times[name].append(seconds)
    return _judged(times)


def _round(near: Household, warm: Warm, number: int) -> dict[str, float]:
    """Everything once, in another order each round: what ran before leaves warm caches."""
    order = Random(number).sample(_STARTED, len(_STARTED))
    found = {name: _cold(near, name) for name in order}
    found["call"] = _wall(warm.provider, warm.call)
    found["warm fetch"] = _wall(warm.function.port, warm.fetch)
    return found


def _cold(home: Household, name: str) -> float:
    """The processor time from exec to the first answer, in seconds."""
    name = name.partition(" ")[0]
    question = home.question(name)
    with home.start(name) as function:
        function.first_answer(question)
        return function.cpu_seconds()


def _wall(port: int, question: Question) -> float:
    started = time.perf_counter()
    ask(port, question)
    return time.perf_counter() - started


def _judged(times: Times) -> list[Row]:
    floor = times["empty"]
    twice = timed("empty function twice (A/A): CPU s", None, times["empty again"], floor, False)
    calm = quiet(twice)
    cold = [
        timed(f"{name}: CPU s to first answer", most, times[name], floor, calm)
        for name, most in COLD.items()
    ]
    warm = timed(
        "fetch: 4 series, warm, against 1 call: s", WARM, times["warm fetch"], times["call"], calm
    )
    return [twice, *cold, warm]
