"""What warm pages take, against reading what they show alone: a person's, and Today."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from contextlib import ExitStack
from datetime import date, datetime, time, timedelta
from pathlib import Path
from random import Random

from benchmarks import reading
from benchmarks.household import FOUR_SERIES, USER, Household
from benchmarks.process import Answer, Entry, Question, Running, wall
from benchmarks.rows import Row, quiet, timed
from healthrelay.core.json import Json
from healthrelay.core.measurements.ledger import Days, Ledger
from healthrelay.core.measurements.reading import Delta, parse
from healthrelay.core.measurements.records import Record
from healthrelay.web.setup.links import page_link

DAYS = 5 * 365 + 1
"""Of each of fifteen series: 27,390 records, the nights with their stages."""
SERIES = (*reading.SERIES, "sleep-minutesAsleep", "sleep-timeInBed", "sleep-efficiency", "br")
PAGE = 1.5
"""How many times as long a page may take as reading its records."""
HOUSEHOLD = 10
"""People on Today; all but one have the newest `MONTHS_DAYS` alone, of which it shows 37."""
MONTHS_DAYS = 90
REPEATS, MAX_ROUNDS = 2, 5
"""Of each question in each round, of which the least counts; a question takes half a second."""
CYCLE = (("light", 25), ("deep", 20), ("light", 12), ("rem", 18), ("wake", 3))
_RECORDS = Path(__file__).parent / "records" / "main.py"


def rows(home: Household, rounds: int) -> list[Row]:
    """Run the *rounds* and judge them."""
    link = _seed(home)
    times: defaultdict[str, list[float]] = defaultdict(list)
    with ExitStack() as stack:
        entry = Entry("records", _RECORDS)
        floor = stack.enter_context(home.start("empty", entry, seed="years"))
        glance = stack.enter_context(home.start("empty", Entry("glance", _RECORDS), seed="years"))
        empty = stack.enter_context(home.start("empty", seed="years"))
        page = stack.enter_context(home.start("setup", seed="years"))
        read = Question("/", {}, lambda answer: answer.body == b"ok")
        for one in (floor, glance, empty):
            one.first_answer(read)
        cookie = _sign_in(page, link)
        questions = {
            "read": (floor, read),
            "read again": (floor, read),
            "all": (page, _page(cookie, "all")),
            "30d": (page, _page(cookie, "30d")),
            "today": (page, _today(cookie)),
            "glance": (glance, read),
            "empty": (empty, read),
        }
        for number in range(min(rounds, MAX_ROUNDS)):
            for name in Random(number).sample(list(questions), len(questions)):
                function, question = questions[name]
                times[name].append(min(wall(function.port, question) for _ in range(REPEATS)))
    return _judged(times)


def _judged(times: dict[str, list[float]]) -> list[Row]:
    once, again = times["read"], times["read again"]
    twice = timed("A/A: reading the charted records again, s", None, again, once)
    name = "setup: a person's page of 5 years, s against reading its records"
    short = "setup: a person's page of 30 days, s against reading 5 years"
    return [
        twice,
        timed(name, PAGE, times["all"], once, quiet(twice)),
        timed(short, None, times["30d"], once),
        timed("setup: Today of 10 people, s against reading them", None, *_of(times, "glance")),
        timed(
            "setup: Today of 10 people, s against the empty function", None, *_of(times, "empty")
        ),
    ]


def _of(times: dict[str, list[float]], floor: str) -> tuple[list[float], list[float]]:
    return times["today"], times[floor]


def _seed(home: Household) -> str:
    """Store five years; return a link that opens the page once, as a path."""
    services = home.services("years")
    store, now = services.store, services.now()
    store.identities.save(USER, FOUR_SERIES)
    days = Days(now.date() - timedelta(DAYS - 1), "s" * DAYS)
    ledger = Ledger(read_at=now.isoformat(), days=dict.fromkeys((*SERIES, "sleep"), days))
    store.records.apply(USER, Delta(added=tuple(_records(now.date()))), now, ledger)
    recent = Delta(added=tuple(_records(now.date(), MONTHS_DAYS)))
    for number in range(1, HOUSEHOLD):
        store.identities.save(f"person{number}", FOUR_SERIES)
        store.records.apply(f"person{number}", recent, now, ledger)
    link = page_link(services).partition("/setup")[2]
    services.close()
    return link


def _records(last: date, count: int = DAYS) -> Iterator[Record]:
    days = [last - timedelta(n) for n in range(count)]
    values: dict[str, Json] = {**dict.fromkeys(SERIES, "18.4"), "activities-heart": reading.HEART}
    for name, value in values.items():
        yield from parse(name, [{"dateTime": str(day), "value": value} for day in days])[0]
    yield from parse("sleep", [_night(day) for day in days])[0]


def _night(day: date) -> dict[str, Json]:
    start = at = datetime.combine(day, time()) - timedelta(minutes=20)
    stages: list[Json] = []
    for level, minutes in CYCLE * 6:
        stages.append({"dateTime": at.isoformat(), "level": level, "seconds": 60 * minutes})
        at += timedelta(minutes=minutes)
    minutes_in_bed = (at - start) // timedelta(minutes=1)
    return {
        "logId": day.toordinal(),
        "dateOfSleep": day.isoformat(),
        "startTime": start.isoformat(),
        "endTime": at.isoformat(),
        "isMainSleep": True,
        "minutesAsleep": minutes_in_bed - 18,
        "minuteData": [{"dateTime": "00:00:00", "value": "1"} for _ in range(minutes_in_bed)],
        "levels": {"data": stages},
    }


def _sign_in(page: Running, link: str) -> str:
    answer = page.first_answer(Question(f"/{link}", {}, lambda one: one.status == 303))
    return answer.headers["set-cookie"].partition(";")[0]


def _page(cookie: str, shown: str) -> Question:
    def has_charts(answer: Answer) -> bool:
        return answer.status == 200 and answer.body.count(b'<svg class="chart"') == 7

    return Question(f"/people/{USER}?show={shown}", {"Cookie": cookie}, has_charts)


def _today(cookie: str) -> Question:
    def has_everybody(answer: Answer) -> bool:
        return answer.status == 200 and answer.body.count(b'<section class="card"') == HOUSEHOLD

    return Question("/", {"Cookie": cookie}, has_everybody)
