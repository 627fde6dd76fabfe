"""Bent answers of both providers, from all their endpoints: nothing breaks, and nothing is lost."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from random import Random
from typing import NamedTuple

from healthrelay.core.errors import HealthrelayError
from healthrelay.core.measurements.records import Record
from healthrelay.local.consent_page import allow
from tests.fuzz.bent import Bent
from tests.household import OWNER_KEY, Household

PERIOD = "1w"
SERIES = {
    "methods": "time_series,sleep,foods_log,foods_log_water,get_devices,get_bodyweight,get_bodyfat",
    "resource": "body/weight,activities/steps,activities/heart",
    "period": PERIOD,
}
WEEK, DAY = {"period": "1w"}, {"date": "2026-11-27"}
QUERIES = (
    *({"methods": name, **WEEK} for name in ("get_bodyweight", "get_bodyfat")),
    *({"methods": name, **DAY} for name in ("sleep", "foods_log", "foods_log_water", "activities")),
    *({"methods": name} for name in ("get_devices", "user_profile_get")),
    *(
        {"methods": "time_series", "resource": name, **WEEK}
        for name in ("body/weight", "activities/steps")
    ),
    {"methods": "time_series", "resource": "activities/heart", **WEEK},
    {"methods": "intraday_time_series", "resource": "activities/heart", "base_date": "2026-11-27"},
)
"""Of one series each, so that thousands of fetches end in time."""
DATA = r"/(v4|1|1\.2)/"
EVERYTHING = r"/(v4|1|1\.2|token|oauth2)(/|$)|/token$|/revoke$"
CHECK_EVERY = 25
"""Rounds between two looks at whether all is still there."""


class Failure(NamedTuple):
    """What went wrong, and in which round."""

    what: str
    round: int


class Bending(NamedTuple):
    """What came of all rounds: statuses of fetches and consents, and what was wrong.

    *secrets* are all that were about; *texts* is what was answered.
    """

    statuses: Counter[int]
    failures: list[Failure]
    secrets: set[str]
    texts: list[str]


def bend(household: Household, bent: Bent, rounds: int, seed: int) -> Bending:
    """Fetch for jack, and connect and disconnect emma, so often while answers are bent."""
    random = Random(f"{seed} rounds")
    done = Bending(Counter(), [], {OWNER_KEY, household.services.settings.client_secret}, [])
    household.connect("jack", **SERIES)
    household.connect("emma", **SERIES)
    household.fetched("jack", period=PERIOD)
    known = records(household)
    for number in range(rounds):
        for status, text in _round(household, bent, random):
            done.statuses[status] += 1
            done.texts.append(text)
            if status not in (200, 303, 400, 403, 409, 429, 502, 503):
                done.failures.append(Failure(f"status {status}", number))
        done.secrets.update(tokens_of(household))
        if number % CHECK_EVERY == CHECK_EVERY - 1:
            done.failures.extend(Failure(what, number) for what in _losses(household, bent, known))
    return done


def records(household: Household) -> dict[tuple[str, str], Record]:
    """Return all that is stored of jack, by series and key."""
    stored = household.services.store.records.everything("jack")
    return {(record.series, record.key): record for record in stored}


def _round(household: Household, bent: Bent, random: Random) -> Iterator[tuple[int, str]]:
    draw = random.random()
    if draw < 0.9:
        if random.random() < 0.3:
            household.sandbox.expire_access_tokens()
        bent.bend(*random.choice(((DATA, 0.1), (DATA, 0.5), (r"/token$", 1.0), (EVERYTHING, 0.3))))
        answer = household.fetch("jack", **random.choice(QUERIES))
        yield answer.status_code, answer.text
        _forget_pauses(household)
    else:
        yield from _come_and_go(household, bent, random)
    bent.straighten()


def _come_and_go(household: Household, bent: Bent, random: Random) -> Iterator[tuple[int, str]]:
    """Have emma disconnected and connected again, with bent answers to all of it."""
    services = household.services
    bent.bend(EVERYTHING, random.choice((0.3, 1.0)))
    try:
        services.disconnect("emma", anyway=random.random() < 0.5)
    except HealthrelayError:
        bent.straighten()
        services.disconnect("emma", anyway=True)
    household.sandbox.reset()  # its journal would grow for as long as this lasts
    bent.bend(EVERYTHING, random.choice((0.2, 0.5, 1.0)))
    link = household.invitation("emma")
    yield allow(link, "emma").get("auth2", 0), ""
    answer = household.fetch("emma")
    yield answer.status_code, answer.text


def _losses(
    household: Household, bent: Bent, known: dict[tuple[str, str], Record]
) -> Iterator[str]:
    """Yield what jack has lost: with straight answers, all that there was must be there again."""
    bent.straighten()
    _forget_pauses(household)
    household.sandbox.expire_access_tokens()
    # After a lost answer Fitbit gives the same tokens again, and we have just expired them.
    household.fetch("jack", period=PERIOD)
    answer = household.fetch("jack", period=PERIOD)
    if answer.status_code != 200:
        yield f"a login: {answer.status_code} {answer.text[:200]}"
    elif missing := answer.json().get("unavailable"):
        yield f"an answer that nobody bent: {missing}"
    stored = records(household)
    for place, record in known.items():
        if place not in stored:
            yield f"a record of {place[0]}"
        elif stored[place].data != record.data:
            yield f"a value: {record.data} became {stored[place].data} of {place[0]}"


def _forget_pauses(household: Household) -> None:
    """As if all pauses that the bent answers asked for were over; a lost login stays lost."""
    stored = household.services.store.tokens.load("jack")
    if stored is None or "health" not in stored.document:
        return
    health = dict(stored.document["health"])  # type: ignore[arg-type]
    health.pop("retry_at", None)
    household.change_grant("jack", health=health)


def tokens_of(household: Household) -> set[str]:
    """Return jack's tokens of now, which no answer and no line of the log may show."""
    grant = household.services.grants.load("jack").grant
    return {grant.access, grant.refresh or ""} - {""}
