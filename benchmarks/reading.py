"""What one entry of a long history takes a warm `events`, and a poll of it a warm `relay`."""

from __future__ import annotations

from collections import defaultdict
from contextlib import ExitStack
from pathlib import Path
from random import Random
from statistics import fmean

from benchmarks.household import USER, Household, daily, measure
from benchmarks.process import Answer, Entry, Question, Running, wall
from benchmarks.rows import Row, quiet, timed
from healthrelay.core.json import Json

SERIES = (
    "body-weight",
    "body-fat",
    "body-bmi",
    "activities-steps",
    "activities-calories",
    "activities-distance",
    "activities-floors",
    "activities-elevation",
    "activities-minutesSedentary",
)
_ZONES = (("Out of Range", 30, 91), ("Fat Burn", 91, 127), ("Cardio", 127, 154), ("Peak", 154, 220))
HEART: Json = {
    "customHeartRateZones": [],
    "heartRateZones": [
        {"caloriesOut": 812.4, "max": most, "min": least, "minutes": 312, "name": name}
        for name, least, most in _ZONES
    ],
    "restingHeartRate": 57,
}
MANY, FEW = 5_000, 10
"""Days of each of ten series: 50,000 records, and 100."""
ONE_ENTRY = 1.3
"""How many times as long one entry may take beside many records as beside few."""
POLL = 1.2
"""How many times as long a poll may take as sending the same bytes."""
REPEATS = 15
"""Of each question in each round. The least counts: a busy neighbour only ever adds."""
_SAME = Path(__file__).parent / "same" / "main.py"


def rows(home: Household, rounds: int) -> list[Row]:
    """Run the *rounds* and judge them."""
    times: defaultdict[str, list[float]] = defaultdict(list)
    with ExitStack() as stack:
        key, other = _measure(home, "many", MANY), _measure(home, "few", FEW)
        many, few = (stack.enter_context(home.start("events", seed=s)) for s in ("many", "few"))
        many.first_answer(_entry(key))
        few.first_answer(_entry(other))
        relay = stack.enter_context(home.start("relay", seed="many"))
        body = relay.first_answer(_poll(key)).body
        same = _same(home, stack, body)
        sent = _sends(body)
        same.first_answer(sent)
        questions = {
            "one entry, many": (many, _entry(key)),
            "one entry, few": (few, _entry(other)),
            "poll": (relay, _poll(key, len(body))),
            "same bytes": (same, sent),
            "same bytes again": (same, sent),
        }
        for number in range(rounds):
            for name in Random(number).sample(list(questions), len(questions)):
                function, question = questions[name]
                times[name].append(min(wall(function.port, question) for _ in range(REPEATS)))
    return _judged(times)


def _measure(home: Household, seed: str, days: int) -> str:
    """Store so many *days* of each series; return the key to read them with."""
    records = [record for name in SERIES for record in daily(name, days)]
    return measure(home, seed, records + daily("activities-heart", days, HEART))


def _same(home: Household, stack: ExitStack, body: bytes) -> Running:
    file = home.folder / "body"
    file.write_bytes(body)
    entry = Entry("same", _SAME, {"BENCH_BODY": str(file)})
    return stack.enter_context(home.start("empty", entry))


def _judged(times: dict[str, list[float]]) -> list[Row]:
    once, again = times["same bytes"], times["same bytes again"]
    twice = timed("A/A: the same bytes again, s", None, again, once)
    floor = [fmean(pair) for pair in zip(once, again, strict=True)]
    calm = quiet(twice)
    entries = times["one entry, many"], times["one entry, few"]
    return [
        twice,
        timed("events: 1 entry of 50,000 records, s against 100", ONE_ENTRY, *entries, calm),
        timed(
            "relay: poll of 50,000 records, s against its bytes", POLL, times["poll"], floor, calm
        ),
    ]


def _entry(key: str) -> Question:
    def one(answer: Answer) -> bool:
        return answer.status == 200 and answer.body.count(b'"dateTime"') == 1

    return Question(f"/events?user={USER}&key={key}&after=1&limit=1", {}, one)


def _poll(key: str, size: int = 0) -> Question:
    """Return a poll for everything; that has *size* bytes, where it is known."""

    def everything(answer: Answer) -> bool:
        if size:
            return len(answer.body) == size
        return answer.body.count(b'"dateTime"') == MANY * (len(SERIES) + 1)

    return Question(f"/?user={USER}&key={key}&days=36500", {}, everything)


def _sends(body: bytes) -> Question:
    return Question("/", {}, lambda answer: len(answer.body) == len(body))
